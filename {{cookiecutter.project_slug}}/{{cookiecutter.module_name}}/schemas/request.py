"""What a client asks over a WebSocket."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

REQ_ID_PATTERN: Final = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"

type ReqId = Annotated[str, StringConstraints(pattern=REQ_ID_PATTERN)]


class PackageEnvelope(BaseModel):
    """A package request as it comes in; more fields are ignored."""

    model_config = ConfigDict(strict=True)

    pkg_id: int
    req_id: ReqId
    data: dict[str, Any]


@dataclass(slots=True)
class RequestModel[Data = dict[str, Any]]:
    """A request as its handler sees it.

    `data` is an instance of the package's `json_schema` where that is a
    Pydantic model, else the object that the client sent.
    """

    pkg_id: int
    req_id: str
    data: Data
