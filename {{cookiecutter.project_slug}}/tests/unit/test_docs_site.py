"""The site of the documents: complete, without a warning, self-contained."""

import re
import shutil
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest

from {{cookiecutter.module_name}}.api.ws.constants import PkgID
from {{cookiecutter.module_name}}.exceptions import ServiceError
from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.settings import Settings, load_settings

from scripts.docs.reference import PAGES, write
from scripts.rbac import matrix
from tests.documents import ROOT

ASSET = re.compile(r"<(?:script|img|iframe)[^>]+src=\"?(?:https?:)?//[^>]+>")
STYLE = re.compile(r"<link[^>]+href=\"?(?:https?:)?//[^>]+>")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mkdocs.yml and docs/, with the reference of this code."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    write(folder / "docs" / "reference", load_settings(None))
    return folder


@pytest.fixture(scope="module")
def site(sources: Path) -> Path:
    zensical = Path(sys.executable).with_name("zensical")
    done = subprocess.run(
        [zensical, "build", "--clean", "--strict"],
        cwd=sources,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return sources / "site"


def test_strict_build_makes_every_page(sources: Path, site: Path) -> None:
    for page in (sources / "docs").rglob("*.md"):
        path = page.relative_to(sources / "docs").with_suffix("")
        folder = path.parent if path.name == "index" else path
        assert (site / folder / "index.html").is_file(), page.name


def test_navigation_has_every_page_once(sources: Path) -> None:
    named = re.findall(r": (\S+\.md)$", _navigation(), re.MULTILINE)
    there = {
        path.relative_to(sources / "docs").as_posix()
        for path in (sources / "docs").rglob("*.md")
    }
    assert sorted(named) == sorted(there)


def _navigation() -> str:
    return (ROOT / "mkdocs.yml").read_text("utf-8").partition("nav:")[2]


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not [*ASSET.findall(text), *STYLE.findall(text)], page


def _names(kind: type[Enum]) -> set[str]:
    return {member.name for member in kind} - {"UNREGISTERED_HANDLER"}


def test_reference_names_everything(sources: Path) -> None:
    def shown(page: str) -> str:
        return (sources / "docs/reference" / f"{page}.md").read_text("utf-8")

    settings = load_settings(None)
    assert all(f"`{name}`" in shown("settings") for name in _fields(Settings))
    assert all(f"## {name} " in shown("packages") for name in _names(PkgID))
    assert all(
        f"| {code.value} | `{code.name}`" in shown("close-codes")
        for code in CloseCode
    )
    for family in Metrics("dev").registry.collect():
        assert f"`{family.name}" in shown("metrics")
    for entry in matrix(settings):
        if not entry.name.startswith("WS:"):
            assert f"`{entry.name}`" in shown("routes")
    for error in ServiceError.__subclasses__():
        assert f"`{error.__name__}`" in shown("errors")


def _fields(kind: type[Settings]) -> set[str]:
    return set(kind.model_fields)


def test_reference_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("# Old")
    write(tmp_path, load_settings(None))
    assert {path.stem for path in tmp_path.iterdir()} == PAGES.keys()


def test_defaults_are_shown_and_no_secret_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "of-this-machine")
    monkeypatch.setenv("APP_PORT", "4711")
    write(tmp_path, load_settings(None))
    text = (tmp_path / "settings.md").read_text("utf-8")
    assert "| `APP_PORT` | int | `8000` | >= 0, <= 65535 |" in text
    assert "of-this-machine" not in text
