"""Numbers on the wire of the package protocol."""

from enum import IntEnum

from {{cookiecutter.module_name}}.schemas.response import RSPCode

__all__ = ["PkgID", "RSPCode"]


class PkgID(IntEnum):
    """What a package asks for; an id is never given twice."""

    # [example]
    GET_AUTHORS = 1
    GET_PAGINATED_AUTHORS = 2
    CREATE_AUTHOR = 3
    GET_BOOKS = 4
    CREATE_BOOK = 5
    # [/example]
    WHOAMI = 100
    # For tests; nothing is ever registered for it.
    UNREGISTERED_HANDLER = 999
