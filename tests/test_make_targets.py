"""Every target that `make help` of a bake lists is tried.

A target without a line here fails: say in TRIALS how to try it. Heavy ones
get the arguments of something quick, because other tests run them in full.
"""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.bake import BUILD, bake_environment
from tests.conftest import Bakery, copy_bake
from tests.ports import free_port

pytestmark = pytest.mark.services

QUICK = "tests/unit/test_tasks.py"
# Nobody listens there, so that what needs the network has none.
NO_NETWORK = {
    "ALL_PROXY": "http://127.0.0.1:1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "NO_PROXY": "",
    "UV_NO_CACHE": "1",
    "https_proxy": "http://127.0.0.1:1",
    "no_proxy": "",
}
# What the tests of lint have learnt about the libraries.
WARM_MYPY = {"MYPY_CACHE_DIR": str(BUILD / "mypy" / "gw0")}
SHELL = """await context.database.ping()
print("pong in", settings.ENV)
"""
# Name, PkgID by default, schema, pages, roles, route.
HANDLER = "make_things\n\ny\nn\na-role\ny\n"
START_SECONDS = 60


@dataclass(frozen=True)
class Trial:
    """`make TARGET arguments`, what it says, and how it ends."""

    says: str
    arguments: tuple[str, ...] = ()
    typed: str = ""
    code: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)


# In this order: the last ones change the bake or its database.
TRIALS = {
    "help": Trial("make test-migrations +Up, down"),
    "setup": Trial("^$"),
    "smoke": Trial("answered as they should"),
    "token": Trial(r"^[\w-]+\.[\w-]+\.[\w-]+\n$", ("AS=bob",)),
    "ws-publish": Trial("sent to every socket", ('DATA={"hello": "you"}',)),
    "shell": Trial("pong in dev", typed=SHELL),
    "test": Trial(" passed", (f"ARGS={QUICK}",)),
    "test-unit": Trial(" passed", ("ARGS=-k test_tasks",)),
    "test-serial": Trial(" passed", (f"ARGS={QUICK}",)),
    "test-coverage": Trial(
        "TOTAL", (f"ARGS={QUICK} --cov-fail-under=0 -n 0",)
    ),
    "test-chaos": Trial(" passed", ("ARGS=-k closes_while_redis_is_frozen",)),
    "bench": Trial("WHOAMI", ("ARGS=--only whoami --rounds 1 --seconds 0.2",)),
    "bench-pagination": Trial("cursor", ("ARGS=--rows 2000 --rounds 1",)),
    "bench-protection": Trial(
        "both, in one call",
        ("ARGS=--warm-up 0 --rounds 1 --seconds 1 --connections 2",),
    ),
    "lint": Trial("Contracts: 2 kept, 0 broken", variables=WARM_MYPY),
    "ruff-check": Trial("All checks passed"),
    "typecheck": Trial("Success: no issues", variables=WARM_MYPY),
    "layers": Trial("Contracts: 2 kept, 0 broken"),
    "format": Trial("files left unchanged"),
    "docstrings": Trial("^$"),
    "spelling": Trial("^$"),
    "bandit-scan": Trial("^$"),
    "dead-code-scan": Trial("no dead code"),
    "skjold-scan": Trial(
        r"\Aerror: pip-audit failed: .*\nmake: ", code=2, variables=NO_NETWORK
    ),
    "outdated-pkgs-scan": Trial(
        r"\Aerror: the package index .*\nmake: ", code=2, variables=NO_NETWORK
    ),
    "hooks": Trial("installed at .git/hooks/commit-msg"),
    "pre-commit": Trial(r"\(typos\)\.+Passed", ("HOOK=typos",)),
    "commit-message": Trial("^$", ("FILE=message",)),
    "docs": Trial(""),
    "release-notes": Trial("rendered from its template", ("TAG=v0.1.0",)),
    "rbac": Trial("WS:WHOAMI"),
    "realm": Trial("", ("CHECK=1",)),
    "ws-handlers": Trial("WHOAMI"),
    "test-migrations": Trial("up, down and up again; the models match"),
    "migration-sql": Trial("CREATE TABLE author"),
    "migration-history": Trial("0001_author -> 0002_book"),
    "migration-current": Trial("database at 0002_book, code at 0002_book"),
    "migration": Trial("Generating .*_nothing_", ("msg=nothing 'at all'",)),
    "migrate": Trial("the service: 0002_book -> "),
    "rollback": Trial("-> 0002_book"),
    # The service starts only where the database is.
    "migration-stamp": Trial("^$", ("rev=head",)),
    "new-ws-handlers": Trial("make_things", typed=HANDLER),
    "clean": Trial("^$"),
}
# Those that go on until they are stopped, with the variable of their port
# and a path that answers.
SERVING = {
    "serve": ("APP_PORT", "/health/live"),
    "docs-serve": ("DOCS_PORT", "/"),
}
# Tried by what is around the others.
AROUND = {"up", "down", "reset"}


