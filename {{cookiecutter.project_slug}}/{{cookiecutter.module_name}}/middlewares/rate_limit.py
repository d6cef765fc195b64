"""What one user or address may ask for, and whether a login still holds."""

import re
from collections.abc import Iterator, Sequence
from math import ceil

from starlette.authentication import AuthCredentials
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.auth import AuthenticatedUser, RejectedUser
from {{cookiecutter.module_name}}.context import AppContext
from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.middlewares.errors import on_service_error
from {{cookiecutter.module_name}}.protection.rate_limit_rule import RateLimit, Subject
from {{cookiecutter.module_name}}.protection.rate_limiter import (
    Checked,
    LimitCheck,
    Verdict,
)
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.routing.route_table import MATCHED_ROUTE, RouteEntry
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

_LIMIT = b"x-ratelimit-limit"


class RateLimitMiddleware:
    """Asks Redis once for a request: all its limits, and for a logout.

    A user who was logged out is none to what is inside: guards refuse,
    public routes serve.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self._excluded = re.compile(settings.EXCLUDED_PATHS)
        self._any = RateLimit(
            settings.RATE_LIMIT_PER_MINUTE, burst=settings.RATE_LIMIT_BURST
        )

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles HTTP; passes the rest on."""
        if scope["type"] != "http" or self._excluded.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            checked = await self._ask(scope)
            refusal: ServiceError | None = checked.refusal
            if checked.tightest is not None:
                send = _with_headers(send, checked.tightest)
        except ServiceError as error:
            refusal = error
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            reply = on_service_error(Request(scope), refusal)
            await reply(scope, receive, send)

    async def _ask(self, scope: Scope) -> Checked:
        """Raises UnavailableError."""
        context: AppContext = scope["app"].state.context
        caller = scope["user"]
        user = caller.user if isinstance(caller, AuthenticatedUser) else None
        read = context.revocations.keys(user) if user else ()
        checked = await context.rate_limiter.check(
            tuple(self._checks(scope, user)), read
        )
        if user and read:
            _judge(scope, context.revocations, user, checked.values)
        return checked

    def _checks(
        self, scope: Scope, user: UserModel | None
    ) -> Iterator[LimitCheck]:
        host = (scope.get("client") or ("",))[0]
        subject = Subject(user.id if user else None, host)
        rules, title = _rules(scope)
        if not any(rule.alone for rule in rules):
            by, _ = subject.counted("user")
            yield self._any.check(by, "any", subject)
        for rule in rules:
            yield rule.check("route", title, subject)


def _rules(scope: Scope) -> tuple[tuple[RateLimit, ...], str]:
    """Of the route that will be called, and its title."""
    route: RouteEntry | None = scope.get(MATCHED_ROUTE)
    if route is None or scope["method"] not in route.methods:
        return (), ""
    return route.limits, route.title


def _judge(
    scope: Scope,
    revocations: Revocations,
    user: UserModel,
    values: Sequence[bytes | None] | None,
) -> None:
    try:
        if values is None:
            revocations.unreadable(user)
        else:
            revocations.judge(user, values)
    except ServiceError as error:
        scope["auth"], scope["user"] = AuthCredentials(), RejectedUser(error)


def _with_headers(send: Send, verdict: Verdict) -> Send:
    headers = (
        (_LIMIT, b"%d" % verdict.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%d" % ceil(verdict.reset)),
    )

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            found = list(message.get("headers", ()))
            if not any(name.lower() == _LIMIT for name, _ in found):
                message["headers"] = [*found, *headers]
        await send(message)

    return send_with_headers
