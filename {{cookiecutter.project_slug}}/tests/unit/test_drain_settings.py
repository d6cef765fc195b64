"""Some time must be left for the end once load balancers have noticed."""

import pytest

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.settings import load_settings

DELAY, TIMEOUT = "DRAIN_DELAY_SECONDS", "SHUTDOWN_TIMEOUT_SECONDS"


@pytest.mark.parametrize("delay", ["5", "6"])
def test_a_delay_that_leaves_none(
    monkeypatch: pytest.MonkeyPatch, delay: str
) -> None:
    monkeypatch.setenv(DELAY, delay)
    monkeypatch.setenv(TIMEOUT, "5")
    with pytest.raises(StartupError) as caught:
        load_settings(None)
    assert DELAY in str(caught.value)
    assert TIMEOUT in str(caught.value)


def test_a_delay_that_leaves_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DELAY, "4.5")
    monkeypatch.setenv(TIMEOUT, "5")
    assert load_settings(None).DRAIN_DELAY_SECONDS == 4.5
