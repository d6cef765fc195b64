"""`make shell`: Python with `await` and what the service uses.

context   database, redis, keycloak, bus, health, …; see context.py
settings  the settings
app       the application, which serves nothing here
select    of SQLModel; each table stands under the name of its model

async with context.database.reading() as session:
    print((await session.exec(select(Thing))).all())
"""

import ast
import asyncio
import code
import inspect
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from types import CodeType, FunctionType
from typing import Any, override

from sqlmodel import select

from {{cookiecutter.module_name}} import models
from {{cookiecutter.module_name}}.app import create_app
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.models.base import BaseModel
from {{cookiecutter.module_name}}.observability.logging import configure_logging
from {{cookiecutter.module_name}}.settings import load_settings


class Console(code.InteractiveConsole):
    """Runs each line in the loop of another thread, which goes on between."""

    def __init__(
        self, names: dict[str, Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(names)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._names = names
        self._loop = loop

    @override
    def runcode(self, code: CodeType) -> None:
        running = asyncio.run_coroutine_threadsafe(self._run(code), self._loop)
        try:
            leaving = running.result()
        except KeyboardInterrupt:
            running.cancel()
            self.write("\nKeyboardInterrupt\n")
        except BaseException:  # noqa: BLE001
            self.showtraceback()
        else:
            if leaving:
                raise SystemExit

    async def _run(self, code: CodeType) -> bool:
        """Whether it asked to leave, which must not end the loop."""
        try:
            result = FunctionType(code, self._names)()
            if inspect.iscoroutine(result):
                await result
        except SystemExit:
            return True
        return False


@contextmanager
def loop_beside() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def main() -> int:
    """0 at the end of the input, 1 with one line of why it did not start."""
    try:
        with loop_beside() as loop:
            _interact(loop)
    except StartupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _interact(loop: asyncio.AbstractEventLoop) -> None:
    def wait[T](work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    settings = load_settings()
    quiet = settings.model_copy(
        update={"LOG_LEVEL": "WARNING", "DB_INIT_MAX_RETRIES": 0}
    )
    configure_logging(quiet)
    app = create_app(quiet)
    parts = AsyncExitStack()
    try:
        wait(parts.enter_async_context(app.router.lifespan_context(app)))
        names = {
            **_tables(),
            "app": app,
            "context": app.state.context,
            "select": select,
            "settings": settings,
        }
        _complete(names)
        Console(names, loop).interact(banner=(__doc__ or "").strip())
    except SystemExit:
        pass
    finally:
        wait(parts.aclose())


def _tables() -> dict[str, Any]:
    known = BaseModel.__subclasses__()
    return {
        table.__name__: table
        for table in known
        if table.__module__.startswith(f"{models.__name__}.")
    }


def _complete(names: dict[str, Any]) -> None:
    """Names by the tab key, where the terminal can."""
    try:
        import readline
        import rlcompleter
    except ImportError:
        return
    readline.set_completer(rlcompleter.Completer(names).complete)
    readline.parse_and_bind("tab: complete")


if __name__ == "__main__":
    sys.exit(main())
