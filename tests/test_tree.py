"""What a rendered tree holds, and what it must not hold."""

import ast
import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from scripts.bake import REPOSITORY, SERVICE, VARIANTS
from tests.conftest import Bakery, module_of

# "authors =" of pyproject.toml, Authorization, authorize, authority;
# textbook, notebook, runbook, bookworm, bookmark
EXAMPLE = re.compile(
    r"author(?!iz|is|ity|itative|s = )"
    r"|(?<!text|note)(?<!run)book(?!worm|mark|keep)",
    re.IGNORECASE,
)
# MIT names "the authors or copyright holders"
NOT_SEARCHED = {"LICENSE"}
EXAMPLE_ROLES = {
    "get-authors",
    "create-author",
    "update-author",
    "delete-author",
    "get-books",
    "create-book",
    "admin",
}
# The port and its null implementation are the core's, and dependencies are
# audited too.
TRAIL = re.compile(
    r"audit[- ]trail|audit-logs|user_?actions?|AUDIT_(?!ARGS)[A-Z]"
    r"|extensions.audit|\baudit\.md|limited, audited",
    re.IGNORECASE,
)
AUDIT_ROLES = {"view-audit-logs"}
# What a rendered service makes when it is set up, tested or run.
SCRATCH = ("--isolated", "--no-cache")
MADE_LATER = {"build", "dist", "env", "logs", "site", "stack", "venv"}


def files(project: Path) -> Iterator[Path]:
    for path in sorted(project.rglob("*")):
        hidden = {".venv", ".stack", "__pycache__"} & set(path.parts)
        if path.is_file() and not hidden:
            yield path


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def table(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text())


def test_no_placeholder_is_left(project: Path) -> None:
    found = [
        f"{path.relative_to(project)}: {line.strip()}"
        for path in files(project)
        for line in [str(path), *text_of(path).splitlines()]
        if re.search(r"\{\{-?\s*_*cookiecutter|cookiecutter\.\w|\{%", line)
        and path.suffix not in {".js", ".css"}
    ]
    assert not [line for line in found if ".cruft.json" not in line]


def test_template_has_no_control_flow_in_python() -> None:
    found = [
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / SERVICE).rglob("*.py")
        if re.search(r"\{%|\{#|\{\{(?!cookiecutter\.)", path.read_text())
    ]
    assert not found, "Jinja reads these double braces"


def test_every_file_parses(project: Path) -> None:
    for path in files(project):
        text = text_of(path)
        if path.suffix == ".toml":
            tomllib.loads(text)
        elif path.suffix in {".json", ".webmanifest"}:
            json.loads(text)
        elif path.suffix in {".yml", ".yaml"}:
            list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        elif path.suffix == ".py":
            compile(text, path, "exec", dont_inherit=True)


def test_every_text_ends_with_one_newline(project: Path) -> None:
    found = [
        str(path.relative_to(project))
        for path in files(project)
        if (text := text_of(path))
        and path.suffix not in {".js", ".css"}
        and (not text.endswith("\n") or text.endswith("\n\n"))
    ]
    assert not found


def test_no_import_dangles(project: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "."],
        cwd=project,
        env={"PYTHONPYCACHEPREFIX": str(project.parent / "pycache")},
        check=True,
    )
    command = [sys.executable, "-m", "ruff", "check"]
    found = subprocess.run(
        [*command, *SCRATCH, "--select", "F401,F811,F821", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_every_own_import_is_there(project: Path) -> None:
    own = {module_of(project), "scripts", "tests", "benchmarks"}
    missing = [
        f"{path.relative_to(project)}: {name}"
        for path in project.rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in own and not is_there(project, name)
    ]
    assert not missing


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def is_there(project: Path, name: str) -> bool:
    path = project.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def test_minimal_has_no_trace_of_the_example(bakes: Bakery) -> None:
    project = bakes["minimal"]
    found = [
        f"{path.relative_to(project)}: {line.strip()}"
        for path in files(project)
        if path.name not in NOT_SEARCHED
        for line in [path.name, *without_address(text_of(path)).splitlines()]
        if EXAMPLE.search(line)
    ]
    found = [line for line in found if not line.startswith(".cruft.json")]
    assert not found


@pytest.mark.parametrize("variant", ["minimal", "without-audit"])
def test_nothing_is_left_of_the_audit_trail(
    bakes: Bakery, variant: str
) -> None:
    project = bakes[variant]
    found = [
        f"{name}: {line.strip()}"
        for path in files(project)
        for name in [path.relative_to(project).as_posix()]
        for line in [name, *text_of(path).splitlines()]
        if path.name != ".cruft.json"
        and path.parts[-2:] != ("observability", "audit.py")
        and TRAIL.search(line)
    ]
    assert not found


def without_address(text: str) -> str:
    """Leave out the answers of the same name."""
    return re.sub(r"author_(name|email)", "", text)


@pytest.mark.parametrize("variant", ["default", "longest"])
def test_default_has_the_example_and_no_marks(
    bakes: Bakery, variant: str
) -> None:
    project = bakes[variant]
    module = module_of(project)
    assert list(project.glob(f"{module}/models/*author*.py"))
    for path in files(project):
        assert "# [example]" not in text_of(path)
        assert "# [/example]" not in text_of(path)


def test_hooks_refused_keeps_the_example_and_its_marks(
    bakes: Bakery,
) -> None:
    project = bakes["hooks-refused"]
    assert not (project / ".cruft.json").exists()
    marked = {
        path.relative_to(project).as_posix()
        for path in files(project)
        if "# [example]" in text_of(path)
    }
    assert marked == {"src/roles.py", "src/api/ws/constants.py"}


def test_roles_of_the_realm_are_those_of_the_service(project: Path) -> None:
    realm = json.loads((project / "docker/keycloak/realm.json").read_text())
    names = {role["name"] for role in realm["roles"]["realm"]}
    own = {
        name
        for name in names
        if not name.startswith(("default-roles-", "offline_", "uma_"))
    }
    module = project / module_of(project)
    pieces = set().union(*map(piece_roles, module.glob("extensions/*")))
    assert own == enum_values(module / "roles.py") | pieces
    for user in realm["users"]:
        assert set(user.get("realmRoles", ())) <= names


def enum_values(path: Path) -> set[str]:
    """Read the members of Role without importing the service."""
    (role,) = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name == "Role"
    )
    return {
        str(node.value.value)
        for node in role.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
    }


def piece_roles(folder: Path) -> set[str]:
    """Read the texts that require_roles gets, by whatever name."""
    texts: dict[str, str] = {}
    used: set[str] = set()
    for path in folder.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Constant(value=text)
                ):
                    texts[name] = str(text)
                case ast.Call(func=ast.Name(id="require_roles"), args=given):
                    used |= {ast.unparse(argument) for argument in given}
    return {texts.get(name, name) for name in used}


