"""The outcome, as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.comparison import Comparison
from benchmarks.measurement import Measurement

HEAD: Final = f"{'':34}{'a second':>9}{'p50 ms':>9}{'p99 ms':>9}  ratio"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rounds of both sides, pairwise taken close together."""

    comparison: Comparison
    ours: Sequence[Measurement]
    theirs: Sequence[Measurement]

    @property
    def ratios(self) -> list[float]:
        """Ours to theirs, lowest first."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return sorted(ours.rate / theirs.rate for ours, theirs in pairs)

    @property
    def ratio(self) -> float:
        """The middle one."""
        return median(self.ratios)

    @property
    def failed(self) -> int:
        """Replies that were wrong and deliveries that did not come."""
        return sum(m.failed for m in (*self.ours, *self.theirs))

    @property
    def reached(self) -> bool:
        """Whether it is good enough."""
        aim = self.comparison.aim
        return self.failed == 0 and (aim is None or self.ratio >= aim)


def table(outcomes: Iterable[Outcome]) -> str:
    """Both sides one under the other."""
    lines = [HEAD]
    for outcome in outcomes:
        comparison = outcome.comparison
        lines += [
            line(comparison.baseline_title, outcome.theirs),
            line(comparison.title, outcome.ours) + _ratio(outcome),
        ]
    return "\n".join(lines)


def line(title: str, rounds: Sequence[Measurement]) -> str:
    """One side, below HEAD."""
    rate = median(r.rate for r in rounds)
    p50 = _milliseconds(r.p50 for r in rounds)
    p99 = _milliseconds(r.p99 for r in rounds)
    return f"{title:34}{rate:9.0f}{p50:>9}{p99:>9}"


def _milliseconds(times: Iterable[float | None]) -> str:
    found = [time for time in times if time is not None]
    return f"{median(found):.2f}" if found else "-"


def _ratio(outcome: Outcome) -> str:
    low, *_, high = [*outcome.ratios, outcome.ratios[-1]]
    text = f"  {outcome.ratio:.2f} ({low:.2f} to {high:.2f})"
    if outcome.comparison.aim is not None:
        text += f", aim {outcome.comparison.aim:.2f}"
    if outcome.failed:
        text += f", {outcome.failed} FAILED"
    return text
