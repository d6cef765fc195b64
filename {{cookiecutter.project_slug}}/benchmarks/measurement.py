"""What one round on one side found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Work done a second; times in milliseconds, where there are any."""

    rate: float
    failed: int
    p50: float | None = None
    p99: float | None = None

    @classmethod
    def of_times(
        cls, found: Iterable[float], elapsed: float, failed: int
    ) -> Self:
        """`found` and `elapsed` are seconds; raises OSError for none."""
        times = sorted(found)
        if not times:
            raise OSError("No reply came.")
        return cls(
            rate=len(times) / elapsed,
            failed=failed,
            p50=times[len(times) // 2] * 1000,
            p99=times[len(times) * 99 // 100] * 1000,
        )
