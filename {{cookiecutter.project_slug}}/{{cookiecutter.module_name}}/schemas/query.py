"""Query parameters as a model that knows all of them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError


class QueryModel(BaseModel):
    """Refuses a parameter it does not know and names those it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, data: Any) -> Any:
        unknown = set(data) - set(cls.model_fields)
        if unknown:
            allowed = ", ".join(sorted(cls.model_fields))
            error = PydanticCustomError(
                "unknown_parameter",
                "Unknown parameter; allowed are: {allowed}",
                {"allowed": allowed},
            )
            raise ValidationError.from_exception_data(
                cls.__name__,
                [
                    InitErrorDetails(type=error, loc=(name,), input=name)
                    for name in sorted(unknown)
                ],
            )
        return data
