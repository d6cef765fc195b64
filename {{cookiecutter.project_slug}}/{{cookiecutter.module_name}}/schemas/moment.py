"""Points in time as clients send them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError(
            "moment_out_of_range", "The year in UTC is not one of 1 to 9999"
        ) from None


type Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""With an offset from UTC, or `Z`; becomes UTC."""
