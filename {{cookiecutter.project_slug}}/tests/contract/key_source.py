"""What every KeySource does; subclasses provide the fixtures."""

from {{cookiecutter.module_name}}.auth import KeySource


class KeySourceContract:
    """`source` is fresh, and its issuer publishes a key `known_kid`."""

    async def test_nothing_is_fetched_before_it_is_needed(
        self, source: KeySource
    ) -> None:
        assert not source.loaded

    async def test_a_published_key_is_found(
        self, source: KeySource, known_kid: str
    ) -> None:
        key = await source.get(known_kid)
        assert key is not None
        assert key.kid == known_kid
        assert source.loaded

    async def test_an_unknown_key_is_none(self, source: KeySource) -> None:
        assert await source.get("nobody-knows") is None
        assert await source.get("") is None

    async def test_keys_for_encryption_are_not_offered(
        self, source: KeySource, encryption_kid: str
    ) -> None:
        assert await source.get(encryption_kid) is None

    async def test_without_a_change_the_revision_stays(
        self, source: KeySource, known_kid: str
    ) -> None:
        await source.get(known_kid)
        before = source.revision()
        await source.refresh()
        await source.get("nobody-knows")
        assert source.revision() == before
