"""A service over HTTP and WebSocket with one role model."""

from fastapi import FastAPI

from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.observability.logging import configure_logging
from {{cookiecutter.module_name}}.settings import load_settings


def application() -> FastAPI:
    """The factory: `uvicorn {{cookiecutter.module_name}}:application --factory`."""
    settings = load_settings()
    configure_logging(settings)
    return create_app(settings)
