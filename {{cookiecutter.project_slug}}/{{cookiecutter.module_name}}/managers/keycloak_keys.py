"""The realm's public keys, cached and renewed."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import stamina
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.managers.keycloak_call import (
    KeycloakDownError,
    keycloak_breaker,
)
from {{cookiecutter.module_name}}.protection.circuit_breaker import CircuitBreaker
from {{cookiecutter.module_name}}.settings import Settings

logger = structlog.get_logger(__name__)

# A shared secret among public keys would let everybody sign.
_PUBLIC_KEY_TYPES = frozenset(("RSA", "EC", "OKP"))


class KeycloakKeys:
    """A KeySource that asks Keycloak seldom and survives its absence.

    At most one fetch runs; whoever needs its result waits for that one. A
    fetch is over for `JWKS_COOLDOWN_SECONDS` before an unknown key id may
    cause another, and none begins while the `breaker` would refuse it. Keys
    older than `JWKS_MAX_AGE_SECONDS` are renewed in the background; the old
    ones serve as long as Keycloak is silent.

    `on_event` hears `fetched`, `fetch_failed` and `stale_served` (a fetch
    failed, and older keys go on serving).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        breaker: CircuitBreaker | None = None,
        on_event: Callable[[str], None] = lambda event: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = (
            f"{settings.KEYCLOAK_BASE_URL.rstrip('/')}/realms/"
            f"{settings.KEYCLOAK_REALM}/protocol/openid-connect/certs"
        )
        self._timeout = settings.KEYCLOAK_TIMEOUT_SECONDS
        self._cooldown = settings.JWKS_COOLDOWN_SECONDS
        self._max_age = settings.JWKS_MAX_AGE_SECONDS
        self._client = httpx2.AsyncClient(timeout=self._timeout)
        self._breaker = breaker or keycloak_breaker()
        self._on_event = on_event
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._published: dict[str, Any] = {}
        self._revision = 0
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._flight: asyncio.Task[None] | None = None
        self._failing = False

    @property
    def loaded(self) -> bool:
        """Whether keys were fetched at least once."""
        return self._fetched_at is not None

    def revision(self) -> int:
        """Grows with every change; renews old keys behind one's back."""
        if (
            self._fetched_at is not None
            and self._clock() - self._fetched_at > self._max_age
            and not self._cooling()
        ):
            self._start_fetch()
        return self._revision

    async def get(self, kid: str) -> Key | None:
        """The key of that id; asks Keycloak when it is unknown.

        Raises UnavailableError while no key was ever fetched.
        """
        self.revision()
        if kid not in self._keys and not self._cooling():
            await self._fetch_quietly()
        if not self.loaded:
            raise UnavailableError("Keycloak's keys cannot be fetched.")
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Asks Keycloak now; raises UnavailableError if it is silent."""
        await asyncio.shield(self._start_fetch())

    async def close(self) -> None:
        """Ends a running fetch and the connections."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)
        await self._client.aclose()

    def _cooling(self) -> bool:
        if self._flight is not None:
            return False
        if self._breaker.refusing:
            return True
        if self._tried_at is None:
            return False
        return self._clock() - self._tried_at < self._cooldown

    async def _fetch_quietly(self) -> None:
        try:
            await self.refresh()
        except UnavailableError:
            # Logged and counted by the fetch; older keys may still do.
            return

    def _start_fetch(self) -> asyncio.Task[None]:
        if self._flight is None:
            self._flight = asyncio.create_task(self._fly())
            self._flight.add_done_callback(_note_outcome)
        return self._flight

    async def _fly(self) -> None:
        try:
            await self._breaker.call(self._fetch)
        finally:
            self._flight = None

    async def _fetch(self) -> None:
        try:
            published = await self._ask()
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            self._note_failure(error)
            raise _failure(error)(
                "Keycloak's keys cannot be fetched."
            ) from error
        finally:
            self._tried_at = self._clock()
        if published != self._published:
            self._keys = _import(published)
            self._published = published
            self._revision += 1
        self._fetched_at = self._clock()
        self._on_event("fetched")
        if self._failing:
            logger.info("Keycloak's keys can be fetched again")
        self._failing = False

    async def _ask(self) -> dict[str, Any]:
        retries = stamina.retry_context(
            on=(httpx2.NetworkError, httpx2.RemoteProtocolError),
            attempts=3,
            timeout=None,
            wait_max=0.5,
        )
        async with asyncio.timeout(self._timeout):
            async for attempt in retries:
                with attempt:
                    reply = await self._client.get(self._url)
        return _signing_keys(reply.raise_for_status().json())

    def _note_failure(self, error: Exception) -> None:
        self._on_event("fetch_failed")
        if self.loaded:
            self._on_event("stale_served")
        if not self._failing:
            logger.warning(
                "Keycloak's keys cannot be fetched",
                url=self._url,
                reason=repr(error),
                cached_keys=len(self._keys),
            )
        self._failing = True


def _note_outcome(flight: asyncio.Task[None]) -> None:
    # In the background nobody else asks how it went.
    if not flight.cancelled():
        flight.exception()


def _failure(error: Exception) -> type[UnavailableError]:
    """A 404 is no outage: the realm's name is wrong."""
    refused = (
        isinstance(error, httpx2.HTTPStatusError)
        and error.response.status_code < 500
    )
    return UnavailableError if refused else KeycloakDownError


def _signing_keys(document: Any) -> dict[str, Any]:
    """By id; ValueError when it is no key set."""
    if not isinstance(document, Mapping):
        raise ValueError("not a key set")
    found = document.get("keys")
    if not isinstance(found, list):
        raise ValueError("not a key set")
    return {
        key["kid"]: key
        for key in found
        if isinstance(key, dict)
        and isinstance(key.get("kid"), str)
        and key.get("kty") in _PUBLIC_KEY_TYPES
        and key.get("use", "sig") == "sig"
    }


def _import(published: Mapping[str, Any]) -> dict[str, Key]:
    """A key that cannot be read is left out; the others still serve."""
    keys: dict[str, Key] = {}
    for kid, key in published.items():
        try:
            keys[kid] = JWKRegistry.import_key(key)
        except (JoseError, ValueError, KeyError) as error:
            logger.warning(
                "A key of Keycloak cannot be read",
                kid=kid,
                reason=repr(error),
            )
    return keys
