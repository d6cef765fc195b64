"""What the documents tell to write, written into a copy of the service.

Every block that names its file is put there; then the copy is migrated,
started and asked.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from {{cookiecutter.module_name}}.observability.redis_metrics import RedisMetrics
from {{cookiecutter.module_name}}.realtime.redis_bus import RedisBus
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackAddresses
from tests.documents import ROOT, put, titled_blocks
from tests.issuer import CLIENT_ID, REALM, Issuer
from tests.running_service import SERVICE, RunningService, running
from tests.scratch_database import scratch_database
from tests.ws_client import connect

ANNOUNCE, GREET_ALL, GET_NOTES, ADD_NOTE = 802, 803, 810, 811
KEEP_NOTES = "keep-notes"
OK, PERMISSION_DENIED = 0, 3
PATIENCE_SECONDS = 20
# As `make migrate migration migrate`, in one process.
MIGRATE = """
import sys
from scripts.migrate import main

revision = ["revision", "--message", "notes"]
sys.exit(main(["upgrade"]) or main(revision) or main(["upgrade"]))
"""

type Sign = Callable[..., str]
type Run = Callable[..., str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented")
    without = shutil.ignore_patterns("__pycache__")
    for name in (SERVICE, "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for block in titled_blocks():
        put(block, folder)
    (folder / "migrate_notes.py").write_text(MIGRATE)
    return folder


@pytest.fixture(scope="module")
async def env(
    stack: StackAddresses, local_issuer: Issuer
) -> AsyncIterator[dict[str, str]]:
    async with scratch_database(stack, migrated=False) as database:
        yield {
            **stack.environment(),
            "ENV": "dev",
            "DB_NAME": database,
            "KEYCLOAK_BASE_URL": local_issuer.base_url,
            "KEYCLOAK_PUBLIC_URL": local_issuer.base_url,
            "KEYCLOAK_REALM": REALM,
            "KEYCLOAK_CLIENT_ID": CLIENT_ID,
            "REDIS_PREFIX": f"test:{uuid.uuid4().hex}:",
            "GREETING": "Moin",
        }


@pytest.fixture(scope="module")
def run(copy: Path, env: Mapping[str, str]) -> Run:
    """`run("scripts.tell", …)`: output of a module of the copy."""

    def run(module: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=copy,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def migrated(run: Run) -> None:
    run("migrate_notes")


@pytest.fixture(scope="module")
def documented(
    copy: Path, env: Mapping[str, str], migrated: None
) -> Iterator[RunningService]:
    with running(env, folder=copy) as service:
        yield service


@pytest.fixture
async def http(
    documented: RunningService,
) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=documented.url) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_code_is_whole(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=F", "--isolated"]
        + [str(copy / str(block.title)) for block in titled_blocks()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_first_request(
    run: Run, documented: RunningService, sign: Sign
) -> None:
    told = run("scripts.ask_me", documented.url, sign("reader"))
    assert told == "alice has 1 roles\n"


def test_first_package(
    run: Run, documented: RunningService, sign: Sign
) -> None:
    url = documented.url.replace("http", "ws", 1)
    told = run("scripts.greet", url, sign(), "Bob")
    assert told == "0 {'text': 'alice greets Bob'}\n"


async def test_notes_over_http(http: httpx2.AsyncClient, sign: Sign) -> None:
    headers = bearer(sign(KEEP_NOTES))
    made = await http.post(
        "/api/notes", json={"text": " milk "}, headers=headers
    )
    assert made.status_code == 201, made.text
    assert made.json()["text"] == "milk"
    listed = await http.get("/api/notes", headers=headers)
    assert listed.json() == [made.json()]
    others = await http.get("/api/notes", headers=bearer(sign(KEEP_NOTES)))
    assert others.json() == []
    refused = await http.get("/api/notes", headers=bearer(sign()))
    assert refused.json()["code"] == "permission_denied"


async def test_notes_over_websocket(
    documented: RunningService, sign: Sign
) -> None:
    token = sign(KEEP_NOTES)
    async with (
        connect(documented.url, token) as one,
        connect(documented.url, token) as other,
        connect(documented.url, sign()) as stranger,
    ):
        made = await one.ask(ADD_NOTE, {"text": "milk"})
        assert made["status_code"] == OK, made
        assert (await other.control("note"))["text"] == "milk"
        listed = await other.ask(GET_NOTES)
        assert listed["data"] == [made["data"]]
        refused = await stranger.ask(GET_NOTES)
        assert refused["status_code"] == PERMISSION_DENIED


async def test_package_that_tells_all(
    documented: RunningService, sign: Sign
) -> None:
    async with (
        connect(documented.url, sign("greet")) as one,
        connect(documented.url, sign()) as other,
    ):
        told = await one.ask(GREET_ALL, {"name": "Bob"})
        assert told["data"] == {"text": "alice greets Bob"}
        assert (await other.control("greeting"))["text"] == "alice greets Bob"
        refused = await other.ask(GREET_ALL, {"name": "Bob"})
        assert refused["status_code"] == PERMISSION_DENIED


async def test_messages_of_route_package_and_script(
    http: httpx2.AsyncClient, documented: RunningService, run: Run, sign: Sign
) -> None:
    async with (
        connect(documented.url, sign()) as one,
        connect(documented.url, sign()) as other,
    ):
        told = await one.ask(ANNOUNCE, {"text": "tea"})
        assert told["status_code"] == OK
        await one.control("thanks")
        await http.post(
            "/api/announcements", json={"text": "cake"}, headers=bearer(sign())
        )
        await asyncio.to_thread(run, "scripts.tell")
        heard = [(await other.control("announcement"))["text"] for _ in "123"]
        assert heard == ["tea", "cake", "from a script"]


async def test_task_hears_a_channel(
    documented: RunningService, env: Mapping[str, str]
) -> None:
    settings = Settings.model_validate(dict(env))
    bus = RedisBus(settings, RedisMetrics(CollectorRegistry()))
    await bus.publish("clock", "what time is it?")
    await bus.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "Somebody asks for the time" not in documented.log:
            await asyncio.sleep(0.02)


async def test_setting_and_extension(
    http: httpx2.AsyncClient, documented: RunningService, sign: Sign
) -> None:
    assert (await http.get("/api/greeting")).json() == {"text": "Moin"}
    load = await http.get("/api/load", headers=bearer(sign()))
    assert load.json()["limit"] == 1000
    health = (await http.get("/health")).json()
    assert "load" in str(health)
    assert "Load at the start" in documented.log
