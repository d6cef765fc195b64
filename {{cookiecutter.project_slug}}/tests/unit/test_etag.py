"""Versions in headers."""

import pytest

from {{cookiecutter.module_name}}.dependencies.etag import etag, expected_versions


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        ("*", None),
        (" * ", None),
        ('"7"', {7}),
        ('"7","8" , "9"', {7, 8, 9}),
        ('W/"7"', set()),
        ('W/"7", "8"', {8}),
        ("7", set()),
        ("", set()),
        ('"seven"', set()),
        ('"7" "8"', set()),
        ('"9999999999"', set()),
    ],
)
async def test_if_match(header: str | None, versions: set[int] | None) -> None:
    found = await expected_versions(header)
    assert (None if found is None else set(found)) == versions


async def test_both_ways() -> None:
    assert await expected_versions(etag(12)) == frozenset({12})
