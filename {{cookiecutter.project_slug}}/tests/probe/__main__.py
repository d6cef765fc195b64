"""`python -m tests.probe`: the service with the probe's routes besides."""

import sys

from {{cookiecutter.module_name}}.observability.logging import configure_logging
from {{cookiecutter.module_name}}.server import serve
from {{cookiecutter.module_name}}.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    configure_logging(settings)
    sys.exit(serve(settings, packages=["tests.probe"]))
