"""Whose tokens are over, by what Redis and the process know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from {{cookiecutter.module_name}}.exceptions import (
    AuthenticationError,
    UnavailableError,
)
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protection.revocation_store import Changes
from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus
from {{cookiecutter.module_name}}.schemas.user import UserModel
from {{cookiecutter.module_name}}.settings import Settings

from tests.running_service import free_port
from tests.users import user

seconds = st.integers(0, 4_000_000_000)


def revocations(**changes: object) -> Revocations:
    """Over a Redis that is not there."""
    settings = Settings.model_validate({"REDIS_PREFIX": "here:", **changes})
    metrics = ProtectionMetrics(CollectorRegistry())
    guard = RedisGuard(Redis(port=free_port()), metrics.breakers)
    return Revocations(guard, settings, metrics, LocalBus())


def is_over(found: Revocations, who: UserModel, *values: bytes | None) -> bool:
    try:
        found.judge(who, values)
    except AuthenticationError as error:
        return error.code == "token_revoked"
    return False


def test_keys() -> None:
    found = revocations()
    prefix = "here:session:revoked:"
    assert found.keys(user()) == (f"{prefix}sub:u", f"{prefix}sid:s")
    assert found.keys(user(sid=None)) == (f"{prefix}sub:u",)
    named = revocations(USER_SESSION_REDIS_KEY_PREFIX="login/")
    assert named.keys(user())[0] == "here:login/revoked:sub:u"


@given(seconds, st.none() | seconds, st.booleans())
def test_a_token_is_over_by_its_session_or_by_its_age(
    issued: int, until: int | None, ended: bool
) -> None:
    values = [None if until is None else str(until).encode()]
    values.append(b"1" if ended else None)
    expected = ended or (until is not None and issued <= until)
    assert is_over(JUDGE, user(issued), *values) == expected
    machine = user(issued, sid=None)
    aged = until is not None and issued <= until
    assert is_over(JUDGE, machine, values[0]) == aged


JUDGE = revocations()


def test_a_fraction_of_a_second_later_is_later() -> None:
    assert is_over(JUDGE, user(1000.0), b"1000", None)
    assert not is_over(JUDGE, user(1000.5), b"1000", None)


async def test_without_redis_a_logout_holds_here() -> None:
    found = revocations()
    await found.revoke(session_id="s", source="test")
    assert is_over(found, user(), None, None)
    assert is_over(found, user())
    assert not is_over(found, user(sid="another"))
    assert not is_over(found, user(sid=None))


@given(st.lists(seconds, min_size=1), seconds)
async def test_of_several_logouts_of_a_user_the_latest_holds(
    moments: list[int], issued: int
) -> None:
    found = revocations()
    for moment in moments:
        heard = {"key": found.keys(user())[0], "value": moment}
        await found.hear({**heard, "epoch": "1", "number": 1})
    assert is_over(found, user(issued)) == (issued <= max(moments))


async def test_a_change_that_was_not_heard_of() -> None:
    found = revocations()

    async def hear(*numbers: int, epoch: str = "1") -> None:
        for number in numbers:
            heard = {"key": "a", "value": 1, "epoch": epoch}
            await found.hear({**heard, "number": number})

    await hear(3, 4, 6)
    assert found.heard_of_all(Changes("1", 2), Changes("1", 4))
    assert not found.heard_of_all(Changes("1", 4), Changes("1", 6))
    assert found.heard_of_all(Changes("1", 6), Changes("1", 6))
    await hear(8)
    assert not found.heard_of_all(Changes("0", 7), Changes("1", 8))
    await hear(9)
    await hear(8, epoch="2")
    assert not found.heard_of_all(Changes("2", 7), Changes("2", 9))


async def test_a_user_logged_out_now_may_log_in_again() -> None:
    found = revocations()
    await found.revoke(user_id="u", before=1000.9, source="test")
    assert is_over(found, user(1000))
    assert not is_over(found, user(1001))
    assert not is_over(found, user(1000, sub="another"))


async def test_someone_must_be_named() -> None:
    with pytest.raises(ValueError, match="session_id"):
        await revocations().revoke(source="test")


@pytest.mark.parametrize("mode", ["open", "closed"])
async def test_what_nobody_can_tell(mode: str) -> None:
    found = revocations(SESSION_CHECK_FAIL_MODE=mode)
    if mode == "closed":
        with pytest.raises(UnavailableError):
            await found.check(user())
    else:
        await found.check(user())
    await found.revoke(session_id="s", source="test")
    with pytest.raises(AuthenticationError) as caught:
        await found.check(user())
    assert 'error="invalid_token"' in caught.value.headers["WWW-Authenticate"]


async def test_switched_off() -> None:
    found = revocations(
        SESSION_CHECK_ENABLED="false", SESSION_CHECK_FAIL_MODE="closed"
    )
    assert found.keys(user()) == ()
    await found.check(user())
    found.unreadable(user())
    await found.revoke(session_id="s", source="test")
    assert not is_over(found, user())
