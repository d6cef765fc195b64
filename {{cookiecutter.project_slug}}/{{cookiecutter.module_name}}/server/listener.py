"""The listening socket, which all workers share."""

import socket

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings.server import ServerSettings


def bind(settings: ServerSettings) -> socket.socket:
    """Before anything is built, so that a taken port says so first.

    Raises StartupError.
    """
    family = socket.AF_INET6 if ":" in settings.APP_HOST else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.APP_HOST, settings.APP_PORT))
    except OSError as error:
        listener.close()
        raise StartupError(
            f"{settings.APP_HOST}:{settings.APP_PORT} cannot be used: "
            f"{error.strerror}.",
            "end what listens there or set another APP_PORT or APP_HOST",
        ) from error
    return listener
