"""All pages of the reference."""

from collections.abc import Callable
from pathlib import Path

from {{cookiecutter.module_name}}.settings import Settings

from scripts.docs import classes, metrics, packages, routes, settings, sockets

type Page = Callable[[Settings], str]

PAGES: dict[str, tuple[str, Page]] = {
    "settings": ("Settings", settings.page),
    "routes": ("Routes", routes.page),
    "packages": ("Packages", packages.page),
    "close-codes": ("Close codes", sockets.page),
    "metrics": ("Metrics", metrics.page),
    "errors": ("Errors", classes.errors_page),
    "commands": ("Commands", classes.commands_page),
}
NOTICE = "Made from the code by `make docs`.\n\n"


def write(folder: Path, settings: Settings) -> None:
    """Replaces what an earlier run left; raises StartupError."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        old.unlink()
    for name, (title, page) in PAGES.items():
        text = f"# {title}\n\n{NOTICE}{page(settings)}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
