"""One call to Keycloak: bounded in time, its failures in our words."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from keycloak.exceptions import KeycloakConnectionError, KeycloakError
from pydantic import TypeAdapter, ValidationError

from {{cookiecutter.module_name}}.exceptions import ServiceError, UnavailableError

logger = structlog.get_logger(__name__)

_SILENT = "Keycloak does not answer."
_UNEXPECTED = "Keycloak gave an unexpected answer."

type Refusal = Callable[[KeycloakError], ServiceError]


async def ask[T](call: Awaitable[T], *, seconds: float, refusal: Refusal) -> T:
    """Awaits `call`; `refusal` says what an error of Keycloak means.

    Raises UnavailableError for silence and for what is no answer.
    """
    try:
        async with asyncio.timeout(seconds):
            return await call
    except (KeycloakConnectionError, TimeoutError) as error:
        logger.warning(_SILENT, reason=repr(error.__cause__ or error))
        raise UnavailableError(_SILENT) from error
    except KeycloakError as error:
        raise refusal(error) from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # What python-keycloak makes of a reply of another shape. Not
        # chained: the error's text may hold the reply.
        raise unexpected(problem=type(error).__name__) from None


def parsed[T](adapter: TypeAdapter[T], answer: Any) -> T:
    """Raises UnavailableError for an answer of another shape."""
    try:
        return adapter.validate_python(answer)
    except ValidationError as error:
        # Not chained: the error's text would hold tokens.
        raise unexpected(problems=error.error_count()) from None


def unexpected(**known: object) -> UnavailableError:
    """To be raised; logs what is `known`, which must not be secret."""
    logger.error(_UNEXPECTED, **known)
    return UnavailableError(_UNEXPECTED)


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
