"""Shapes of plain dictionaries, where a model would be too much."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import NotRequired, TypedDict
from uuid import UUID

type FilterValue = str | bool | int | float | Decimal | date | UUID | None
type FilterDict = Mapping[str, FilterValue | Collection[FilterValue]]
"""Columns and their values: None for NULL, a collection for any of it."""


class PaginationParams(TypedDict):
    """What `get_paginated_results` takes of a request."""

    page: NotRequired[int]
    per_page: NotRequired[int]
    filters: NotRequired[FilterDict]
