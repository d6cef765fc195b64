"""What every service answers; one of them reads from the database."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from tests.chaos.ask import HttpKind, PackageKind

KINDS = (
    HttpKind(path="/api/me"),
    PackageKind(pkg_id=PkgID.WHOAMI),
    HttpKind(path="/probe/database/repeat/1"),
)
