"""A check that Redis cannot answer, and what is done instead."""

import structlog

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)

logger = structlog.get_logger(__name__)


class Fallback:
    """`closed` refuses, other modes go on; counted, logged at both ends."""

    def __init__(
        self, check: str, mode: str, metrics: ProtectionMetrics
    ) -> None:
        self._check = check
        self._mode = mode
        self._counter = metrics.fallbacks.labels(check, mode)
        self._active = False

    def use(self) -> None:
        """Raises UnavailableError when it is closed."""
        self._counter.inc()
        if not self._active:
            self._active = True
            logger.warning(
                "A check does without Redis",
                check=self._check,
                mode=self._mode,
            )
        if self._mode == "closed":
            raise UnavailableError("Redis does not answer.")

    def end(self) -> None:
        """Redis answered."""
        if self._active:
            self._active = False
            logger.info("A check has Redis again", check=self._check)
