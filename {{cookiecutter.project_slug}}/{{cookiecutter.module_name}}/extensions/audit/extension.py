"""The audit trail, as the service finds it."""

from pathlib import Path

from {{cookiecutter.module_name}}.extension import Extension, Slot
from {{cookiecutter.module_name}}.extensions.audit.lifespan import audit
from {{cookiecutter.module_name}}.extensions.audit.middleware import (
    AuditMiddleware,
)
from {{cookiecutter.module_name}}.extensions.audit.router import (
    VIEW_AUDIT_LOGS,
    router,
)
from {{cookiecutter.module_name}}.extensions.audit.settings import AuditSettings
from {{cookiecutter.module_name}}.extensions.audit.user_action import EXTENSION

extension = Extension(
    name=EXTENSION,
    settings=AuditSettings,
    lifespan=audit,
    middlewares={Slot.AROUND_REFUSALS: (AuditMiddleware,)},
    routers=(router,),
    roles=(VIEW_AUDIT_LOGS,),
    migrations=Path(__file__).parent / "migrations" / "versions",
)
