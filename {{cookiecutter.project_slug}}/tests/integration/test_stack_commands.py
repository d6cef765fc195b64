"""`make up` and its companions as a user runs them, up to the first server."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stack import StackAddresses, state
from scripts.stack.state import State
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]


def run(
    folder: Path, module: str, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """`python -m MODULE …` in a project's folder that has no .env."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which a command fails."""
    assert done.returncode == 1, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_a_second_up_says_that_it_runs_already(tmp_path: Path) -> None:
    folder = tmp_path / state.FOLDER
    folder.mkdir()
    with state.supervising(folder):
        url = "http://localhost:1"
        State(pid=os.getpid(), ready=True, app_url=url).write(folder)
        line = error_of(run(tmp_path, "scripts.stack", "up"))
        refused = error_of(run(tmp_path, "scripts.stack", "reset"))
    assert f"already running (pid {os.getpid()})" in line
    assert f"{url}/docs" in line
    assert "make down" in line
    assert "running" in refused
    assert run(tmp_path, "scripts.stack", "reset").returncode == 0
    assert not folder.exists()


def test_a_taken_port_ends_up_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = run(tmp_path, "scripts.stack", "up", KEYCLOAK_PORT=port)
    assert f"port {port} (KEYCLOAK_PORT) is taken" in error_of(done)
    assert state.is_clear(tmp_path / state.FOLDER)


def test_a_folder_that_cannot_be_written_ends_up_in_one_line(
    tmp_path: Path,
) -> None:
    (tmp_path / state.FOLDER).touch()
    line = error_of(run(tmp_path, "scripts.stack", "up"))
    assert "cannot write to" in line


def test_down_without_a_stack_is_content(tmp_path: Path) -> None:
    done = run(tmp_path, "scripts.stack", "down")
    assert (done.returncode, done.stdout) == (0, "nothing runs\n")


@pytest.fixture
def addresses(
    service: RunningService, stack: StackAddresses, realm: str
) -> dict[str, str]:
    return {
        "APP_URL": service.url,
        "KEYCLOAK_PUBLIC_URL": stack.keycloak_url,
        "KEYCLOAK_REALM": realm,
    }


def test_smoke_calls_what_runs(
    tmp_path: Path, addresses: dict[str, str]
) -> None:
    done = run(tmp_path, "scripts.smoke", **addresses)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "GET /api/me 401 " in done.stdout
    assert "GET /api/me 200 " in done.stdout
    assert re.search("^WS WHOAMI .*alice", done.stdout, re.MULTILINE)
    assert "answered as they should" in done.stdout


def test_smoke_says_that_nothing_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    line = error_of(run(tmp_path, "scripts.smoke", APP_URL=url))
    assert f"nothing answers at {url}" in line


def test_a_token_is_printed_and_nothing_else(
    tmp_path: Path, addresses: dict[str, str]
) -> None:
    done = run(tmp_path, "scripts.get_token", "bob", **addresses)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(".") == 2
    assert done.stdout.split() == [done.stdout.strip()]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PASSWORD": "wrong"}, "Keycloak refuses alice"),
        ({"KEYCLOAK_REALM": "elsewhere"}, "has no realm elsewhere"),
        ({"KEYCLOAK_PUBLIC_URL": "http://127.0.0.1:1"}, "does not answer"),
    ],
)
def test_no_token_has_a_reason(
    tmp_path: Path,
    addresses: dict[str, str],
    variables: dict[str, str],
    said: str,
) -> None:
    changed = {**addresses, **variables}
    line = error_of(run(tmp_path, "scripts.get_token", "alice", **changed))
    assert said in line
