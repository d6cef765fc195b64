"""Take away the pieces that were not asked for and record the answers.

FEATURES says, once, what belongs to which option. Runs offline, may run
twice (cruft does), and needs nothing but the standard library. cookiecutter
renders this file before it runs it: double braces may stand on one line only,
where the answers come in.
"""

import fnmatch
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# tojson leaves no single quote, so no answer can end this string.
ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")
MODULE = str(ANSWERS["module_name"])
PROJECT = Path.cwd()
REALM = "docker/keycloak/realm.json"
NOT_RENDERED = {".git", ".stack", ".venv", "node_modules"}
ABBREVIATIONS = {
    "gh": "https://github.com/{}.git",
    "gl": "https://gitlab.com/{}.git",
    "bb": "https://bitbucket.org/{}",
}


class Feature(NamedTuple):
    """Paths are patterns over the rendered tree; {module} is the package."""

    paths: tuple[str, ...]
    region: str = ""
    region_files: tuple[str, ...] = ()
    realm_roles: tuple[str, ...] = ()


FEATURES = {
    "include_example": Feature(
        paths=("*author*", "*[!a-z]book*.py"),
        region="example",
        region_files=(
            "{module}/roles.py",
            "{module}/api/ws/constants.py",
        ),
        realm_roles=(
            "get-authors",
            "create-author",
            "update-author",
            "delete-author",
            "get-books",
            "create-book",
            "admin",
        ),
    ),
    "include_audit": Feature(
        paths=(
            "{module}/extensions/audit/*",
            "docs/audit.md",
            # Not that of dependencies, which scripts/ and .github/ have.
            "benchmarks/*audit*",
            "tests/*audit*",
        ),
        realm_roles=("view-audit-logs",),
    ),
    "include_github_actions": Feature(paths=(".github/*",)),
}


class PruningError(Exception):
    """FEATURES names something that the template does not have."""


def prune() -> None:
    tree = list(rendered_files())
    for option, feature in FEATURES.items():
        wanted = bool(ANSWERS[option])
        if not wanted:
            remove_paths(option, feature.paths, tree)
            remove_realm_roles(feature.realm_roles)
        settle_regions(option, feature, wanted)


def rendered_files() -> Iterator[str]:
    """Name the files of this rendering, and none that were there before.

    cruft does not say where the template is, but renders into a new folder.
    """
    source = template_tree()
    placeholder = "{" * 2 + "cookiecutter.module_name" + "}" * 2
    first = MODULE if source == PROJECT else placeholder
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(set(folders) - NOT_RENDERED)
        for file in files:
            path = Path(folder, file).relative_to(source)
            head, *rest = path.parts
            yield "/".join(["{module}" if head == first else head, *rest])


def template_tree() -> Path:
    repository = ANSWERS.get("_repo_dir")
    if not repository:
        return PROJECT
    return next(Path(repository).glob("*cookiecutter.project_slug*"))


def located(path: str) -> Path:
    return PROJECT / path.replace("{module}", MODULE)


def remove_paths(
    option: str, patterns: Iterable[str], tree: Iterable[str]
) -> None:
    matched = {
        pattern: [path for path in tree if fnmatch.fnmatchcase(path, pattern)]
        for pattern in patterns
    }
    # All gone is what a second run finds; some gone is an error in the table.
    if any(matched.values()) and not all(matched.values()):
        lost = [pattern for pattern in patterns if not matched[pattern]]
        raise PruningError(f"{option}: nothing matches {', '.join(lost)}")
    for paths in matched.values():
        for path in paths:
            located(path).unlink(missing_ok=True)
            remove_empty_folders(located(path).parent)


def remove_empty_folders(folder: Path) -> None:
    while folder != PROJECT and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def settle_regions(option: str, feature: Feature, wanted: bool) -> None:
    opening, closing = f"# [{feature.region}]", f"# [/{feature.region}]"
    settled = {
        path: settle_region(located(path), opening, closing, wanted)
        for path in feature.region_files
    }
    if any(settled.values()) and not all(settled.values()):
        lost = [path for path, done in settled.items() if not done]
        raise PruningError(f"{option}: no {opening} in {', '.join(lost)}")


def settle_region(path: Path, opening: str, closing: str, keep: bool) -> bool:
    """Drop the marks, and what stands between them; say if there were any."""
    if not path.is_file():
        return False
    kept: list[str] = []
    inside, marks = False, 0
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.strip() in (opening, closing):
            if inside == (line.strip() == opening):
                raise PruningError(f"{path.name}: marks do not pair")
            inside, marks = not inside, marks + 1
        elif keep or not inside:
            kept.append(line)
    if inside:
        raise PruningError(f"{path.name}: {closing} is missing")
    if marks:
        path.write_text("".join(kept), "utf-8")
    return marks > 0


def remove_realm_roles(names: Iterable[str]) -> None:
    path = PROJECT / REALM
    realm = json.loads(path.read_text("utf-8"))
    unwanted = set(names)
    roles = realm["roles"]["realm"]
    realm["roles"]["realm"] = [
        role for role in roles if role["name"] not in unwanted
    ]
    for user in realm.get("users", ()):
        if "realmRoles" in user:
            user["realmRoles"] = [
                name for name in user["realmRoles"] if name not in unwanted
            ]
    text = json.dumps(realm, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def write_answers() -> None:
    """Write what cruft reads, so that `cruft update` works.

    cruft writes the file itself where it renders, and says so by `_commit`.
    """
    if "_commit" in ANSWERS:
        return
    commit = template_commit()
    context = public_answers()
    context["_template"] = template_address()
    context["_commit"] = commit
    state = {
        "template": context["_template"],
        "commit": commit,
        "checkout": ANSWERS.get("_checkout"),
        "context": {"cookiecutter": context},
        "directory": None,
    }
    text = json.dumps(state, indent=2, ensure_ascii=False)
    (PROJECT / ".cruft.json").write_text(text + "\n", "utf-8")


def public_answers() -> dict[str, object]:
    """Keep the order of the questions, which the rendering has lost."""
    questions = Path(ANSWERS["_repo_dir"], "cookiecutter.json")
    order = json.loads(questions.read_text("utf-8"))
    return {
        name: ANSWERS[name]
        for name in order
        if name in ANSWERS and not name.startswith("_")
    }


def template_commit() -> str | None:
    """Name the commit, unless the folder around the template is a repo."""
    repository = Path(ANSWERS["_repo_dir"])
    command = ["git", "rev-parse", "--show-toplevel", "HEAD"]
    try:
        found = subprocess.run(
            command, cwd=repository, capture_output=True, text=True
        )
    except FileNotFoundError:
        return None
    lines = found.stdout.splitlines()
    if found.returncode or Path(lines[0]).resolve() != repository.resolve():
        return None
    return lines[1]


def template_address() -> str:
    """Spell the template as git can clone it from inside the project."""
    given = str(ANSWERS["_template"])
    short = re.fullmatch(r"(gh|gl|bb):(.+)", given)
    if short:
        return ABBREVIATIONS[short[1]].format(short[2])
    # Hooks run in the project; the shell's folder is known by PWD only.
    local = Path(os.environ.get("PWD", ""), given)
    if not os.path.isabs(given) and (local / "cookiecutter.json").is_file():
        return Path(os.path.relpath(local, PROJECT)).as_posix()
    return given


def main() -> int:
    try:
        prune()
    except PruningError as error:
        print(f"The template is damaged: {error}", file=sys.stderr)
        return 1
    write_answers()
    return 0


if __name__ == "__main__":
    sys.exit(main())
