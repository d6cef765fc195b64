"""Names that the source documents give to settings of the audit trail."""

import pytest

from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.settings import Settings

NAMES = (
    "AUDIT_QUEUE_MAX_SIZE",
    "AUDIT_BATCH_SIZE",
    "AUDIT_BATCH_TIMEOUT_SECONDS",
)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_setting_of_this_piece_alone(name: str) -> None:
    assert name in AuditSettings.model_fields
    assert name not in Settings.model_fields
