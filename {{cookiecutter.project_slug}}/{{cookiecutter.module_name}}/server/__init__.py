"""The process: listens, serves with one or several workers, drains."""

from {{cookiecutter.module_name}}.server.serve import serve

__all__ = ["serve"]
