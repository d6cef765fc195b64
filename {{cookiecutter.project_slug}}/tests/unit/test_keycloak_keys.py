"""Keys are fetched seldom, in one flight, and outlive Keycloak's absence.

Against a real HTTP server that plays the issuer.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs

from {{cookiecutter.module_name}}.auth import TokenVerifier
from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.managers.keycloak_keys import KeycloakKeys
from {{cookiecutter.module_name}}.settings import Settings

from tests.issuer import CLIENT_ID, REALM, Clock, Issuer
from tests.issuer_server import IssuerServer, serving

COOLDOWN = 5
MAX_AGE = 300


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    with serving(IssuerServer(Issuer())) as found:
        yield found


@pytest.fixture
def issuer(server: IssuerServer) -> Issuer:
    return server.issuer


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def events() -> list[str]:
    return []


@pytest.fixture
async def keys(
    issuer: Issuer, clock: Clock, events: list[str]
) -> AsyncIterator[KeycloakKeys]:
    settings = Settings(
        KEYCLOAK_BASE_URL=issuer.base_url,
        KEYCLOAK_REALM=REALM,
        KEYCLOAK_TIMEOUT_SECONDS=1,
        JWKS_COOLDOWN_SECONDS=COOLDOWN,
        JWKS_MAX_AGE_SECONDS=MAX_AGE,
    )
    found = KeycloakKeys(settings, on_event=events.append, clock=clock)
    yield found
    await found.close()


@pytest.fixture
def verifier(keys: KeycloakKeys, issuer: Issuer) -> TokenVerifier:
    return TokenVerifier(
        keys,
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=("RS256",),
        skew=5,
        cache_size=100,
        clock=issuer.clock,
    )


async def until_fetched(events: list[str], times: int) -> None:
    async with asyncio.timeout(5):
        while sum(event.startswith("fetch") for event in events) < times:
            await asyncio.sleep(0)


async def test_a_rotation_costs_one_fetch_for_all_who_wait(
    verifier: TokenVerifier,
    server: IssuerServer,
    issuer: Issuer,
    clock: Clock,
) -> None:
    await verifier.verify(issuer.token())
    assert server.fetches == 1
    clock.now += COOLDOWN
    issuer.rotate()
    tokens = [issuer.token(sid=str(n)) for n in range(50)]
    users = await asyncio.gather(*map(verifier.verify, tokens))
    assert {user.session_id for user in users} == set(map(str, range(50)))
    assert server.fetches == 2


async def test_a_flood_of_unknown_keys_costs_one_fetch_a_cooldown(
    verifier: TokenVerifier,
    server: IssuerServer,
    issuer: Issuer,
    clock: Clock,
) -> None:
    await verifier.verify(issuer.token())

    async def flood(wave: int) -> None:
        tokens = (
            issuer.token(header={"kid": f"random-{wave}-{n}"})
            for n in range(100)
        )
        answers = await asyncio.gather(
            *map(verifier.verify, tokens), return_exceptions=True
        )
        assert {
            answer.code
            for answer in answers
            if isinstance(answer, AuthenticationError)
        } == {"token_decode_error"}

    await flood(0)
    assert server.fetches == 1
    for wave in (1, 2):
        clock.now += COOLDOWN
        await flood(wave)
        await flood(wave)
        assert server.fetches == 1 + wave
    assert (await verifier.verify(issuer.token())).username == "alice"


async def test_tokens_of_other_realms_never_cause_a_fetch(
    verifier: TokenVerifier, server: IssuerServer, issuer: Issuer
) -> None:
    token = issuer.token(iss="http://issuer.test/realms/foreign")
    with pytest.raises(AuthenticationError) as caught:
        await verifier.verify(token)
    assert caught.value.code == "invalid_credentials"
    assert server.fetches == 0


async def test_old_keys_are_renewed_while_they_serve(
    verifier: TokenVerifier,
    server: IssuerServer,
    issuer: Issuer,
    clock: Clock,
    events: list[str],
) -> None:
    token, old = issuer.token(), issuer.kid
    await verifier.verify(token)
    issuer.rotate()
    issuer.withdraw(old)
    clock.now += MAX_AGE + 1
    server.delay = 0.05
    assert (await verifier.verify(token)).username == "alice"
    await until_fetched(events, 2)
    with pytest.raises(AuthenticationError) as caught:
        await verifier.verify(token)
    assert caught.value.code == "token_decode_error"


async def test_stale_keys_serve_while_keycloak_is_down(
    verifier: TokenVerifier,
    server: IssuerServer,
    issuer: Issuer,
    clock: Clock,
    events: list[str],
) -> None:
    await verifier.verify(issuer.token())
    server.failure = (503, b"down")
    with capture_logs() as logs:
        for attempt in range(1, 4):
            clock.now += MAX_AGE + 1
            token = issuer.token(sid=str(attempt))
            assert (await verifier.verify(token)).username == "alice"
            await until_fetched(events, 1 + attempt)
        server.failure = None
        clock.now += COOLDOWN
        await verifier.verify(issuer.token(sid="last"))
        await until_fetched(events, 5)
    assert events == [
        "fetched",
        *["fetch_failed", "stale_served"] * 3,
        "fetched",
    ]
    assert [log["log_level"] for log in logs] == ["warning", "info"]


async def test_without_keys_nobody_is_refused_for_it(
    verifier: TokenVerifier,
    server: IssuerServer,
    issuer: Issuer,
    clock: Clock,
) -> None:
    server.failure = (500, b"")
    for _ in range(3):
        with pytest.raises(UnavailableError):
            await verifier.verify(issuer.token())
    assert server.fetches == 1
    server.failure = None
    clock.now += COOLDOWN
    assert (await verifier.verify(issuer.token())).username == "alice"


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"keys": 5}'),
        (404, b"{}"),
        (302, b""),
    ],
    ids=str,
)
async def test_an_answer_that_holds_no_keys(
    keys: KeycloakKeys,
    server: IssuerServer,
    issuer: Issuer,
    answer: tuple[int, bytes],
) -> None:
    await keys.refresh()
    server.failure = answer
    with pytest.raises(UnavailableError):
        await keys.refresh()
    assert await keys.get(issuer.kid) is not None


async def test_keys_that_cannot_be_read_do_not_spoil_the_rest(
    keys: KeycloakKeys, issuer: Issuer, server: IssuerServer
) -> None:
    published = issuer.jwks()["keys"]
    odd = [
        {"kid": "secret", "kty": "oct", "k": "c2VjcmV0"},
        {"kid": "torn", "kty": "RSA", "n": "AQAB"},
        {"kid": "new", "kty": "AKP"},
        {"kty": "RSA"},
        "no key",
    ]
    server.publish([*odd, *published])
    await keys.refresh()
    assert await keys.get(issuer.kid) is not None
    for kid in ("secret", "torn", "new", "for-encryption"):
        assert await keys.get(kid) is None


async def test_a_silent_keycloak_is_not_waited_for(
    keys: KeycloakKeys, server: IssuerServer
) -> None:
    server.delay = 1.5
    async with asyncio.timeout(1.4):
        with pytest.raises(UnavailableError):
            await keys.refresh()


async def test_one_who_gives_up_does_not_take_the_others_along(
    keys: KeycloakKeys, server: IssuerServer, issuer: Issuer
) -> None:
    server.delay = 0.1
    first = asyncio.create_task(keys.get(issuer.kid))
    second = asyncio.create_task(keys.get(issuer.kid))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None
    assert server.fetches == 1