@pytest.mark.parametrize(
    ("option", "roles"),
    [("include_example", EXAMPLE_ROLES), ("include_audit", AUDIT_ROLES)],
)
def test_roles_of_a_piece_are_where_it_is(
    bakes: Bakery, option: str, roles: set[str]
) -> None:
    for variant, answers in VARIANTS.items():
        path = bakes[variant] / "docker/keycloak/realm.json"
        realm = json.loads(path.read_text())
        names = {role["name"] for role in realm["roles"]["realm"]}
        expected = roles if answers.get(option, True) else set()
        assert names & roles == expected, variant


def test_answers_file_names_template_commit_and_answers(
    bakes: Bakery, template: Path
) -> None:
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    state = json.loads((bakes["minimal"] / ".cruft.json").read_text())
    answers = state["context"]["cookiecutter"]
    assert state.keys() == {
        "template",
        "commit",
        "checkout",
        "context",
        "directory",
    }
    assert state["commit"] == head
    assert state["template"] == str(template)
    assert answers["include_example"] is False
    assert answers["include_audit"] is False
    assert answers["module_name"] == "src"
    assert not {"_repo_dir", "_output_dir", "_checkout"} & answers.keys()


def test_dependencies_cannot_be_project_names(bakes: Bakery) -> None:
    """The hook knows every name that a project or package must not take."""
    project = bakes["hooks-refused"]
    hook = load_hook("pre_gen_project")
    needed = set(distributions(table(project)))
    assert needed <= hook.RESERVED_DISTRIBUTIONS
    own = {module_of(project), "scripts", "tests", "benchmarks"}
    imported = {
        name.split(".")[0]
        for path in project.rglob("*.py")
        for name in imports(path)
    }
    imported -= own | sys.stdlib_module_names
    assert imported <= hook.RESERVED_MODULES
    beside = {
        path.stem
        for path in project.iterdir()
        if path.stem.isidentifier() and path.suffix in {"", ".py"}
    }
    beside = {name for name in beside if name.islower()} - {"src"}
    assert beside | MADE_LATER <= hook.RESERVED_MODULES


def distributions(pyproject: dict[str, Any]) -> Iterator[str]:
    groups = pyproject["dependency-groups"].values()
    for line in pyproject["project"]["dependencies"]:
        yield Requirement(line).name.lower()
    for group in groups:
        for line in group:
            if isinstance(line, str):
                yield Requirement(line).name.lower()


def load_hook(name: str) -> ModuleType:
    """Load a hook as it lies in the template, with answers of no account."""
    source = (REPOSITORY / "hooks" / f"{name}.py").read_text()
    source = source.replace(
        "{{ cookiecutter | tojson }}", '{"module_name": "src"}'
    )
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module


def test_features_name_every_switch_and_existing_pieces(
    bakes: Bakery,
) -> None:
    project = bakes["hooks-refused"]
    hook = load_hook("post_gen_project")
    questions = json.loads((REPOSITORY / "cookiecutter.json").read_text())
    switches = {key for key, value in questions.items() if value in (1, 0)}
    assert hook.FEATURES.keys() == switches
    tree = [path.relative_to(project).as_posix() for path in files(project)]
    for feature in hook.FEATURES.values():
        for pattern in feature.paths:
            pattern = pattern.replace("{module}", "src")
            assert fnmatch.filter(tree, pattern), pattern
        for path in feature.region_files:
            text = (project / path.format(module="src")).read_text()
            assert f"# [{feature.region}]" in text


def test_readme_commands_are_targets(project: Path) -> None:
    makefiles = [project / "Makefile", *project.glob("scripts/mk/*.mk")]
    text = "\n".join(makefile.read_text() for makefile in makefiles)
    targets = set(re.findall(r"^([a-zA-Z][\w-]*):", text, re.MULTILINE))
    for path in project.rglob("*.md"):
        for line in re.findall(r"`make ([a-z][\w-]*)", path.read_text()):
            assert line in targets, f"{path.name}: make {line}"
