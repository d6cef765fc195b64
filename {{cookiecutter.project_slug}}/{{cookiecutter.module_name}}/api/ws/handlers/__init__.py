"""Package handlers; each module registers its own when it is imported."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.routing.discovery import import_modules
from {{cookiecutter.module_name}}.routing.package_router import (
    PackageTable,
    pkg_router,
)


def load_handlers(*packages: str) -> PackageTable:
    """All that is registered, handlers below `packages` included.

    Raises StartupError for a PkgID that nobody handles.
    """
    for package in (__name__, *packages):
        import_modules(package)
    table = pkg_router.freeze()
    missing = [
        pkg_id.name
        for pkg_id in PkgID
        if pkg_id is not PkgID.UNREGISTERED_HANDLER
        and pkg_id not in table.packages
    ]
    if missing:
        raise StartupError(
            f"No handler is registered for {', '.join(missing)}.",
            f"write it in a module of {__name__}, or remove the id from PkgID",
        )
    return table
