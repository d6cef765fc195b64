"""The outcome, as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.comparison import Comparison
from benchmarks.generator import Measurement


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
        """Replies that were not 200."""
        return sum(m.failed for m in (*self.ours, *self.theirs))

    @property
    def within_budget(self) -> bool:
        """Whether it is good enough."""
        budget = self.comparison.budget
        return self.failed == 0 and (budget is None or self.ratio >= budget)


def table(outcomes: Iterable[Outcome]) -> str:
    """Both sides one under the other."""
    lines = [f"{'':34}{'req/s':>8}{'p50 ms':>9}{'p99 ms':>9}  ratio"]
    for outcome in outcomes:
        comparison = outcome.comparison
        lines += [
            _side(comparison.baseline_title, outcome.theirs),
            _side(comparison.title, outcome.ours) + _ratio(outcome),
        ]
    return "\n".join(lines)


def _side(title: str, rounds: Sequence[Measurement]) -> str:
    rate = median(r.rate for r in rounds)
    p50 = median(r.p50 for r in rounds)
    p99 = median(r.p99 for r in rounds)
    return f"{title:34}{rate:8.0f}{p50:9.2f}{p99:9.2f}"


def _ratio(outcome: Outcome) -> str:
    low, *_, high = [*outcome.ratios, outcome.ratios[-1]]
    text = f"  {outcome.ratio:.2f} ({low:.2f} to {high:.2f})"
    if outcome.comparison.budget is not None:
        text += f", budget {outcome.comparison.budget:.2f}"
    if outcome.failed:
        text += f", {outcome.failed} FAILED"
    return text
