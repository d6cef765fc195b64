"""structlog over the standard library: one line an event.

Fields: timestamp, level, logger, message, environment, module, function,
line; within a request also request_id, client_ip, and what `set_log_context`
bound.
Errors go to `<LOG_DIR>/logging_errors.log` as JSON, whatever the console
shows.
"""

import logging
import logging.config
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings.server import ServerSettings

_QUIET = (
    "httpx2",
    "httpcore2",
    "httpx",
    "httpcore",
    "alembic",
    "websockets.server",
)
ERRORS_FILE = "logging_errors.log"


_request_fields: ContextVar[Mapping[str, Any]] = ContextVar(
    "request_fields", default=MappingProxyType({})
)


def set_log_context(**fields: Any) -> None:
    """Adds fields to every further line of the current request."""
    structlog.contextvars.bind_contextvars(**fields)


def set_request_log_context(fields: Mapping[str, Any]) -> None:
    """The same in one step, for requests that must cost little.

    Replaces what was set so before; the rest of the context stays.
    """
    _request_fields.set(fields)


def configure_logging(settings: ServerSettings) -> None:
    """Takes over the process's logging; may be called again."""
    shared = _shared_processors(settings.ENV)
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_console(settings.LOG_CONSOLE_FORMAT, shared))
    root.addHandler(_errors_file(settings.LOG_DIR, shared))
    root.setLevel(settings.LOG_LEVEL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # One line for each request to a neighbour, or two for each socket, is
    # noise.
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _shared_processors(environment: str) -> list[Processor]:
    def add_environment(
        _: WrappedLogger, __: str, event: EventDict
    ) -> EventDict:
        event["environment"] = environment
        return event

    return [
        structlog.contextvars.merge_contextvars,
        _add_request_fields,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder(
            {
                structlog.processors.CallsiteParameter.MODULE,
                structlog.processors.CallsiteParameter.FUNC_NAME,
                structlog.processors.CallsiteParameter.LINENO,
            }
        ),
        add_environment,
        structlog.stdlib.ExtraAdder(),
        _drop_colours,
    ]


def _add_request_fields(
    _: WrappedLogger, __: str, event: EventDict
) -> EventDict:
    for name, value in _request_fields.get().items():
        if value is not None:
            event[name] = value
    return event


def _drop_colours(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Uvicorn sends each message a second time, in colours."""
    event.pop("color_message", None)
    return event


def _as_documented(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The field names that queries over the logs rely on."""
    event["message"] = event.pop("event", "")
    event["level"] = str(event.get("level", "")).upper()
    if "func_name" in event:
        event["function"] = event.pop("func_name")
    if "lineno" in event:
        event["line"] = event.pop("lineno")
    return event


def _json_formatter(shared: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _as_documented,
            structlog.processors.JSONRenderer(),
        ],
    )


def _for_people(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leaves out what a person at a terminal knows or can look up."""
    for field in ("environment", "module", "func_name", "lineno"):
        event.pop(field, None)
    return event


def _human_formatter(shared: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _for_people,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                pad_event_to=0,
                # The pretty ones print local variables, tokens among them,
                # and hold the event loop for seconds.
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ],
    )


def _console(kind: str, shared: list[Processor]) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _json_formatter(shared) if kind == "json" else _human_formatter(shared)
    )
    return handler


def _errors_file(folder: Path, shared: list[Processor]) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(folder / ERRORS_FILE, delay=True)
        (folder / ERRORS_FILE).touch()
    except OSError as error:
        raise StartupError(
            f"The log folder {folder} cannot be written: {error.strerror}.",
            "make it writable or set LOG_DIR to another folder",
        ) from error
    handler.setLevel(logging.ERROR)
    handler.setFormatter(_json_formatter(shared))
    return handler
