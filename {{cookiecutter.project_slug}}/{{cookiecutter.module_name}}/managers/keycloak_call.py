"""One call to Keycloak: bounded in time, its failures in our words.

All of them go through one circuit breaker, which opens on silence, on 5xx
and on what is no answer; a refusal shows that Keycloak is there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
import structlog
from keycloak.exceptions import KeycloakConnectionError, KeycloakError
from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter, ValidationError

from {{cookiecutter.module_name}}.exceptions import ServiceError, UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    BreakerMetrics,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker

logger = structlog.get_logger(__name__)

_SILENT = "Keycloak does not answer."
_UNEXPECTED = "Keycloak gave an unexpected answer."

type Refusal = Callable[[KeycloakError], ServiceError]


class KeycloakDownError(UnavailableError):
    """What it sent is none of the answers that it gives."""


# What python-keycloak makes of a reply of another shape.
_NO_ANSWER: Final = (AttributeError, LookupError, TypeError, ValueError)
_SILENCE: Final = (KeycloakConnectionError, TimeoutError)


def keycloak_breaker(metrics: BreakerMetrics | None = None) -> CircuitBreaker:
    """One is for all calls to Keycloak, key fetching included."""
    return CircuitBreaker(
        "keycloak",
        metrics or BreakerMetrics(CollectorRegistry()),
        trips=(KeycloakDownError, *_SILENCE, *_NO_ANSWER),
    )


async def ask[T](
    work: Callable[[], Awaitable[T]],
    *,
    breaker: CircuitBreaker,
    seconds: float,
    refusal: Refusal,
) -> T:
    """Awaits `work`; `refusal` says what an error of Keycloak means.

    Raises UnavailableError for silence and for what is no answer, and at
    once while the breaker is open.
    """
    try:
        return await breaker.call(lambda: _in_time(work, seconds))
    except _SILENCE as error:
        logger.warning(_SILENT, reason=repr(error.__cause__ or error))
        raise UnavailableError(_SILENT) from error
    except KeycloakError as error:
        raise refusal(error) from error
    except _NO_ANSWER as error:
        # Not chained: the error's text may hold the reply.
        raise unexpected(problem=type(error).__name__) from None


async def _in_time[T](work: Callable[[], Awaitable[T]], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await work()
    except KeycloakError as error:
        if failed(error):
            known = {"status": error.response_code, "error": error_word(error)}
            raise down(**known) from error
        raise


def failed(error: KeycloakError) -> bool:
    """Whether Keycloak could not answer, rather than refused."""
    return (error.response_code or 0) >= 500


def parsed[T](adapter: TypeAdapter[T], answer: Any) -> T:
    """Raises KeycloakDownError for an answer of another shape."""
    try:
        return adapter.validate_python(answer)
    except ValidationError as error:
        # Not chained: the error's text would hold tokens.
        raise down(problems=error.error_count()) from None


def unexpected(**known: object) -> UnavailableError:
    """To be raised; logs what is `known`, which must not be secret."""
    logger.error(_UNEXPECTED, **known)
    return UnavailableError(_UNEXPECTED)


def down(**known: object) -> KeycloakDownError:
    """The same, where Keycloak rather than a setting of ours is to blame."""
    logger.error(_UNEXPECTED, **known)
    return KeycloakDownError(_UNEXPECTED)


def error_word(error: KeycloakError) -> str | None:
    """What Keycloak calls it; its places for that differ."""
    try:
        document = orjson.loads(error.response_body or b"")
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    word = document.get("error") or document.get("errorMessage")
    return word if isinstance(word, str) else None
