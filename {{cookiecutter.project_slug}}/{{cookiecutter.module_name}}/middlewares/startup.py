"""Says in one line why the application cannot start."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from {{cookiecutter.module_name}}.exceptions import StartupError


class StartupMiddleware:
    """Replaces the traceback of a StartupError by its message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Handles the lifespan; passes the rest on."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        failure: Message | None = None

        async def hold_failure(message: Message) -> None:
            nonlocal failure
            if message["type"].endswith(".failed"):
                failure = message
            else:
                await send(message)

        try:
            await self.app(scope, receive, hold_failure)
        except StartupError as error:
            await send(
                {"type": "lifespan.startup.failed", "message": str(error)}
            )
        except asyncio.CancelledError:
            raise  # Cut off by the server, on purpose: no failure.
        except BaseException:
            if failure is not None:
                await send(failure)
            raise
