"""POST /auth/backchannel-logout, as Keycloak and as others call it."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from tests.counters import metric
from tests.local_issuer import Sign, Start
from tests.own_realm import BACKCHANNEL
from tests.ws_client import connect

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def url(start_probe: Start) -> Iterator[str]:
    with start_probe() as service:
        yield service.url


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=url, timeout=20) as client:
        yield client


async def call(http: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await http.post(BACKCHANNEL, data={"logout_token": token})


async def status(http: httpx2.AsyncClient, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    reply = await http.get("/api/me", headers=headers)
    if reply.status_code == 401:
        assert reply.json()["code"] == "token_revoked"
        challenge = reply.headers["WWW-Authenticate"]
        assert 'error="invalid_token"' in challenge
    return reply.status_code


def assert_refused(reply: httpx2.Response, reason: str) -> None:
    assert reply.status_code == 400, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json()["code"] == "invalid_logout_token"
    assert reason in reply.json()["detail"]


async def test_a_session_ends(
    http: httpx2.AsyncClient, sign: Sign, sign_logout: Sign
) -> None:
    sub, sid = str(uuid.uuid4()), str(uuid.uuid4())
    token, other = sign(sub=sub, sid=sid), sign(sub=sub)
    assert await status(http, token) == 200
    reply = await call(http, sign_logout(sub=sub, sid=sid))
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Cache-Control"] == "no-store"
    assert await status(http, token) == 401
    assert await status(http, other) == 200


async def test_without_a_session_older_tokens_of_the_user_end(
    http: httpx2.AsyncClient,
    url: str,
    sign: Sign,
    sign_logout: Sign,
) -> None:
    sub, now = str(uuid.uuid4()), int(time.time())
    old, same, new, other = (
        sign(sub=sub, iat=now - 60),
        sign(sub=sub, iat=now - 10),
        sign(sub=sub, iat=now - 9),
        sign(iat=now - 60),
    )
    async with connect(url, old) as ending, connect(url, new) as living:
        reply = await call(http, sign_logout(sub=sub, sid=None, iat=now - 10))
        assert reply.status_code == 200, reply.text
        assert await ending.closed() == (4401, "token_revoked")
        assert [await status(http, t) for t in (old, same, new, other)] == [
            401,
            401,
            200,
            200,
        ]
        # What comes late does not bring older tokens back.
        late = sign_logout(sub=sub, sid=None, iat=now - 30)
        assert (await call(http, late)).status_code == 200
        assert await status(http, same) == 401
        assert await living.settled() == []


async def test_a_token_is_taken_once(
    http: httpx2.AsyncClient, url: str, sign_logout: Sign
) -> None:
    series = 'session_revocations_total{source="backchannel"}'
    before = await metric(url, series)
    token = sign_logout(sid="once")
    replies = await asyncio.gather(*(call(http, token) for _ in range(5)))
    assert sorted(r.status_code for r in replies) == [200, *[400] * 4]
    assert_refused(await call(http, token), "used before")
    # Keycloak says it again with a token of its own: that changes nothing.
    assert (await call(http, sign_logout(sid="once"))).status_code == 200
    assert await metric(url, series) == before + 2


async def test_other_tokens(
    http: httpx2.AsyncClient, sign: Sign, sign_logout: Sign
) -> None:
    for token, reason in (
        (sign(), "type"),
        (sign(typ="ID"), "type"),
        (sign_logout(nonce="n"), "nonce"),
        (sign_logout(aud="another"), "audience"),
        (sign_logout(iat=int(time.time()) - 3600), "too old"),
        ("x", "cannot be read"),
        ("", "needs one"),
    ):
        assert_refused(await call(http, token), reason)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (FORM, b"", "needs one logout_token"),
        (FORM, b"logout_token=a&logout_token=b", "needs one logout_token"),
        (FORM, b"token=a", "needs one logout_token"),
        (FORM, b"logout_token=%ff%fe", "ASCII"),
        (FORM, "logout_token=é".encode(), "ASCII"),
        (FORM, b"&".join([b"a=b"] * 11), "too many fields"),
        (f"{FORM}; charset=utf-8", b"logout_token=a", "cannot be read"),
        ("application/json", b'{"logout_token": "a"}', "body is not"),
        ("multipart/form-data", b"logout_token=a", "body is not"),
    ],
    ids=str,
)
async def test_other_bodies(
    http: httpx2.AsyncClient, kind: str, body: bytes, reason: str
) -> None:
    reply = await http.post(
        BACKCHANNEL, content=body, headers={"Content-Type": kind}
    )
    assert_refused(reply, reason)


async def test_it_is_described(http: httpx2.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    operation = paths[BACKCHANNEL]["post"]
    assert operation["security"] == []
    assert FORM in operation["requestBody"]["content"]
    assert {"200", "400"} <= set(operation["responses"])
    assert (await http.get(BACKCHANNEL)).status_code == 405


async def test_logouts_do_not_count_as_requests(
    start_probe: Start, sign_logout: Sign
) -> None:
    with start_probe(
        RATE_LIMIT_PER_MINUTE="2", RATE_LIMIT_BURST="0"
    ) as service:
        async with httpx2.AsyncClient(base_url=service.url) as http:
            for _ in range(10):
                assert (await call(http, sign_logout())).status_code == 200
            for _ in range(2):
                assert (await http.get("/api/me")).status_code == 401
            assert (await http.get("/api/me")).status_code == 429
