"""Limits of a route."""

from {{cookiecutter.module_name}}.protection.rate_limit_rule import By, RateLimit


def rate_limit(
    limit: int | str,
    window_seconds: float = 60,
    burst: int = 0,
    by: By = "user",
    *,
    alone: bool = False,
    fail_open: bool = False,
) -> RateLimit:
    """For `Depends`: so often may one user, or address, call the route.

    `limit` may be the name of a setting; `burst` is on top of it. Every
    route of a router that has this counts for itself. With `alone` the
    limit of all requests does not count here; `fail_open` lets through
    what Redis cannot count, whatever the settings say.
    """
    return RateLimit(limit, window_seconds, burst, by, alone, fail_open)
