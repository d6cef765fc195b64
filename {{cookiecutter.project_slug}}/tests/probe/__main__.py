"""`python -m tests.probe`: the service with what lies here besides."""

import sys

from {{cookiecutter.module_name}}.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["tests.probe"]))
