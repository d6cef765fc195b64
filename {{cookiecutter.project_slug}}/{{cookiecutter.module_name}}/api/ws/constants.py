"""Numbers on the wire of the package protocol."""

from enum import IntEnum


class PkgID(IntEnum):
    """What a package asks for; an id is never given twice."""

    # [example]
    GET_AUTHORS = 1
    GET_PAGINATED_AUTHORS = 2
    CREATE_AUTHOR = 3
    # [/example]
    WHOAMI = 100
    # For tests; nothing is ever registered for it.
    UNREGISTERED_HANDLER = 999


class RSPCode(IntEnum):
    """How a package's request ended."""

    OK = 0
    ERROR = 1
    INVALID_DATA = 2
    PERMISSION_DENIED = 3
