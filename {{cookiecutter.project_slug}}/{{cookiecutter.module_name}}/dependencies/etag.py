"""Versions of a resource as HTTP tells them: ETag and If-Match."""

import re
from typing import Annotated

from fastapi import Depends, Header

_STRONG_TAG = re.compile(r'(?:^|,)\s*"(\d{1,9})"\s*(?=,|$)')


def etag(version: int) -> str:
    """The header's value."""
    return f'"{version}"'


async def expected_versions(
    if_match: Annotated[
        str | None,
        Header(description="The `ETag` of the copy that you changed."),
    ] = None,
) -> frozenset[int] | None:
    """None without the header or for `*`; foreign tags match nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(int(tag) for tag in _STRONG_TAG.findall(if_match))


type ExpectedVersions = Annotated[
    frozenset[int] | None, Depends(expected_versions)
]
