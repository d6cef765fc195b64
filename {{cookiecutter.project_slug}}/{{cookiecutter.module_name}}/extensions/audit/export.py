"""The audit trail as a file, written while it is read."""

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from {{cookiecutter.module_name}}.extensions.audit.repository import AuditRepository
from {{cookiecutter.module_name}}.extensions.audit.schemas import (
    AuditFilters,
    AuditRow,
    ExportFormat,
)
from {{cookiecutter.module_name}}.storage.db import Database

type Rows = Sequence[AuditRow]

# Small enough for the memory and for the other requests of the worker, which
# wait while a batch is written down.
BATCH_ROWS: Final = 500
MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSONL: "application/x-ndjson",
}
# What spreadsheets take for the begin of a formula, also after blanks or in
# its full width.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


async def batches(
    database: Database, wanted: AuditFilters
) -> AsyncIterator[Rows]:
    """Entries as they are now, newest first; at least one batch.

    Each batch is a statement of its own that begins where the last one
    ended. So a client that reads slowly holds no connection, no transaction
    keeps PostgreSQL from cleaning up, and the time limit of statements is
    one for a batch, not for the whole.
    """
    last: AuditRow | None = None
    complete = False
    while not complete:
        async with database.reading() as session:
            rows = await AuditRepository(session).older(
                wanted, last, BATCH_ROWS
            )
        complete = len(rows) < BATCH_ROWS
        last = rows[-1] if rows else last
        yield rows


async def written(
    first: Rows, rest: AsyncIterator[Rows], form: ExportFormat
) -> AsyncIterator[bytes]:
    """The file; ends with the error where one occurs."""
    write = _WRITERS[form]
    yield _HEADS[form] + write(first)
    async for rows in rest:
        yield write(rows)


def _csv(rows: Rows) -> bytes:
    return _csv_lines(map(_cell, row) for row in rows)


def _csv_lines(lines: Iterable[Iterable[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(lines)
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    """NULL is nothing; what is no plain value is written as JSON."""
    if value is None or isinstance(value, (int, float)):
        return value
    text = _text(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return orjson.dumps(value).decode()


def _jsonl(rows: Rows) -> bytes:
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    return b"".join(orjson.dumps(row._asdict(), option=option) for row in rows)


_WRITERS: Final[dict[ExportFormat, Callable[[Rows], bytes]]] = {
    ExportFormat.CSV: _csv,
    ExportFormat.JSONL: _jsonl,
}
_HEADS: Final = {
    ExportFormat.CSV: _csv_lines([AuditRow._fields]),
    ExportFormat.JSONL: b"",
}
