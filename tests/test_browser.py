"""The rendered /docs in a real browser, against a real Keycloak."""

import pytest

from scripts.bake import BUILD

pytestmark = pytest.mark.services

SCREENSHOTS = BUILD / "screenshots"
TIMEOUT_MILLISECONDS = 20_000
