"""What commands on one row share."""

import pytest

from {{cookiecutter.module_name}}.commands.base import GetCommand
from {{cookiecutter.module_name}}.exceptions import NotFoundError
from {{cookiecutter.module_name}}.storage.db import Database

from tests.parts import Part, parts_in


class GetPart(GetCommand[Part]):
    what = "part"


async def test_one_row_or_none_of_that_kind(database: Database) -> None:
    async with parts_in(database) as parts:
        stored = await parts.create(Part(name="bolt"))
        assert await GetPart(parts).execute(stored.id or 0) is stored
        with pytest.raises(NotFoundError, match="There is no part 0"):
            await GetPart(parts).execute(0)
