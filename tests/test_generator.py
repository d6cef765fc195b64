"""The generator of a bake, in every combination of its flags.

All handlers go into one bake, with the longest name that a package may have,
so that each check runs once for all of them.
"""

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts.bake import LONGEST_MODULE, bake_environment
from tests.conftest import Bakery, copy_bake

FLAGS = ("--schema", "--paginated", "--http", "--overwrite", "--roles")
# One that the code and the realm do not have, and two of which one is new.
ROLES = ("see-things", "see-things change-things")


class Handler(NamedTuple):
    name: str
    flags: tuple[str, ...]

    @property
    def arguments(self) -> list[str]:
        return [self.name, self.name.upper(), *self.flags]


def handlers() -> Iterator[Handler]:
    """Those made twice do not read, so that routes are of both kinds."""
    choices = itertools.product((False, True), repeat=len(FLAGS))
    for number, chosen in enumerate(choices):
        flags = [flag for flag, on in zip(FLAGS, chosen, strict=True) if on]
        if "--roles" in flags:
            flags += ROLES[number // 2 % 2].split()
        verb = "make" if "--overwrite" in flags else "get"
        yield Handler(f"{verb}_things_{number}", tuple(flags))


# Name, PkgID by default, schema, pages, roles, route.
ANSWERS = "make_things\n\ny\nn\nb-role, a-role\ny\n"
OTHERS = ("test_app", "test_docs_code")
LOOKING_AT_ALL = (
    "test_docs_code",
    "test_package_router",
    "test_query_places",
    "test_rbac_matrix",
)
HANDLERS = tuple(handlers())
# One test needs services; where it runs, all find the bake that it needs.
together = pytest.mark.services


@pytest.fixture(scope="module")
def generated(
    bakes: Bakery, environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A bake with all handlers in it; some were made twice."""
    baked = bakes.bake(
        project_name="Generated Service", module_name=LONGEST_MODULE
    )
    project = copy_bake(baked, tmp_path_factory)
    for handler in HANDLERS:
        if "--overwrite" in handler.flags:
            first = [flag for flag in handler.arguments if flag != FLAGS[3]]
            generate(project, environment, *first)
            file = project / LONGEST_MODULE / f"commands/{handler.name}.py"
            file.write_text("spoilt = True\n")
        generate(project, environment, *handler.arguments)
    return project


def generate(project: Path, environment: Path, *arguments: str) -> None:
    run(project, environment, "python", "generate_ws_handler.py", *arguments)


def run(
    project: Path, environment: Path, *command: str, stack: Path | None = None
) -> str:
    tool, *rest = command
    own = {"NO_COLOR": "1"}
    if stack is not None:
        own["TEST_STACK"] = str(stack)
    found = subprocess.run(
        [environment / "bin" / tool, *rest],
        cwd=project,
        env=bake_environment() | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
    return found.stdout


@together
@pytest.mark.parametrize(
    "command",
    [
        "ruff check .",
        "ruff format --check .",
        f"mypy --strict {LONGEST_MODULE} scripts tests",
        "lint-imports",
        "python -m scripts.realm --check",
    ],
)
def test_checks_pass_untouched(
    generated: Path, environment: Path, command: str
) -> None:
    run(generated, environment, *command.split())


@together
def test_unit_tests_pass_untouched(generated: Path, environment: Path) -> None:
    """Those that look at all roles, packages, sources and documents."""
    paths = [f"tests/unit/{name}.py" for name in LOOKING_AT_ALL]
    run(generated, environment, "python", "-m", "pytest", "-q", *paths)


@together
def test_all_are_listed(generated: Path, environment: Path) -> None:
    listed = run(generated, environment, "python", "-m", "scripts.ws_handlers")
    matrix = run(generated, environment, "python", "-m", "scripts.rbac")
    for name, flags in HANDLERS:
        (line,) = [ln for ln in listed.splitlines() if f" {name} " in ln]
        assert ("see-things" in line) is ("--roles" in flags)
        assert f"WS:{name.upper()} " in matrix
        path = f"/api/{name.replace('_', '-')} "
        assert (path in matrix) is ("--http" in flags)


@together
def test_generated_tests_pass_untouched(
    generated: Path, environment: Path, stack_file: Path
) -> None:
    paths = sorted(generated.glob("tests/integration/test_package_*.py"))
    assert len(paths) == len(HANDLERS)
    names = [path.relative_to(generated).as_posix() for path in paths]
    # Neither do the documents, whose samples take numbers, mind them.
    names += [f"tests/integration/{name}.py" for name in OTHERS]
    command = ["python", "-m", "pytest", "-q", *names]
    said = run(generated, environment, *command, stack=stack_file)
    assert "skipped" not in said.splitlines()[-1]


def make(project: Path, *words: str, answers: str = "") -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=project,
        env=bake_environment(),
        input=answers,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("variant", ["minimal", "hooks-refused"])
def test_other_bakes(
    bakes: Bakery,
    environment: Path,
    tmp_path_factory: pytest.TempPathFactory,
    variant: str,
) -> None:
    """One by the command line, one by answers to make."""
    project = copy_bake(bakes[variant], tmp_path_factory)
    flags = ("--schema", "--paginated", "--http", "--roles", "a-role")
    generate(project, environment, "get_things", "GET_THINGS", *flags)
    make(project, "new-ws-handlers", answers=ANSWERS)
    constants = (project / "src/api/ws/constants.py").read_text()
    assert "    WHOAMI = 100\n    GET_THINGS = 101\n" in constants
    assert "    MAKE_THINGS = 102\n" in constants
    run(project, environment, "ruff", "check", ".")
    make(project, "realm", "CHECK=1")
    make(project, "rbac", "FORMAT=markdown", "OUT=roles.md")
    assert "| `WS:MAKE_THINGS` | roles |" in (project / "roles.md").read_text()
    assert "MakeThingsInput" in make(project, "ws-handlers")
    path = "tests/unit/test_rbac_matrix.py"
    run(project, environment, "python", "-m", "pytest", "-q", path)
