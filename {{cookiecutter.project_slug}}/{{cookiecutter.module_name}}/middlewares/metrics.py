"""Counts and times HTTP requests by their full route template."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.routing.route_table import MATCHED_ROUTE, RouteTable

UNMATCHED = "unmatched"
# Any other word is a client's invention and would be a label without end.
_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
)


class MetricsMiddleware:
    """Stands outside of whatever can refuse, so that refusals count too.

    Those inside find the route in the scope.
    """

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, routes: RouteTable
    ) -> None:
        self.app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = self._routes.match(method, scope["path"])
        endpoint = route.path if route else UNMATCHED
        scope[MATCHED_ROUTE] = route
        status = 500

        async def remember_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        in_progress = self._metrics.http_in_progress.labels(method, endpoint)
        started = time.perf_counter()
        with in_progress.track_inprogress():
            try:
                await self.app(scope, receive, remember_status)
            finally:
                self._metrics.http_duration.labels(method, endpoint).observe(
                    time.perf_counter() - started
                )
                self._metrics.http_requests.labels(
                    method, endpoint, status
                ).inc()