@pytest.fixture(scope="module")
def workplace(
    bakes: Bakery, environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A repository with a bake in it."""
    project = copy_bake(bakes["default"], tmp_path_factory)
    for words in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", *words], cwd=project, check=True)
    (project / "message").write_text("feat: a thing\n")
    changes = project / "CHANGELOG.md"
    released = changes.read_text().replace("[Unreleased]", "[0.1.0]")
    changes.write_text(released)
    make(project, "setup")
    return project


@pytest.fixture(scope="module")
def up(workplace: Path) -> Iterator[Path]:
    """The same, while its stack and service run."""
    try:
        said = make(workplace, "up", "DETACH=1").stdout
        assert "make token" in said
        yield workplace
    finally:
        make(workplace, "down")


def make(
    project: Path,
    *words: str,
    typed: str = "",
    code: int = 0,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Its error output comes with the other."""
    done = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=project,
        env={**bake_environment(), "NO_COLOR": "1", **(variables or {})},
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done


def test_every_target_is_tried(workplace: Path) -> None:
    said = make(workplace, "help").stdout
    listed = set(re.findall(r"^  make ([\w-]+)", said, re.MULTILINE))
    assert listed == TRIALS.keys() | SERVING.keys() | AROUND


def test_targets_are_in_groups(workplace: Path) -> None:
    said = make(workplace, "help").stdout
    groups = re.findall(r"^\n(\w.*)\n  make ", said, re.MULTILINE)
    assert {"Start", "Test", "Quality", "Database"} <= set(groups)
    assert len(groups) == len(set(groups))


@pytest.mark.parametrize("target", TRIALS)
def test_target(up: Path, stack_file: Path, target: str) -> None:
    trial = TRIALS[target]
    variables = {"TEST_STACK": str(stack_file), **trial.variables}
    done = make(
        up,
        target,
        *trial.arguments,
        typed=trial.typed,
        code=trial.code,
        variables=variables,
    )
    assert re.search(trial.says, done.stdout, re.MULTILINE), done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("target", SERVING)
def test_target_that_serves(up: Path, target: str) -> None:
    variable, path = SERVING[target]
    port = free_port()
    with serving(up, target, f"{variable}={port}") as process:
        wait_for(f"http://127.0.0.1:{port}{path}", process)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}")


def hear_interrupts() -> None:
    """A shell lets what it starts in the background ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def serving(project: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Until Ctrl-C, which a terminal sends to all of them."""
    with subprocess.Popen(
        ["make", *words],
        cwd=project,
        env=bake_environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    ) as process:
        try:
            yield process
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=START_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "it has ended"
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                assert reply.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"nothing at {url}")


def test_down_and_reset(up: Path) -> None:
    assert (up / ".stack").exists()
    make(up, "down")
    assert "nothing runs" in make(up, "down").stdout
    make(up, "reset")
    assert not (up / ".stack").exists()


@pytest.mark.parametrize(
    ("target", "arguments", "says"),
    [
        ("smoke", (), "make up"),
        ("token", (), "make up"),
        ("shell", (), "make up"),
        ("rbac", ("FORMAT=wrong",), "invalid choice"),
        ("migration", (), 'make migration msg="what changes"'),
        ("commit-message", ("FILE=nothing",), "FILE=path"),
        ("release-notes", (), "TAG=v1.2.0"),
        ("new-ws-handlers", (), "no answer"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    workplace: Path, target: str, arguments: tuple[str, ...], says: str
) -> None:
    closed = {
        "APP_PORT": str(free_port()),
        "DB_PORT": str(free_port()),
        "KEYCLOAK_BASE_URL": f"http://127.0.0.1:{free_port()}",
    }
    said = make(workplace, target, *arguments, code=2, variables=closed).stdout
    errors = [line for line in said.splitlines() if "error: " in line]
    assert len(errors) == 1, said
    assert says in errors[0]
    assert "Traceback" not in said
