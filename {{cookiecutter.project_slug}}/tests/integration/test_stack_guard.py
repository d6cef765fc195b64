"""Services of a killed starter do not outlive it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.stack import ports
from scripts.stack.postgres import Postgres
from scripts.stack.process import Command, GuardedProcess
from scripts.stack.valkey import Valkey

ROOT = Path(__file__).parents[2]
# Starts a shell that ignores polite signals, tells its number, and stays.
STARTER = """
import sys, time
from pathlib import Path
from scripts.stack.process import Command, GuardedProcess
log = Path(sys.argv[1])
shell = ("sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done")
running = GuardedProcess(
    Command(name="shell", argv=shell, environment={}, log=log, grace=0.2)
)
time.sleep(60)
"""


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Not what has ended and was not yet waited for."""
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()[:1] not in ("", "Z")


def test_a_child_ends_with_a_killed_starter(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(log)], cwd=ROOT
    ) as starter:
        wait_until(lambda: log.read_text().endswith("\n"))
        child = int(log.read_text())
        assert lives(child)
        starter.kill()
    wait_until(lambda: not lives(child))


def test_a_signal_to_the_guard_reaches_the_child(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = (
        "trap 'echo ended; exit 7' TERM; echo up; while :; do sleep 0.1; done"
    )
    command = Command(
        name="shell",
        argv=("sh", "-c", script),
        environment=dict(os.environ),
        log=log,
    )
    with GuardedProcess(command) as process:
        wait_until(lambda: "up" in log.read_text())
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait() == 7
    assert log.read_text() == "up\nended\n"


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = Command(
        name="nothing", argv=("/no/such/program",), environment={}, log=log
    )
    with GuardedProcess(command) as process:
        assert process.wait() == 127
        assert "/no/such/program: No such file" in str(process.problem())


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(
        tmp_path / "postgres", ports.free_port(), "ada", "its secret", {}
    )
    server.launch()
    wait_until(server.ready)
    yield server
    server.stop()


def test_postgres_wants_the_password(
    postgres: Postgres, tmp_path: Path
) -> None:
    postgres.create_database("one")
    postgres.create_database("one")
    postgres.password = "another"
    with pytest.raises(Exception, match="made with others"):
        postgres.create_database("two")


def test_postgres_keeps_its_data(postgres: Postgres) -> None:
    postgres.create_database("one")
    postgres.stop()
    assert not postgres.ready()
    postgres.launch()
    wait_until(postgres.ready)
    made = postgres.client("createdb", "--maintenance-db=postgres", "one")
    assert "already exists" in made.stderr


def test_postgres_runs_below_a_closed_folder(postgres: Postgres) -> None:
    # As root it runs under another user, whom the folder keeps out.
    closed = postgres.folder.parent / "closed"
    closed.mkdir(mode=0o700)
    wheel = postgres.programs.parents[1]
    for part in wheel.parent.glob(f"{wheel.name}*"):
        shutil.copytree(part, closed / part.name, symlinks=True)
    server = Postgres(closed / "data", ports.free_port(), "ada", "x", {})
    programs = postgres.programs.relative_to(wheel.parent)
    server.programs = closed / programs
    server.launch()
    try:
        wait_until(server.ready)
    finally:
        server.stop()


def test_valkey_wants_the_password(tmp_path: Path) -> None:
    server = Valkey(tmp_path / "valkey", ports.free_port(), 'a "b" \\ c')
    server.launch()
    try:
        wait_until(server.ready)
        stranger = Valkey(tmp_path / "other", server.port, "guess")
        assert not stranger.ready()
    finally:
        server.stop()
    assert not server.ready()
