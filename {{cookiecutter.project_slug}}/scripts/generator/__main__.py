"""`make new-ws-handlers`: asks for what the command line would say."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from scripts.generator.command_line import ROOT, generate
from scripts.generator.finding import Finding
from scripts.generator.names import check_name, check_pkg_id, check_role
from scripts.generator.project import Project
from scripts.generator.wanted import Wanted

type Check = Callable[[str], Iterator[Finding]]
_YES = {"y", "yes"}
_NO = {"", "n", "no"}


def main(root: Path = ROOT) -> int:
    """As the command line; 1 also when the answers end too early."""
    project = Project(root)
    try:
        wanted = _ask()
        if project.handler(wanted).exists():
            again = _yes(f"{wanted.name} exists. Replace it?")
            wanted = replace(wanted, overwrite=again)
    except (EOFError, KeyboardInterrupt):
        print("\nerror: no answer; nothing was changed", file=sys.stderr)
        return 1
    return generate(project, wanted)


def _ask() -> Wanted:
    name = _text("Name of the handler (get_status)", check_name)
    pkg_id = _text("PkgID", check_pkg_id, name.upper())
    return Wanted(
        name=name,
        pkg_id=pkg_id,
        schema=_yes("A schema for its data?"),
        paginated=_yes("Pages?"),
        roles=_roles(),
        http=_yes("A route too?"),
    )


def _text(question: str, check: Check, default: str = "") -> str:
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        answer = input(shown).strip() or default
        findings = list(check(answer))
        if not findings:
            return answer
        _print(findings)


def _roles() -> tuple[str, ...]:
    while True:
        answer = input("Roles, all needed (none: any login): ")
        roles = dict.fromkeys(answer.replace(",", " ").split())
        findings = [found for role in roles for found in check_role(role)]
        if not findings:
            return tuple(roles)
        _print(findings)


def _yes(question: str) -> bool:
    while True:
        answer = input(f"{question} [y/N]: ").strip().lower()
        if answer in _YES | _NO:
            return answer in _YES
        print("say y or n", file=sys.stderr)


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        print(finding, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
