"""`make ws-handlers`: which function serves which package."""

import sys
from collections.abc import Iterator, Mapping

from {{cookiecutter.module_name}}.api.ws import handlers
from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.extension import discover
from {{cookiecutter.module_name}}.roles import PUBLIC
from {{cookiecutter.module_name}}.routing.discovery import import_modules
from {{cookiecutter.module_name}}.routing.package_call import Package
from {{cookiecutter.module_name}}.routing.package_router import pkg_router

from scripts.rbac import MODULE, quiet
from scripts.text_table import aligned

HEAD = ("package", "id", "handler", "module", "roles", "schema")
NOBODY = "NOBODY"


def rows(packages: Mapping[int, Package]) -> Iterator[tuple[str, ...]]:
    """By id; a PkgID without a handler is there too."""
    named = {int(pkg_id): pkg_id.name for pkg_id in PkgID}
    del named[PkgID.UNREGISTERED_HANDLER]
    for number in sorted(named.keys() | packages.keys()):
        package = packages.get(number)
        if package is None:
            yield named[number], str(number), NOBODY, "", "", ""
        else:
            yield _row(package)


def _row(package: Package) -> tuple[str, ...]:
    return (
        package.name,
        str(int(package.pkg_id)),
        package.handler_name,
        package.handler.__module__,
        _roles(package),
        _schema(package),
    )


def _roles(package: Package) -> str:
    if package.roles is PUBLIC:
        return "(public)"
    return " ".join(package.roles) or "(login)"


def _schema(package: Package) -> str:
    if package.schema is None:
        return ""
    return getattr(package.schema, "__name__", "JSON schema")


def main() -> int:
    """0 with the table; 1 when a package has no handler."""
    discover(f"{MODULE}.extensions")
    import_modules(handlers.__name__)
    found = list(rows(pkg_router.freeze().packages))
    print(aligned([HEAD, *found]))
    missing = [row[0] for row in found if NOBODY in row]
    if missing:
        print(
            f"error: no handler for {', '.join(missing)}, so the service does"
            " not start; write one, or remove the id from PkgID",
            file=sys.stderr,
        )
    return 1 if missing else 0


if __name__ == "__main__":
    quiet()
    sys.exit(main())
