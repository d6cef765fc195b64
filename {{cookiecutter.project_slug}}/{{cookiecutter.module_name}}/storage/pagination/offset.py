"""Pages by number: for people, and for lists that are not long."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from {{cookiecutter.module_name}} import constants
from {{cookiecutter.module_name}}.exceptions import FieldError, ValidationFailedError
from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.schemas.response import (
    MetadataModel,
    UncountedMetadataModel,
)
from {{cookiecutter.module_name}}.schemas.types import FilterDict
from {{cookiecutter.module_name}}.storage.pagination.columns import table_of
from {{cookiecutter.module_name}}.storage.pagination.counts import counts_of
from {{cookiecutter.module_name}}.storage.pagination.filters import (
    equalities,
    fingerprint,
)
from {{cookiecutter.module_name}}.storage.pagination.listing import (
    Listing,
    Query,
    fetch,
)
from {{cookiecutter.module_name}}.storage.pagination.sorting import Sorting

type ApplyFilters = Callable[[Query, type[Any], FilterDict], Query]


async def get_paginated_results[T: SQLModel](
    model: type[T],
    page: int = 1,
    per_page: int = constants.DEFAULT_PAGE_SIZE,
    *,
    session: AsyncSession,
    filters: FilterDict | None = None,
    apply_filters: ApplyFilters | None = None,
    total: bool = True,
) -> Page[T]:
    """Models by primary key, and where their page stands.

    `filters` are columns and their values, None for NULL and a list for any
    of it; or whatever `apply_filters(query, model, filters)` makes of them.
    Raises ValidationFailedError for a page out of bounds, an unknown filter
    or a value that its column cannot hold.
    """
    query: Query = select(model)
    if apply_filters is None:
        query = query.where(*equalities(model, filters or {}))
    else:
        query = apply_filters(query, model, filters or {})
    table = table_of(model).name
    name = _name_of(query, session)
    listing = Listing(query, Sorting(model).by(), table, name)
    found = await offset_page(session, listing, page, per_page, total=total)
    return Page([row[0] for row in found.rows], found.meta)


async def offset_page(
    session: AsyncSession,
    listing: Listing,
    page: int,
    per_page: int,
    *,
    total: bool = True,
) -> Page[Any]:
    """A page beyond the last is empty.

    PostgreSQL reads all rows before it, so there is a bound. `total=False`
    counts nothing and says only whether there is more. Raises
    ValidationFailedError.
    """
    offset = _offset(page, per_page)
    ordered: Query = listing.order.sorted(listing.query, back=False)
    limited = ordered.offset(offset).limit(per_page + (not total))
    rows = await fetch(session, limited)
    if not total:
        more = len(rows) > per_page
        uncounted = UncountedMetadataModel(
            page=page, per_page=per_page, has_more=more
        )
        return Page(rows[:per_page], uncounted)
    number = _end(offset, len(rows), per_page)
    if number is None:
        number = await counts_of(session).total(
            listing.table,
            listing.fingerprint,
            partial(listing.count, session),
        )
    return Page(rows, _metadata(page, per_page, number))


def _metadata(page: int, per_page: int, total: int) -> MetadataModel:
    return MetadataModel(
        page=page,
        per_page=per_page,
        total=total,
        pages=-(-total // per_page),
    )


def _end(offset: int, found: int, per_page: int) -> int | None:
    """The total, where the page itself shows the end of the list."""
    if 0 < found < per_page or offset == found == 0:
        return offset + found
    return None


def _offset(page: int, per_page: int) -> int:
    if page < 1:
        raise _refusal("page", "Pages count from 1")
    if not 1 <= per_page <= constants.MAX_PAGE_SIZE:
        raise _refusal(
            "per_page", f"A page has 1 to {constants.MAX_PAGE_SIZE} rows"
        )
    offset = (page - 1) * per_page
    if offset > constants.MAX_PAGE_OFFSET:
        raise _refusal(
            "page",
            f"Pages end after {constants.MAX_PAGE_OFFSET} rows; "
            "start with an empty cursor to read on",
        )
    return offset


def _refusal(field: str, message: str) -> ValidationFailedError:
    return ValidationFailedError(
        f"{message}.", errors=[FieldError(field, message, "page_out_of_range")]
    )


def _name_of(query: Query, session: AsyncSession) -> str:
    """From the statement itself: `apply_filters` may do anything."""
    compiled = query.compile(dialect=session.get_bind().dialect)
    return fingerprint(str(compiled), repr(sorted(compiled.params.items())))
