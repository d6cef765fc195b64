"""From a wish to the texts of all files that it touches."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts import realm_file
from scripts.generator import clashes, names
from scripts.generator.command_text import command_text
from scripts.generator.enum_class import EnumClass
from scripts.generator.finding import Finding, Refused
from scripts.generator.formatting import shaped
from scripts.generator.handler_text import handler_text
from scripts.generator.project import Project
from scripts.generator.route_text import route_text
from scripts.generator.schema_text import schema_text
from scripts.generator.suite_text import suite_text
from scripts.generator.wanted import Wanted, member_of

# From here on ids belong to tests.
FIRST_RESERVED = 900


@dataclass(frozen=True, slots=True)
class Plan:
    """Texts by path; those of files that stay as they are left out."""

    texts: dict[Path, str]
    new_roles: tuple[str, ...]


def plan(project: Project, wanted: Wanted) -> Plan:
    """Raises Refused; changes nothing."""
    _refuse(names.check(wanted))
    ids = project.enum(project.constants, "PkgID")
    roles = project.enum(project.roles, "Role")
    _refuse(_check_ids(project, wanted, ids))
    _refuse(_check_roles(project, wanted, roles))
    members = [_member(roles, role) for role in wanted.roles]
    modules = _modules(project, wanted, members)
    _refuse(clashes.check(project, wanted, modules))

    texts = modules | {
        project.constants: _with_id(wanted, ids),
        project.roles: _with_roles(wanted, roles, project),
    }
    realm = {project.realm: _realm(project, wanted)}
    shapely = shaped(project.root, texts)
    new = tuple(r for r in wanted.roles if r not in roles.members.values())
    return Plan(_changed(shapely | realm), new)


def _refuse(findings: Iterator[Finding]) -> None:
    found = tuple(findings)
    if found:
        raise Refused(found)


def _check_ids(
    project: Project, wanted: Wanted, ids: EnumClass
) -> Iterator[Finding]:
    where = project.shown(project.constants)
    value = ids.members.get(wanted.pkg_id)
    if isinstance(value, int) and value >= FIRST_RESERVED:
        what = f"{wanted.pkg_id} {value} is for tests"
        yield Finding(where, what, "take another PKG_ID")
    if wanted.pkg_id not in ids.members:
        odd = [n for n, v in ids.members.items() if not isinstance(v, int)]
        for name in odd:
            yield Finding(
                where,
                f"PkgID.{name} is no plain number",
                "write it as one, or add the new id yourself",
            )
        if not odd and _free(ids) is None:
            yield Finding(
                where,
                f"no id below {FIRST_RESERVED} is free",
                "take one away that nobody uses",
            )


def _check_roles(
    project: Project, wanted: Wanted, roles: EnumClass
) -> Iterator[Finding]:
    for role in wanted.roles:
        taken = roles.members.get(member_of(role))
        if role not in roles.members.values() and taken is not None:
            yield Finding(
                f"--roles {role!r}",
                f"would be a second {member_of(role)} in"
                f" {project.shown(project.roles)}, beside {taken!r}",
                "take another name",
            )


def _member(roles: EnumClass, role: str) -> str:
    known = [name for name, value in roles.members.items() if value == role]
    return known[0] if known else member_of(role)


def _modules(
    project: Project, wanted: Wanted, members: list[str]
) -> dict[Path, str]:
    texts = {
        project.handler(wanted): handler_text(wanted, members),
        project.command(wanted): command_text(wanted),
        project.suite(wanted): suite_text(wanted, members),
    }
    if wanted.input:
        texts[project.schema(wanted)] = schema_text(wanted)
    if wanted.http:
        texts[project.route(wanted)] = route_text(wanted, members)
    return texts


def _with_id(wanted: Wanted, ids: EnumClass) -> str:
    number = _free(ids)
    if wanted.pkg_id in ids.members or number is None:
        return ids.text
    below = [(v, n) for n, v in ids.members.items() if v < number]
    after = max(below)[1] if below else None
    return ids.add(wanted.pkg_id, number, after)


def _free(ids: EnumClass) -> int | None:
    """One more than the highest, so that no old number comes back."""
    taken = {v for v in ids.members.values() if isinstance(v, int)}
    highest = max((n for n in taken if n < FIRST_RESERVED), default=0)
    free = set(range(1, FIRST_RESERVED)) - taken
    return min(
        (n for n in free if n > highest), default=min(free, default=None)
    )


def _with_roles(wanted: Wanted, roles: EnumClass, project: Project) -> str:
    for role in wanted.roles:
        if role not in roles.members.values():
            text = roles.add(member_of(role), role)
            roles = EnumClass.read(text, "Role")
    return roles.text


def _realm(project: Project, wanted: Wanted) -> str:
    text = project.text(project.realm)
    description = f"Asked for by {wanted.pkg_id}"
    try:
        for role in wanted.roles:
            text = realm_file.add_role(text, role, description)
    except (ValueError, KeyError) as error:
        what = f"is no realm with roles and users ({error})"
        raise project.refused(project.realm, what, "mend it") from None
    return text


def _changed(texts: dict[Path, str]) -> dict[Path, str]:
    return {
        path: text
        for path, text in texts.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
