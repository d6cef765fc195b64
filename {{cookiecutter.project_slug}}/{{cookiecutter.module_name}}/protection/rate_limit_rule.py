"""How often something may be asked for, written beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from {{cookiecutter.module_name}}.exceptions import StartupError
from {{cookiecutter.module_name}}.protection.client_address import address_key
from {{cookiecutter.module_name}}.protection.rate_limiter import LimitCheck
from {{cookiecutter.module_name}}.settings import Settings

type By = Literal["user", "address"]


class Subject(NamedTuple):
    """Who asks: a user where one is logged in, at an address."""

    user_id: str | None
    address: str

    def counted(self, by: By) -> tuple[By, str]:
        """Without a login it is the address, whatever the rule says."""
        if by == "user" and self.user_id is not None:
            return "user", self.user_id
        return "address", address_key(self.address)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`limit` in any `window_seconds`, and `burst` on top of it.

    `limit` may be the name of a setting. As a dependency of a route it does
    nothing: the route table reads it, and a middleware asks before the route
    is called. `alone` takes the place of the limit of all requests. With
    `fail_open` nobody is refused while Redis does not answer, whatever the
    settings say. Raises ValueError for what nobody could keep.
    """

    limit: int | str
    window_seconds: float = 60
    burst: int = 0
    by: By = "user"
    alone: bool = False
    fail_open: bool = False

    def __post_init__(self) -> None:
        too_low = isinstance(self.limit, int) and self.limit < 1
        if too_low or self.burst < 0 or self.window_seconds <= 0:
            raise ValueError(f"{self} lets nobody through.")

    async def __call__(self) -> None:
        """See the class."""

    def check(self, kind: str, name: str, subject: Subject) -> LimitCheck:
        """For one request; what has the same `name` is counted together."""
        by, whom = subject.counted(self.by)
        return LimitCheck(
            f"{kind}:{name}:{self.window_seconds:g}:{by}:{whom}",
            self.limit,
            self.window_seconds,
            self.burst,
            kind,
            self.fail_open,
        )


def require_settings(rules: Iterable[RateLimit], settings: Settings) -> None:
    """Raises StartupError for a rule that names no setting."""
    for rule in rules:
        name = rule.limit
        if isinstance(name, int):
            continue
        found = getattr(settings, name, None) if name.isupper() else None
        if type(found) is not int or found < 1:
            raise StartupError(
                f"A rate limit names {name}, which is no setting with a "
                "number above 0.",
                "name a setting, or write the number",
            )
