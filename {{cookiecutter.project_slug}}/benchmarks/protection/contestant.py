"""A service with a switch on, asked again and again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from benchmarks.generator import generate
from benchmarks.load.base import Load, Target
from benchmarks.measurement import Measurement
from benchmarks.protection.switch import Switch
from benchmarks.sides import SERVICE, Side, serving
from tests.counters import becomes, metric


@dataclass
class Contestant:
    """`rounds` and `dropped` are about the present question."""

    switch: Switch
    env: Mapping[str, str]
    side: Side
    rounds: list[Measurement] = field(default_factory=list)
    dropped: int = 0

    async def measure(self, load: Load, target: Target) -> Measurement:
        """One round; what it left to do is done when this returns."""
        before = await self._dropped()
        side = replace(target, port=self.side.port)
        measured = generate(load, side, self.env)
        if self.switch.waiting:
            await becomes(self._url, self.switch.waiting, 0)
        self.dropped += await self._dropped() - before
        return measured

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self.side.port}"

    async def _dropped(self) -> int:
        if not self.switch.dropped:
            return 0
        return int(await metric(self._url, self.switch.dropped))


@contextmanager
def contestant(switch: Switch, env: Mapping[str, str]) -> Iterator[Contestant]:
    """Runs until the block ends; `env` has everything off."""
    changed = {**env, **switch.on}
    with serving([SERVICE], changed) as side:
        yield Contestant(switch, changed, side)
