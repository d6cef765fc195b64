"""Text that PostgreSQL can store."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError(
            "nul_character", "The character NUL cannot be stored"
        )
    return value


type Text = Annotated[str, AfterValidator(_without_nul)]
"""Any characters but NUL."""
