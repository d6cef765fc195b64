"""What is written into Redis at a logout, and what is read of it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, cast

import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.exceptions import AuthenticationError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protection.revocation_store import Changes
from {{cookiecutter.module_name}}.protection.used_tokens import UsedTokens
from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from tests.lost_reply import lost_reply
from tests.users import user

PREFIX = "session:revoked:"


class Parts(NamedTuple):
    """Two workers' revocations upon one Redis, and a way into that."""

    writer: Revocations
    reader: Revocations
    used: UsedTokens
    pools: RedisPools
    prefix: str

    async def value(self, name: str) -> bytes | None:
        found: Any = await self.pools.auth.get(f"{self.prefix}{PREFIX}{name}")
        return cast("bytes | None", found)


@pytest.fixture
async def parts(service_env: Mapping[str, str]) -> AsyncIterator[Parts]:
    prefix = f"test:{uuid.uuid4().hex}:"
    settings = Settings.model_validate({**service_env, "REDIS_PREFIX": prefix})
    pools = RedisPools(settings)
    metrics = ProtectionMetrics(CollectorRegistry())
    common = (RedisGuard(pools.auth, metrics.breakers), settings, metrics)
    yield Parts(
        Revocations(*common, LocalBus()),
        Revocations(*common, LocalBus()),
        UsedTokens(*common),
        pools,
        prefix,
    )
    await pools.close()


async def test_a_session(parts: Parts) -> None:
    await parts.reader.check(user())
    await parts.writer.revoke(session_id="s", source="test")
    for found in (parts.reader, parts.writer):
        with pytest.raises(AuthenticationError) as caught:
            await found.check(user())
        assert caught.value.code == "token_revoked"
    await parts.reader.check(user(sid="another"))
    assert await parts.value("sid:s") == b"1"
    seconds = await parts.pools.auth.ttl(f"{parts.prefix}{PREFIX}sid:s")
    assert 36_000 - 60 < seconds <= 36_000


async def test_the_latest_logout_of_a_user_holds(parts: Parts) -> None:
    moments = [1000, 3000, 2000]
    await asyncio.gather(
        *(
            parts.writer.revoke(user_id="u", before=moment, source="test")
            for moment in moments
        )
    )
    # Of another worker, which knows nothing of them.
    await parts.reader.revoke(user_id="u", before=2500, source="test")
    assert await parts.value("sub:u") == b"3000"
    with pytest.raises(AuthenticationError):
        await parts.reader.check(user(3000))
    await parts.reader.check(user(3001))


async def test_each_logout_is_a_change_of_one_epoch(parts: Parts) -> None:
    assert await parts.reader.changes() == Changes(None, 0)
    await parts.writer.revoke(session_id="a", source="test")
    first = await parts.reader.changes()
    await parts.writer.revoke(session_id="b", source="test")
    second = await parts.reader.changes()
    assert first.epoch == second.epoch is not None
    assert (first.number, second.number) == (1, 2)


async def test_among_many_sockets(parts: Parts) -> None:
    users = [
        user(sub=f"u{n}", sid=f"s{n}" if n % 2 else None) for n in range(600)
    ]
    await parts.writer.revoke(session_id="s401", source="test")
    await parts.writer.revoke(user_id="u598", before=1000, source="test")
    found = await parts.reader.among(users)
    assert [one.id for one in found] == ["u401", "u598"]
    assert await parts.reader.among([]) == []


async def test_lost_data_is_written_again(parts: Parts) -> None:
    await parts.writer.revoke(session_id="a", source="test")
    await parts.writer.revoke(session_id="b", source="test")
    keys = await parts.pools.auth.keys(f"{parts.prefix}*")
    await parts.pools.auth.delete(*keys)
    # The next logout finds out, too.
    await parts.writer.revoke(session_id="c", source="test")
    await parts.writer.flush()
    assert [await parts.value(f"sid:{name}") for name in "abc"] == [b"1"] * 3


async def test_a_token_is_good_for_one_use(parts: Parts) -> None:
    claims = [parts.used.claim("jti", 4e9) for _ in range(10)]
    assert sorted(map(bool, await asyncio.gather(*claims))) == [
        *[False] * 9,
        True,
    ]
    # One that is over already is remembered for a moment.
    assert await parts.used.claim("old", 0) is True
    assert await parts.used.claim("old", 0) is False


async def test_a_claim_that_is_sent_again_is_the_same(
    redis_env: Mapping[str, str],
) -> None:
    host, port = redis_env["REDIS_IP"], int(redis_env["REDIS_PORT"])
    async with lost_reply(host, port, b"once") as front:
        settings = Settings.model_validate(
            {**redis_env, "REDIS_IP": "127.0.0.1", "REDIS_PORT": front}
        )
        pools = RedisPools(settings)
        metrics = ProtectionMetrics(CollectorRegistry())
        guard = RedisGuard(pools.auth, metrics.breakers)
        used = UsedTokens(guard, settings, metrics)
        assert await used.claim("once", 4e9) is True
        assert await used.claim("once", 4e9) is False
        await pools.close()
