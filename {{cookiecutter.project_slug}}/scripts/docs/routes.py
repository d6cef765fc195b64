"""Every HTTP route and who may call it."""

from {{cookiecutter.module_name}}.settings import Settings

from scripts.rbac import Entry, matrix
from scripts.text_table import markdown

HEAD = ("route", "who")
WORDS = {
    "public": "anybody",
    "login": "any login",
    "unmarked": "**not marked**",
}


def page(settings: Settings) -> str:
    """The same table as `make rbac`."""
    rows = [
        (f"`{entry.name}`", who(entry))
        for entry in matrix(settings)
        if not entry.name.startswith("WS:")
    ]
    return markdown([HEAD, *rows])


def who(entry: Entry) -> str:
    """For people."""
    if entry.roles:
        return " and ".join(f"`{role}`" for role in entry.roles)
    return WORDS[entry.access]
