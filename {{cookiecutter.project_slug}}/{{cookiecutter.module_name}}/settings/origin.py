"""Where pages come from, as a browser says it."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value.lower())
    except ValueError:
        parts = urlsplit("")
    exact = (
        f"{parts.scheme}://{parts.netloc}" == value.lower() and parts.hostname
    )
    if value != "*" and ("*" in value or not exact):
        raise ValueError("not * or an origin such as https://app.example.com")
    return value.lower()


type Origin = Annotated[str, AfterValidator(_origin)]
