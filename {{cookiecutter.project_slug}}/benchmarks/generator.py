"""`python -m benchmarks.generator`: presses a server from its own process.

A pickled load and its target come by standard input, not as arguments:
those can be seen by others, and there is a token among them.
"""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict

import uvloop

from benchmarks.load.base import Load, Target
from benchmarks.measurement import Measurement


def generate(
    load: Load, target: Target, env: Mapping[str, str]
) -> Measurement:
    """One round, in the environment `env`."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=pickle.dumps((load, target)),
        stdout=subprocess.PIPE,
        env=env,
        check=True,
    )
    return Measurement(**json.loads(done.stdout))


def main() -> None:
    """Prints the measurement as JSON."""
    load, target = pickle.load(sys.stdin.buffer)
    print(json.dumps(asdict(uvloop.run(load.measure(target)))))


if __name__ == "__main__":
    main()
