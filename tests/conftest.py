"""A variant is baked once a session and looked at by many tests."""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_cookies.plugin import Cookies

from scripts.bake import (
    BUILD,
    VARIANTS,
    WITHOUT_HOOKS,
    bake_environment,
    render,
    stage,
)
from tests.running_bake import kept

Bake = Callable[..., Path]
SUITES = "suite"
CHAOS = "chaos"
# What tests found out, by the name of their property.
SECTIONS = {SUITES: "bakes and their suites", CHAOS: "bakes under chaos"}
# Runs until its input ends, so that nothing outlives the tests.
KEEP_STACK = """
import sys
from pathlib import Path

from scripts.stack import Stack

folder, addresses = map(Path, sys.argv[1:])
with Stack(folder) as stack:
    addresses.write_text(stack.to_json())
    print("READY", flush=True)
    sys.stdin.read()
"""


class Bakery:
    """Bakes each variant once; `seconds` holds how long each took."""

    def __init__(self, template: Path, cookies: Cookies, folder: Path) -> None:
        self.template = template
        self.seconds: dict[str, float] = {}
        self._cookies = cookies
        self._folder = folder
        self._baked: dict[str, Path] = {}

    def __getitem__(self, variant: str) -> Path:
        if variant not in self._baked:
            began = time.perf_counter()
            self._baked[variant] = self._bake(variant)
            self.seconds[variant] = time.perf_counter() - began
        return self._baked[variant]

    def bake(self, **answers: object) -> Path:
        """Bake by pytest-cookies, which silently ignores unknown keys."""
        known = VARIANTS["longest"].keys() | {
            "author_email",
            "include_audit",
            "include_example",
            "include_github_actions",
            "project_slug",
        }
        unknown = answers.keys() - known
        if unknown:
            raise KeyError(f"no such question: {', '.join(sorted(unknown))}")
        result = self._cookies.bake(
            extra_context=answers, template=str(self.template)
        )
        if result.exception:
            raise result.exception
        return Path(result.project_path)

    def _bake(self, variant: str) -> Path:
        if variant not in WITHOUT_HOOKS:
            return self.bake(**VARIANTS[variant])
        answers = VARIANTS[variant]
        return render(self.template, self._folder, answers, hooks=False)


@pytest.fixture(scope="session", autouse=True)
def git_identity() -> Iterator[None]:
    """Let commits of these tests depend on no settings of the machine."""
    patch = pytest.MonkeyPatch()
    for role in ("AUTHOR", "COMMITTER"):
        patch.setenv(f"GIT_{role}_NAME", "Tester")
        patch.setenv(f"GIT_{role}_EMAIL", "tester@example.com")
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    yield
    patch.undo()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage(tmp_path_factory.mktemp("template") / "template")


@pytest.fixture(scope="session")
def bakes(
    template: Path,
    cookies_session: Cookies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Bakery:
    folder = tmp_path_factory.mktemp("without-hooks")
    return Bakery(template, cookies_session, folder)


@pytest.fixture(scope="session", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(bakes: Bakery, variant: str) -> Path:
    """A bake as it was rendered: only to be read."""
    return bakes[variant]


@pytest.fixture(scope="session")
def workplace(
    bakes: Bakery, variant: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the bake in which tools may leave their files."""
    return copy_bake(bakes[variant], tmp_path_factory)


def copy_bake(project: Path, factory: pytest.TempPathFactory) -> Path:
    return Path(
        shutil.copytree(project, factory.mktemp("work") / project.name)
    )


@pytest.fixture(scope="session")
def environment(
    bakes: Bakery, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The libraries of the service: one environment for every bake.

    One worker at a time: uv fails where two make it at once.
    """
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "env.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            ["uv", "sync", "--quiet", "--no-progress", "--all-groups"],
            cwd=copy_bake(bakes["default"], tmp_path_factory),
            env=bake_environment(),
            check=True,
        )
    return BUILD / "env"


@pytest.fixture(scope="session")
def stack_file(
    bakes: Bakery,
    environment: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Addresses of a stack that the default bake started."""
    project = copy_bake(bakes["default"], tmp_path_factory)
    folder = tmp_path_factory.mktemp("stack")
    addresses = folder / "addresses.json"
    python = environment / "bin/python"
    with kept((python, "-c", KEEP_STACK, folder, addresses), project):
        yield addresses


def module_of(project: Path) -> str:
    """Name the package of a bake: the folder with the application."""
    (application,) = project.glob("*/app.py")
    return application.parent.name


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    properties = [
        (name, str(value))
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
    ]
    for wanted, title in SECTIONS.items():
        lines = sorted(value for name, value in properties if name == wanted)
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(line)
