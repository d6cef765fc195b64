"""How finely durations are counted."""

from typing import Final

# Seconds; fine below 100 ms, where this service lives.
DURATION_BUCKETS: Final = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
)
