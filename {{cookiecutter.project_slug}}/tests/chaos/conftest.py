"""One site for all faults, one after another."""

from collections.abc import Iterator

import pytest

from {{cookiecutter.module_name}}.roles import Role

from tests.chaos.site import Site, Start
from tests.chaos.site import site as running_site
from tests.local_issuer import Sign


@pytest.fixture(scope="module")
def site(
    start_probe: Start, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """As the fault before left it: with everything running."""
    with running_site(tmp_path_factory.mktemp("site"), start_probe) as found:
        yield found


@pytest.fixture
def token(sign: Sign) -> str:
    """Of a user who may do everything."""
    return sign(*Role, seconds=3600)
