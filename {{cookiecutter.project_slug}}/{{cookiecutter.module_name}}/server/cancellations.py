"""What a server cancels at its end is no error."""

import asyncio
import logging


def hide_cancellations() -> None:
    """Else uvicorn logs each of them with a traceback."""
    logging.getLogger("uvicorn.error").addFilter(_is_none)


def _is_none(record: logging.LogRecord) -> bool:
    error = record.exc_info and record.exc_info[1]
    return not isinstance(error, asyncio.CancelledError)
