"""Reading the audit trail over HTTP."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from {{cookiecutter.module_name}}.api.http.rows import page_reply
from {{cookiecutter.module_name}}.constants import DISTRIBUTION
from {{cookiecutter.module_name}}.dependencies.context import ContextDep
from {{cookiecutter.module_name}}.dependencies.permissions import require_roles
from {{cookiecutter.module_name}}.dependencies.session import ReadSessionDep
from {{cookiecutter.module_name}}.exceptions import NotFoundError
from {{cookiecutter.module_name}}.extensions.audit.export import (
    MEDIA_TYPES,
    batches,
    written,
)
from {{cookiecutter.module_name}}.extensions.audit.repository import AuditRepository
from {{cookiecutter.module_name}}.extensions.audit.schemas import (
    AuditEntryOutput,
    AuditExport,
    AuditPage,
    AuditPageOutput,
    EntryId,
)

VIEW_AUDIT_LOGS = "view-audit-logs"

router = APIRouter(
    prefix="/api/audit-logs",
    tags=["audit"],
    dependencies=[Depends(require_roles(VIEW_AUDIT_LOGS))],
)


@router.get("", response_model=AuditPageOutput)
async def list_audit_logs(
    wanted: Annotated[AuditPage, Query()], session: ReadSessionDep
) -> Response:
    """A page of entries, newest first, and where it stands."""
    return page_reply(await AuditRepository(session).page(wanted))


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A file, as long as it takes.",
            "content": {
                media_type.partition(";")[0]: {"schema": {"type": "string"}}
                for media_type in MEDIA_TYPES.values()
            },
        }
    },
)
async def export_audit_logs(
    wanted: Annotated[AuditExport, Query()], context: ContextDep
) -> StreamingResponse:
    """All entries that meet the filters, newest first, as a file.

    A transfer that breaks off lacks entries.
    """
    found = batches(context.database, wanted)
    # What goes wrong here still becomes a proper reply.
    first = await anext(found)
    return StreamingResponse(
        written(first, found, wanted.format),
        media_type=MEDIA_TYPES[wanted.format],
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{_name(wanted)}"',
        },
    )


# Below `/export`, which else would be an id.
@router.get("/{entry_id}")
async def get_audit_log(
    entry_id: EntryId, session: ReadSessionDep
) -> AuditEntryOutput:
    """One entry."""
    entry = await AuditRepository(session).get(entry_id)
    if entry is None:
        raise NotFoundError(f"There is no audit entry {entry_id}.")
    return AuditEntryOutput.model_validate(entry)


def _name(wanted: AuditExport) -> str:
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    return f"{DISTRIBUTION}-audit-{moment}.{wanted.format}"
