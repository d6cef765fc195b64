"""Routes that misbehave on request, to see how the edge copes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextvars import ContextVar

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.exceptions import ConflictError

router = APIRouter(prefix="/probe", dependencies=[Depends(public())])

_last: ContextVar[str] = ContextVar("last", default="nobody")


class Item(BaseModel):
    """A body with a rule for each field."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=20)
    amount: int = Field(ge=0, le=100)


@router.post("/items/{item_id}")
async def put_item(item_id: int, item: Item) -> Item:
    """Echoes."""
    return item


@router.get("/fail")
async def fail() -> None:
    """What nobody expected."""
    raise RuntimeError("the secret inside")


@router.get("/conflict")
async def conflict() -> None:
    """A domain error."""
    raise ConflictError("Twice is once too often.")


@router.get("/slow/{seconds}")
async def slow(seconds: float) -> dict[str, float]:
    """Takes its time."""
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@router.get("/broken-stream")
async def broken_stream() -> StreamingResponse:
    """Fails after the first bytes are out."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"begun "
        raise RuntimeError("in the middle")

    return StreamingResponse(parts())


@router.get("/block/{seconds}")
async def block(seconds: float) -> dict[str, float]:
    """Holds the whole process, having said so."""
    print("blocking", flush=True)
    time.sleep(seconds)  # noqa: ASYNC251
    return {"blocked": seconds}


@router.get("/context/{name}")
async def context(name: str) -> str:
    """Who was here before, in the same context."""
    before = _last.get()
    _last.set(name)
    return before
