"""Lists straight from the database to the client."""

from collections.abc import Iterable
from typing import Any, Protocol

import orjson
from fastapi import Response

from {{cookiecutter.module_name}}.schemas.page import Page


class Row(Protocol):
    """A named tuple."""

    def _asdict(self) -> dict[str, Any]: ...


def rows_reply(rows: Iterable[Row]) -> Response:
    """A JSON array of objects.

    The route's `response_model` documents it; checking rows that the
    database gave against it would cost more than the query.
    """
    return _json([row._asdict() for row in rows])


def page_reply[R: Row](page: Page[R]) -> Response:
    """A JSON object of `data` and `meta`."""
    rows = [row._asdict() for row in page.rows]
    return _json({"data": rows, "meta": page.meta.model_dump()})


def _json(content: Any) -> Response:
    return Response(
        orjson.dumps(content, option=orjson.OPT_UTC_Z),
        media_type="application/json",
    )
