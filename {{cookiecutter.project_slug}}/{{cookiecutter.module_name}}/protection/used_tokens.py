"""Tokens that are good for one use."""

import os
import time
from math import ceil
from typing import Any, cast

from {{cookiecutter.module_name}}.exceptions import UnavailableError
from {{cookiecutter.module_name}}.observability.protection_metrics import (
    ProtectionMetrics,
)
from {{cookiecutter.module_name}}.protection.fallback import Fallback
from {{cookiecutter.module_name}}.protection.redis_guard import RedisGuard
from {{cookiecutter.module_name}}.settings import Settings


class UsedTokens:
    """Remembered for all workers until the token is over anyway."""

    def __init__(
        self,
        redis: RedisGuard,
        settings: Settings,
        metrics: ProtectionMetrics,
    ) -> None:
        self._redis = redis
        self._prefix = (
            f"{settings.REDIS_PREFIX}"
            f"{settings.USER_SESSION_REDIS_KEY_PREFIX}used:"
        )
        self._fallback = Fallback(
            "used_token", settings.session_check_fail_mode, metrics
        )

    async def claim(self, token_id: str, end: float) -> bool | None:
        """False when somebody was first, None when Redis does not answer."""
        key = f"{self._prefix}{token_id}"
        seconds = max(1, ceil(end - time.time()))
        # Told by this from somebody else: a command that was sent again.
        mine = os.urandom(12)
        try:
            answer: Any = await self._redis.ask(
                lambda: cast(
                    "Any",
                    self._redis.client.set(
                        key, mine, nx=True, ex=seconds, get=True
                    ),
                )
            )
        except UnavailableError:
            return None
        self._fallback.end()
        return answer in (None, mine)

    def unreadable(self) -> None:
        """What SESSION_CHECK_FAIL_MODE says; raises UnavailableError."""
        self._fallback.use()
