"""Lists straight from the database to the client."""

from collections.abc import Iterable
from typing import Any, Protocol

import orjson
from fastapi import Response


class Row(Protocol):
    """A named tuple."""

    def _asdict(self) -> dict[str, Any]: ...


def rows_reply(rows: Iterable[Row]) -> Response:
    """A JSON array of objects.

    The route's `response_model` documents it; checking rows that the
    database gave against it would cost more than the query.
    """
    return Response(
        orjson.dumps([row._asdict() for row in rows], option=orjson.OPT_UTC_Z),
        media_type="application/json",
    )
