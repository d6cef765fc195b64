"""`python generate_ws_handler.py NAME PKG_ID …`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.generator.finding import Refused
from scripts.generator.plan import Plan, plan
from scripts.generator.project import Project
from scripts.generator.wanted import Wanted
from scripts.generator.writing import write_all

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """0 when all is written; 1 with reasons when nothing was changed."""
    found = vars(_parser().parse_args(arguments))
    roles = tuple(dict.fromkeys(found.pop("roles")))
    return generate(Project(root), Wanted(**found, roles=roles))


def generate(project: Project, wanted: Wanted) -> int:
    """As `main`, for what is known already."""
    try:
        made = plan(project, wanted)
        existing = [path for path in made.texts if path.exists()]
        write_all(made.texts)
    except Refused as refusal:
        for finding in refusal.findings:
            print(f"error: {finding}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error}; mend it and try again", file=sys.stderr)
    else:
        _tell(project, wanted, made, existing)
        return 0
    print("nothing was changed", file=sys.stderr)
    return 1


def _tell(
    project: Project, wanted: Wanted, made: Plan, existing: list[Path]
) -> None:
    for path in made.texts:
        word = "changed" if path in existing else "wrote"
        print(f"{word} {project.shown(path)}")
    print(f"now write {project.shown(project.command(wanted))} and its test")
    if made.new_roles:
        print(
            f"new for Keycloak: {', '.join(made.new_roles)}; a realm is"
            " imported once: make down, make reset, make up"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python generate_ws_handler.py",
        description="Writes a package handler, its command and its test.",
        epilog="Roles come last: get_thing GET_THING --roles a b",
    )
    parser.add_argument("name", metavar="NAME", help="such as get_status")
    parser.add_argument(
        "pkg_id", metavar="PKG_ID", help="such as GET_STATUS; added if new"
    )
    for flag, text in (
        ("--schema", "a model of the data that a client sends"),
        ("--paginated", "page and per_page, and meta in the reply"),
        ("--http", "a route too, on the same command"),
        ("--overwrite", "replace what an earlier run made"),
    ):
        parser.add_argument(flag, action="store_true", help=text)
    parser.add_argument(
        "--roles", nargs="+", default=[], metavar="ROLE", help="all needed"
    )
    return parser
