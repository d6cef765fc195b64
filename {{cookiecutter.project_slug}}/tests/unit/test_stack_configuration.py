import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from {{cookiecutter.module_name}}.extension import discover
from {{cookiecutter.module_name}}.settings import Settings

from scripts.stack import StackError
from scripts.stack.configuration import Configuration

ROOT = Path(__file__).parents[2]
READ_BY_THE_STACK = {
    "KEYCLOAK_PORT",
    "STACK_CACHE_DIR",
    "STACK_TIMEOUT_SECONDS",
}


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


def test_a_port_that_was_asked_for_and_is_taken_is_refused(
    taken: int,
) -> None:
    wanted = Configuration({"DB_PORT": str(taken)})
    with pytest.raises(StackError, match=rf"port {taken} \(DB_PORT\)"):
        wanted.choose_ports({"DB_PORT": 1}, print)


def test_a_default_port_that_is_taken_gives_way(taken: int) -> None:
    defaults = {"APP_PORT": taken, "DB_PORT": taken}
    told: list[str] = []
    chosen = Configuration({}).choose_ports(defaults, told.append)
    assert chosen["APP_PORT"] > taken
    assert f"port {taken} is taken: APP_PORT={chosen['APP_PORT']}" in told
    assert len(set(chosen.values())) == len(chosen)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80"])
def test_what_is_no_port_is_refused(value: str) -> None:
    with pytest.raises(StackError, match=r"APP_PORT=.* is no port"):
        Configuration({"APP_PORT": value}).port("APP_PORT", 8000)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DB_USER=file\nDB_NAME=file\nDB_PORT=\n")
    monkeypatch.setenv("DB_USER", "environment")
    monkeypatch.delenv("DB_NAME", raising=False)
    monkeypatch.delenv("DB_PORT", raising=False)
    read = Configuration.read(tmp_path)
    assert read.get("DB_USER", "") == "environment"
    assert read.get("DB_NAME", "") == "file"
    assert read.port("DB_PORT", 1) == 1


def test_the_development_realm_is_not_for_production() -> None:
    with pytest.raises(StackError, match="ENV=production"):
        Configuration({"ENV": "production"}).refuse_production()


def test_the_example_of_settings_names_real_ones() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, re.MULTILINE))
    assert named >= READ_BY_THE_STACK
    known = set(Settings.model_fields)
    for extension in discover("{{cookiecutter.module_name}}.extensions"):
        if extension.settings is not None:
            known |= set(extension.settings.model_fields)
    assert named - READ_BY_THE_STACK <= known
