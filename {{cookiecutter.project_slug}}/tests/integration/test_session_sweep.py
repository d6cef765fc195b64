"""Sockets of sessions that were logged out, announced or not."""

import uuid
from collections.abc import AsyncIterator, Callable, Mapping

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings
from {{cookiecutter.module_name}}.storage.redis import RedisPools

from tests.local_issuer import Sign, Start
from tests.own_realm import BACKCHANNEL
from tests.ws_client import connect

pytestmark = pytest.mark.slow

GONE = (4401, "token_revoked")


@pytest.fixture
def settings(service_env: Mapping[str, str]) -> Settings:
    prefix = f"test:{uuid.uuid4().hex}:"
    return Settings.model_validate({**service_env, "REDIS_PREFIX": prefix})


type Elsewhere = Callable[[Bus], Revocations]


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[Elsewhere]:
    """Revocations of a process that is no worker of the service."""
    pools = RedisPools(settings)
    metrics = ProtectionMetrics(CollectorRegistry())
    guard = RedisGuard(pools.auth, metrics.breakers)
    yield lambda bus: Revocations(guard, settings, metrics, bus)
    await pools.close()


async def test_what_nobody_announced_is_found(
    start_probe: Start, sign: Sign, settings: Settings, elsewhere: Elsewhere
) -> None:
    silent = elsewhere(LocalBus())
    prefix = settings.REDIS_PREFIX
    with start_probe(
        REDIS_PREFIX=prefix, SESSION_SWEEP_SECONDS="0.05"
    ) as service:
        async with (
            connect(service.url, sign(sid="first")) as first,
            connect(service.url, sign(sid="second")) as second,
            connect(service.url, sign(sub="third", iat=1000)) as third,
            connect(service.url, sign(sub="third")) as living,
        ):
            await silent.revoke(session_id="first", source="test")
            assert await first.closed() == GONE
            await silent.revoke(session_id="second", source="test")
            assert await second.closed() == GONE
            await silent.revoke(user_id="third", before=2000, source="test")
            assert await third.closed() == GONE
            assert (await living.ask(PkgID.WHOAMI))["status_code"] == 0
        async with connect(service.url, sign(sid="first")) as late:
            assert await late.closed() == GONE


async def test_what_is_announced_waits_for_no_sweep(
    start_probe: Start, sign: Sign, settings: Settings, elsewhere: Elsewhere
) -> None:
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    prefix = settings.REDIS_PREFIX
    with start_probe(
        REDIS_PREFIX=prefix, SESSION_SWEEP_SECONDS="60"
    ) as service:
        async with connect(service.url, sign(sid="first")) as socket:
            await elsewhere(bus).revoke(session_id="first", source="test")
            assert await socket.closed() == GONE
    await bus.close()


async def test_switched_off(
    start_probe: Start, sign: Sign, sign_logout: Sign
) -> None:
    with start_probe(SESSION_CHECK_ENABLED="false") as service:
        token = sign(sid="first")
        async with connect(service.url, token) as socket:
            form = {"logout_token": sign_logout(sid="first")}
            reply = httpx2.post(f"{service.url}{BACKCHANNEL}", data=form)
            assert reply.status_code == 200
            mine = httpx2.get(
                f"{service.url}/api/me",
                headers={"Authorization": f"Bearer {token}"},
            )
            assert mine.status_code == 200
            assert await socket.settled() == []
