"""`get_paginated_results` on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select
from sqlmodel import col

from {{cookiecutter.module_name}}.exceptions import ValidationFailedError
from {{cookiecutter.module_name}}.schemas.page import Page
from {{cookiecutter.module_name}}.schemas.response import (
    MetadataModel,
    UncountedMetadataModel,
)
from {{cookiecutter.module_name}}.schemas.types import FilterDict, PaginationParams
from {{cookiecutter.module_name}}.storage.db import Database
from {{cookiecutter.module_name}}.storage.pagination import get_paginated_results

from tests.specimen import Specimen, specimens, store

type Query = Select[*tuple[Any, ...]]


@pytest.fixture
async def table(database: Database) -> AsyncIterator[Database]:
    """Seven, numbered from 0; those after 4 have a day."""
    async with specimens(database):
        await store(
            database,
            *(
                Specimen(
                    number=i, text="xy"[i % 2], due=date.max if i > 4 else None
                )
                for i in range(7)
            ),
        )
        yield database


async def page(
    database: Database, *place: int, **wanted: Any
) -> Page[Specimen]:
    async with database.reading() as session:
        return await get_paginated_results(
            Specimen, *place, session=session, **wanted
        )


def numbers(found: Page[Specimen]) -> list[int]:
    return [row.number for row in found.rows]


def meta(page: int, per_page: int, total: int, pages: int) -> MetadataModel:
    return MetadataModel(
        page=page, per_page=per_page, total=total, pages=pages
    )


async def test_models_and_where_they_stand(table: Database) -> None:
    found = await page(table, 2, 3)
    assert numbers(found) == [3, 4, 5]
    assert found.meta == meta(2, 3, 7, 3)
    rows, where = await page(table)
    assert len(rows) == 7
    assert where == meta(1, 20, 7, 1)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((3, 3), meta(3, 3, 7, 3)),
        ((4, 3), meta(4, 3, 7, 3)),
        ((1, 7), meta(1, 7, 7, 1)),
        ((2, 7), meta(2, 7, 7, 1)),
        ((1, 8), meta(1, 8, 7, 1)),
    ],
)
async def test_totals_around_the_end(
    table: Database, place: tuple[int, int], expected: MetadataModel
) -> None:
    assert (await page(table, *place)).meta == expected


async def test_nothing_at_all(table: Database) -> None:
    found = await page(table, 1, 3, filters={"number": 100})
    assert found == Page([], meta(1, 3, 0, 0))


async def test_without_a_total(table: Database) -> None:
    found = await page(table, 2, 3, total=False)
    assert numbers(found) == [3, 4, 5]
    assert found.meta == UncountedMetadataModel(
        page=2, per_page=3, has_more=True
    )
    found = await page(table, 1, 7, total=False)
    assert found.meta == UncountedMetadataModel(
        page=1, per_page=7, has_more=False
    )


async def test_filters_by_column(table: Database) -> None:
    assert numbers(await page(table, filters={"text": "y"})) == [1, 3, 5]
    assert numbers(await page(table, filters={"number": [1, 6]})) == [1, 6]
    assert numbers(await page(table, filters={"due": None})) == [0, 1, 2, 3, 4]
    both = {"text": "y", "due": date.max}
    assert numbers(await page(table, filters=both)) == [5]
    with pytest.raises(ValidationFailedError, match="were refused: colour"):
        await page(table, filters={"colour": "red"})


async def test_parameters_as_they_came(table: Database) -> None:
    params: PaginationParams = {"per_page": 2, "filters": {"text": "y"}}
    async with table.reading() as session:
        found = await get_paginated_results(
            Specimen, session=session, **params
        )
    assert numbers(found) == [1, 3]


async def test_filters_of_ones_own(table: Database) -> None:
    def apply(
        query: Query, model: type[Specimen], filters: FilterDict
    ) -> Query:
        assert model is Specimen
        return query.where(col(Specimen.number) >= filters["least"])

    found = await page(table, 1, 2, filters={"least": 4}, apply_filters=apply)
    assert numbers(found) == [4, 5]
    assert found.meta == meta(1, 2, 3, 2)


@pytest.mark.parametrize(
    ("place", "field", "words"),
    [
        ((0, 20), "page", "Pages count from 1"),
        ((-5, 20), "page", "Pages count from 1"),
        ((1, 0), "per_page", "A page has 1 to 100 rows"),
        ((1, 101), "per_page", "A page has 1 to 100 rows"),
        ((10_002, 100), "page", "start with an empty cursor"),
        ((2**62, 100), "page", "start with an empty cursor"),
    ],
)
async def test_out_of_bounds(
    table: Database, place: tuple[int, int], field: str, words: str
) -> None:
    with pytest.raises(ValidationFailedError) as caught:
        await page(table, *place)
    [error] = caught.value.errors
    assert error.field == field
    assert words in error.message


async def test_the_last_page_that_is_read(table: Database) -> None:
    assert numbers(await page(table, 10_001, 100)) == []
