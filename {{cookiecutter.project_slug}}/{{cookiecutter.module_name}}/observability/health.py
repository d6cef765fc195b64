"""Health of the parts that the service leans on."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog

from {{cookiecutter.module_name}} import constants

logger = structlog.get_logger(__name__)

# Raises when the part does not work; its message is logged, not shown.
type Check = Callable[[], Awaitable[object]]


class HealthState(StrEnum):
    """`degraded` serves on with less; `unhealthy` cannot serve."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


class Phase(StrEnum):
    """Where the process is in its life; only SERVING is ready."""

    STARTING = "starting"
    SERVING = "serving"
    DRAINING = "draining"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One part's answer; `latency_ms` is the time the check took."""

    state: HealthState
    latency_ms: float

    def as_dict(self) -> dict[str, Any]:
        """For the reply of /health."""
        return {"status": self.state, "latency_ms": self.latency_ms}


class HealthChecks:
    """Named checks, run side by side, each under a timeout."""

    def __init__(
        self, timeout: float = constants.HEALTH_CHECK_TIMEOUT_SECONDS
    ) -> None:
        self._checks: dict[str, tuple[Check, bool]] = {}
        self._timeout = timeout
        self._failing: set[str] = set()

    def register(
        self, name: str, check: Check, *, critical: bool = False
    ) -> None:
        """Without a `critical` part the service is not ready."""
        if name in self._checks:
            raise ValueError(f"A health check named {name!r} exists already.")
        self._checks[name] = (check, critical)

    async def run(self) -> dict[str, CheckResult]:
        """All parts, by name."""
        names = list(self._checks)
        results = await asyncio.gather(*(self._one(name) for name in names))
        return dict(zip(names, results, strict=True))

    async def ready(self) -> bool:
        """Whether every critical part works."""
        critical = [n for n, (_, must) in self._checks.items() if must]
        results = await asyncio.gather(*(self._one(n) for n in critical))
        return all(r.state is HealthState.HEALTHY for r in results)

    async def _one(self, name: str) -> CheckResult:
        check, critical = self._checks[name]
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                await check()
        except Exception as error:  # noqa: BLE001 - any failure is "down"
            state = HealthState.UNHEALTHY if critical else HealthState.DEGRADED
            self._report_once(name, error)
        else:
            state = HealthState.HEALTHY
            self._failing.discard(name)
        elapsed = round((time.perf_counter() - started) * 1000, 2)
        return CheckResult(state, elapsed)

    def _report_once(self, name: str, error: Exception) -> None:
        if name not in self._failing:
            self._failing.add(name)
            logger.warning(
                "A health check fails",
                check=name,
                reason=str(error) or type(error).__name__,
            )


def overall(results: dict[str, CheckResult]) -> HealthState:
    """The worst of all parts."""
    states = {result.state for result in results.values()}
    for state in (HealthState.UNHEALTHY, HealthState.DEGRADED):
        if state in states:
            return state
    return HealthState.HEALTHY
