"""A verified token is believed again, but never for too long."""

import pytest

from {{cookiecutter.module_name}}.auth import TokenVerifier
from {{cookiecutter.module_name}}.auth.token_cache import CachedUser, TokenCache
from {{cookiecutter.module_name}}.exceptions import AuthenticationError

from tests.issuer import CLIENT_ID, Issuer, LocalKeys, verifier_for


class CountedKeys(LocalKeys):
    """Counts the signatures that had to be verified."""

    lookups = 0

    async def get(self, kid: str) -> object:  # type: ignore[override]
        self.lookups += 1
        return await super().get(kid)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def counted(issuer: Issuer, *, size: int) -> tuple[TokenVerifier, CountedKeys]:
    keys = CountedKeys(issuer)
    verifier = TokenVerifier(
        keys,  # type: ignore[arg-type]
        issuer=issuer.url,
        client_id=CLIENT_ID,
        algorithms=("RS256",),
        skew=5,
        cache_size=size,
        clock=issuer.clock,
    )
    return verifier, keys


async def test_the_second_time_nothing_is_verified(issuer: Issuer) -> None:
    verifier, keys = counted(issuer, size=10)
    token = issuer.token()
    first = await verifier.verify(token)
    assert await verifier.verify(token) is first
    assert keys.lookups == 1


async def test_past_its_end_a_known_token_is_refused(issuer: Issuer) -> None:
    verifier = verifier_for(issuer, skew=0)
    token = issuer.token(exp=int(issuer.clock()) + 10)
    await verifier.verify(token)
    issuer.clock.now += 11
    with pytest.raises(AuthenticationError) as caught:
        await verifier.verify(token)
    assert caught.value.code == "token_expired"


async def test_within_the_skew_it_is_verified_each_time(
    issuer: Issuer,
) -> None:
    verifier, keys = counted(issuer, size=10)
    issuer.clock.now = float(int(issuer.clock.now))
    token = issuer.token(exp=int(issuer.clock()))
    await verifier.verify(token)
    await verifier.verify(token)
    assert keys.lookups == 2


async def test_a_withdrawn_key_takes_its_tokens_along(issuer: Issuer) -> None:
    verifier = verifier_for(issuer)
    token, old = issuer.token(), issuer.kid
    await verifier.verify(token)
    issuer.rotate()
    await verifier.verify(token)
    issuer.withdraw(old)
    with pytest.raises(AuthenticationError) as caught:
        await verifier.verify(token)
    assert caught.value.code == "token_decode_error"


async def test_refusals_are_not_kept(issuer: Issuer) -> None:
    verifier, keys = counted(issuer, size=10)
    token = issuer.token(azp="another")
    for _ in range(2):
        with pytest.raises(AuthenticationError):
            await verifier.verify(token)
    assert keys.lookups == 2


async def test_it_forgets_what_was_unused_for_longest(issuer: Issuer) -> None:
    user = await verifier_for(issuer).verify(issuer.token())
    cache = TokenCache(2)
    entry = CachedUser(user, expires=100, revision=1)
    cache.put(b"a", entry)
    cache.put(b"b", entry)
    assert cache.get(b"a", now=1, revision=1) is user
    cache.put(b"c", entry)
    assert len(cache) == 2
    assert cache.get(b"b", now=1, revision=1) is None
    assert cache.get(b"a", now=1, revision=1) is user


async def test_a_size_of_nothing_keeps_nothing(issuer: Issuer) -> None:
    verifier, keys = counted(issuer, size=0)
    token = issuer.token()
    await verifier.verify(token)
    await verifier.verify(token)
    assert keys.lookups == 2
