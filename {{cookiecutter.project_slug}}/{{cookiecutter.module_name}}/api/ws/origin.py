"""Whose pages may open a socket."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

ANY = "*"


def origin_allowed(headers: Headers, allowed: Collection[str]) -> bool:
    """Programs send no origin; a page's is listed, or is our own host's."""
    origins = headers.getlist("origin")
    if not origins or ANY in allowed:
        return True
    if len(origins) > 1:
        return False
    return origins[0] in allowed or _host_of(origins[0]) == headers.get("host")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
