"""Both sides in turn, several times."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from benchmarks.comparison import Comparison
from benchmarks.generator import generate
from benchmarks.load.base import Target
from benchmarks.measurement import Measurement
from benchmarks.sides import SERVICE, baseline, serving
from benchmarks.table import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """`target` says how hard each side is pressed; its port is not read."""

    number: int
    target: Target

    def run(
        self, module: str, comparison: Comparison, env: Mapping[str, str]
    ) -> Outcome:
        """Starts the two servers of a `bench_` module and ends them."""
        theirs = comparison.baseline_load or comparison.load
        found: tuple[list[Measurement], list[Measurement]] = ([], [])
        with (
            serving([SERVICE], env) as service,
            serving(baseline(module), env) as other,
        ):
            sides = (
                (comparison.load, replace(self.target, port=service.port)),
                (theirs, replace(self.target, port=other.port, token="")),
            )
            for number in range(self.number + 1):
                # Who is second finds a warmer machine: they take turns.
                for side in (0, 1) if number % 2 else (1, 0):
                    measured = generate(*sides[side], env)
                    if number:  # The first only warms up.
                        found[side].append(measured)
        return Outcome(comparison, *found)
