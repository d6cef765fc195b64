"""The socket of browsers and apps."""

from {{cookiecutter.module_name}}.api.ws.websocket import PackageAuthWebSocketEndpoint


class Web(PackageAuthWebSocketEndpoint):
    """Packages as JSON text."""

    path = "/web"
