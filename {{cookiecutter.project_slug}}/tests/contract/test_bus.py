"""The bus of one process keeps the contract of every Bus."""

from collections.abc import AsyncIterator

import pytest

from {{cookiecutter.module_name}}.protocols import Bus
from {{cookiecutter.module_name}}.realtime.local_bus import LocalBus

from tests.contract.bus import BusContract


class TestLocalBus(BusContract):
    @pytest.fixture
    async def bus(self) -> AsyncIterator[Bus]:
        bus = LocalBus()
        yield bus
        await bus.close()
