"""Whatever a client sends as text gets one reply, and the socket stays."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.probe.plain_packages import BY_MODEL, BY_SCHEMA, ECHO
from tests.running_service import RunningService
from tests.ws_client import WebSocketClient, connect

type Sign = Callable[..., str]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
UUIDS = st.uuids().map(str)
# Near misses, which random values never are.
ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        "pkg_id": st.sampled_from([ECHO, BY_MODEL, BY_SCHEMA]) | SCALARS,
        "req_id": UUIDS | SCALARS,
        "data": VALUES,
        "type": st.sampled_from(["auth_ok", "event", "drain", ""]) | SCALARS,
        "more": VALUES,
    },
)
FRAMES = VALUES | ENVELOPES
FUZZ = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
async def client(
    sockets: RunningService, sign: Sign
) -> AsyncIterator[WebSocketClient]:
    async with connect(sockets.url, sign()) as found:
        yield found


def is_answered(value: Any) -> bool:
    """Known control frames have answers of their own, or none."""
    if not isinstance(value, dict) or "pkg_id" in value:
        return True
    return value.get("type") not in {"ping", "cancel", "auth"}


def is_json(value: Any) -> bool:
    """Python writes NaN and Infinity, too."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


async def check(client: WebSocketClient, text: str) -> None:
    """One reply, and nothing else before the next request's."""
    await client.send(text)
    mark = await client.request(PkgID.WHOAMI)
    reply = await client.next()
    assert set(reply) == {"pkg_id", "req_id", "status_code", "data"}
    assert reply["req_id"] != mark
    if reply["status_code"] != 0:
        assert reply["status_code"] == 2
        assert reply["data"]["msg"]
        assert reply["data"]["code"] in {"validation_error", "unknown_package"}
    assert (await client.next())["req_id"] == mark


@given(value=FRAMES.filter(is_answered))
@FUZZ
async def test_any_json(client: WebSocketClient, value: Any) -> None:
    await check(client, json.dumps(value))


@given(text=st.text())
@FUZZ
async def test_any_text(client: WebSocketClient, text: str) -> None:
    await check(client, text)


@given(value=FRAMES, cut=st.integers(min_value=1, max_value=50))
@FUZZ
async def test_json_cut_short(
    client: WebSocketClient, value: Any, cut: int
) -> None:
    text = json.dumps({"data": value})
    await check(client, text[: max(0, len(text) - cut)])


@given(data=st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
@FUZZ
async def test_good_requests_succeed(
    client: WebSocketClient, data: dict[str, Any]
) -> None:
    request = {"pkg_id": PkgID.WHOAMI, "req_id": str(uuid.uuid4())}
    reply = await client.exchange({**request, "data": data})
    assert (reply["status_code"] == 0) == is_json(data)
