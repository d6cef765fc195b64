"""Every code that a socket is closed with."""

from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode
from {{cookiecutter.module_name}}.settings import Settings

from scripts.text_table import markdown

HEAD = ("code", "name", "means", "reconnect")


def page(_: Settings) -> str:
    """As declared once in schemas/close_codes.py."""
    rows = [
        (str(int(code)), f"`{code.name}`", code.meaning, str(code.reconnect))
        for code in CloseCode
    ]
    return markdown([HEAD, *rows])
