"""Where the verifier gets public keys from."""

from typing import Protocol

from joserfc.jwk import Key


class KeySource(Protocol):
    """The keys of one issuer; see tests/contract for its promises."""

    @property
    def loaded(self) -> bool:
        """Whether keys were fetched at least once."""

    def revision(self) -> int:
        """Grows whenever a key came or went; never waits."""

    async def get(self, kid: str) -> Key | None:
        """The key of that id, None if the issuer has none.

        Raises UnavailableError while no key was ever fetched.
        """

    async def refresh(self) -> None:
        """Asks the issuer now; raises UnavailableError if it is silent."""
