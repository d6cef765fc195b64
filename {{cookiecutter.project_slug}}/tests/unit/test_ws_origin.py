"""Exact origins, or our own host's."""

import pytest
from starlette.datastructures import Headers

from {{cookiecutter.module_name}}.api.ws.origin import origin_allowed

LISTED = ("https://app.example.com",)


def headers(*origins: str, host: str = "api.example.com") -> Headers:
    pairs = [("host", host), *(("origin", origin) for origin in origins)]
    raw = [(name.encode(), value.encode()) for name, value in pairs]
    return Headers(raw=raw)


@pytest.mark.parametrize(
    ("origins", "allowed", "found"),
    [
        ((), (), True),
        (("https://app.example.com",), LISTED, True),
        (("https://api.example.com",), (), True),
        (("https://other.example.com",), LISTED, False),
        (("https://other.example.com",), ("*",), True),
        (("https://app.example.com.",), LISTED, False),
        (("https://app.example.com/",), LISTED, False),
        (("HTTPS://app.example.com",), LISTED, False),
        (("https://app.example.com", "https://evil.com"), LISTED, False),
        (("https://api.example.com@evil.com",), (), False),
        (("https://evil.com#api.example.com",), (), False),
        (("https://evil.com/api.example.com",), (), False),
        (("https://api.example.com:8000",), (), False),
        (("null",), (), False),
        (("",), (), False),
        (("http://[",), (), False),
    ],
)
def test_origins(
    origins: tuple[str, ...], allowed: tuple[str, ...], *, found: bool
) -> None:
    assert origin_allowed(headers(*origins), allowed) is found


def test_an_empty_host_is_nobodys() -> None:
    assert not origin_allowed(headers("null", host=""), ())
    assert not origin_allowed(headers("", host=""), ())
