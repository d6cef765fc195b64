"""What a client gets over a WebSocket."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from pydantic import BaseModel


class RSPCode(IntEnum):
    """How a package's request ended."""

    OK = 0
    ERROR = 1
    INVALID_DATA = 2
    PERMISSION_DENIED = 3


class MetadataModel(BaseModel):
    """Where a page stands among all."""

    page: int
    per_page: int
    total: int
    pages: int


class UncountedMetadataModel(BaseModel):
    """Where a page stands, when nobody counted all."""

    page: int
    per_page: int
    has_more: bool


class CursorMetadataModel(BaseModel):
    """How to go on from a page: null where there is nothing known."""

    per_page: int
    next_cursor: str | None
    prev_cursor: str | None
    has_more: bool


type Metadata = MetadataModel | UncountedMetadataModel | CursorMetadataModel


@dataclass(slots=True)
class ResponseModel:
    """The one reply to a request; `data` is whatever becomes JSON.

    The ids of the reply are those of the request, whatever stands here.
    """

    pkg_id: int | None
    req_id: str | None
    status_code: RSPCode
    data: Any
    meta: Metadata | None = None

    @classmethod
    def success(
        cls,
        pkg_id: int,
        req_id: str,
        data: Any = None,
        meta: Metadata | None = None,
    ) -> Self:
        """Models, dataclasses and named rows in `data` become objects."""
        return cls(pkg_id, req_id, RSPCode.OK, data, meta)

    @classmethod
    def err_msg(
        cls,
        pkg_id: int,
        req_id: str,
        msg: str,
        status_code: RSPCode = RSPCode.ERROR,
        code: str | None = None,
    ) -> Self:
        """A refusal; raising a ServiceError says the same with less."""
        word = code or _WORDS.get(status_code, "error")
        return cls(pkg_id, req_id, status_code, {"msg": msg, "code": word})


_WORDS = {
    RSPCode.INVALID_DATA: "validation_error",
    RSPCode.PERMISSION_DENIED: "permission_denied",
}
