"""One question's outcome, as text."""

from collections.abc import Sequence
from statistics import median

from benchmarks.protection.contestant import Contestant
from benchmarks.table import HEAD, line


def report(title: str, found: Sequence[Contestant]) -> str:
    """The first one is what the others are compared with."""
    without, *others = found
    first = line(f"{title}, {without.switch.title}", without.rounds)
    lines = [
        line(f"  {one.switch.title}", one.rounds) + _ratio(one, without)
        for one in others
    ]
    return "\n".join((HEAD, first, *lines))


def _ratio(one: Contestant, without: Contestant) -> str:
    """Of pairs that were measured close together."""
    pairs = zip(one.rounds, without.rounds, strict=True)
    ratios = sorted(ours.rate / theirs.rate for ours, theirs in pairs)
    text = f"  {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    if one.dropped:
        text += f", {one.dropped} dropped"
    failed = sum(measured.failed for measured in one.rounds)
    return f"{text}, {failed} FAILED" if failed else text
