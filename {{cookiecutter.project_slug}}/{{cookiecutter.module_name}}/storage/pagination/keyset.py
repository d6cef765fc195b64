"""Pages by cursor: each begins where the last one ended.

Rows that come and go meanwhile move nothing: a page asks for what lies
beyond a row's keys, whether that row is still there or not.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.schemas.response import CursorMetadataModel
from {{cookiecutter.module_name}}.storage.pagination import cursor as cursors
from {{cookiecutter.module_name}}.storage.pagination.cursor import Place
from {{cookiecutter.module_name}}.storage.pagination.listing import (
    Listing,
    Query,
    fetch,
)


async def cursor_page(
    session: AsyncSession, listing: Listing, cursor: str, per_page: int
) -> Page[Sequence[Any]]:
    """An empty `cursor` starts; raises ValidationFailedError for others.

    One statement, whose cost does not grow with the place.
    """
    order = listing.order
    place = cursors.read(cursor, order, listing.fingerprint)
    found = await fetch(session, _query(listing, place, per_page + 1))
    more = len(found) > per_page
    rows = found[:per_page]
    if place.back:
        rows.reverse()
    before, after = _neighbours(place, _ends(rows, len(order.keys)), more)
    meta = CursorMetadataModel(
        per_page=per_page,
        next_cursor=_written(after, listing),
        prev_cursor=_written(before, listing),
        has_more=after is not None,
    )
    return Page([row[: -len(order.keys)] for row in rows], meta)


def _query(listing: Listing, place: Place, limit: int) -> Query:
    order = listing.order
    query = listing.query.add_columns(
        *(key.label(f"key_{n}") for n, key in enumerate(order.keys))
    )
    if place.keys:
        query = query.where(order.beyond(place.keys, back=place.back))
    ordered: Query = order.sorted(query, back=place.back)
    return ordered.limit(limit)


type _Keys = tuple[Any, ...]


def _ends(rows: Sequence[Row[Any]], width: int) -> tuple[_Keys, _Keys] | None:
    """Keys of the first and the last row."""
    if not rows:
        return None
    return tuple(rows[0][-width:]), tuple(rows[-1][-width:])


def _neighbours(
    place: Place, ends: tuple[_Keys, _Keys] | None, more: bool
) -> tuple[Place | None, Place | None]:
    """Where the pages before and after this one begin.

    There is a page where the client came from. When all rows of this one
    are gone, it is the list's end on that side.
    """
    first, last = ends or ((), ())
    before, after = Place(first, back=True), Place(last)
    came = bool(place.keys)
    if place.back:
        return before if more else None, after if came else None
    return before if came else None, after if more else None


def _written(place: Place | None, listing: Listing) -> str | None:
    if place is None:
        return None
    return cursors.write(place, listing.order, listing.fingerprint)
