"""Problem details, RFC 9457."""

from pydantic import BaseModel, Field


class ProblemField(BaseModel):
    """One refused field; `field` is a dotted path such as `body.name`."""

    field: str
    message: str
    code: str


class ProblemDetails(BaseModel):
    """The body of every error reply, as `application/problem+json`."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="A stable word for programs.")
    errors: list[ProblemField] | None = None
    request_id: str | None = None
