"""One question's outcome, as text."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.measurement import Measurement
from benchmarks.table import HEAD, line


def report(title: str, found: Mapping[str, Sequence[Measurement]]) -> str:
    """The first one is what the others are compared with."""
    (name, without), *others = found.items()
    lines = [HEAD, line(f"{title}, {name}", without)]
    for switch, rounds in others:
        lines.append(line(f"  {switch}", rounds) + _ratio(rounds, without))
    return "\n".join(lines)


def _ratio(ours: Sequence[Measurement], theirs: Sequence[Measurement]) -> str:
    """Of pairs that were measured close together."""
    pairs = zip(ours, theirs, strict=True)
    ratios = sorted(one.rate / other.rate for one, other in pairs)
    text = f"  {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    failed = sum(measured.failed for measured in ours)
    return f"{text}, {failed} FAILED" if failed else text
