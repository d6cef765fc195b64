"""Users of tokens that were verified before."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from {{cookiecutter.module_name}}.schemas.user import UserModel


@dataclass(frozen=True, slots=True)
class CachedUser:
    """`expires` is the token's `exp`; `revision` that of the keys."""

    user: UserModel
    expires: float
    revision: int


class TokenCache:
    """The last `size` tokens used, by digest; tokens are not kept."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._users: OrderedDict[bytes, CachedUser] = OrderedDict()

    def __len__(self) -> int:
        return len(self._users)

    @staticmethod
    def digest(token: str) -> bytes:
        """The key of a token."""
        return hashlib.sha256(token.encode()).digest()

    def get(
        self, digest: bytes, *, now: float, revision: int
    ) -> UserModel | None:
        """None past the token's end and after any change of the keys."""
        cached = self._users.get(digest)
        if cached is None:
            return None
        if now >= cached.expires or cached.revision != revision:
            del self._users[digest]
            return None
        self._users.move_to_end(digest)
        return cached.user

    def put(self, digest: bytes, cached: CachedUser) -> None:
        """Drops the token unused for longest when there are too many."""
        self._users[digest] = cached
        if len(self._users) > self._size:
            self._users.popitem(last=False)
