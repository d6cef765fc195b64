"""TLS to PostgreSQL, by libpq's modes."""

import ssl
from typing import Any

from {{cookiecutter.module_name}}.settings import Settings


def tls(settings: Settings) -> dict[str, Any]:
    """For the driver, which knows `disable` and `prefer` itself.

    The other modes are contexts: the driver alone would also read files in
    the home folder.
    """
    mode = settings.DB_SSL_MODE
    if mode in ("disable", "prefer"):
        return {"ssl": mode}
    context = ssl.create_default_context(cafile=settings.DB_SSL_ROOT_CERT)
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def is_about_tls(error: BaseException | None) -> bool:
    """Whether the two sides did not come to terms."""
    refused = isinstance(error, ConnectionError) and "SSL" in str(error)
    return refused or isinstance(error, ssl.SSLError)
