"""Text that PostgreSQL can store."""

from typing import Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError(
            "nul_character", "The character NUL cannot be stored"
        )
    return value


# For `Annotated[str, …]`, after all constraints on the text.
WITHOUT_NUL: Final = AfterValidator(_without_nul)
