"""Why a socket ends, and what its client should do then."""

from enum import IntEnum, StrEnum

from {{cookiecutter.module_name}} import constants


class Reconnect(StrEnum):
    """What a client does after a close."""

    NO = "no"
    YES = "yes"
    LATER = "later"
    LOG_IN = "log in again"


class CloseCode(IntEnum):
    """Every code that the service closes with, declared once."""

    meaning: str
    reconnect: Reconnect

    def __new__(
        cls, number: int, meaning: str, reconnect: Reconnect
    ) -> "CloseCode":
        """A number that knows its meaning."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        code.reconnect = reconnect
        return code

    NORMAL = 1000, "normal end", Reconnect.NO
    # The library sends this one and INVALID_TEXT by itself.
    PROTOCOL_ERROR = 1002, "frames against the protocol", Reconnect.NO
    UNSUPPORTED_FRAME = 1003, "frame of an unsupported kind", Reconnect.NO
    INVALID_TEXT = 1007, "text that is no UTF-8", Reconnect.NO
    POLICY = (
        constants.WS_POLICY_VIOLATION_CODE,
        "origin or number of connections",
        Reconnect.NO,
    )
    TOO_BIG = 1009, "frame over the size limit", Reconnect.NO
    INTERNAL = 1011, "internal error", Reconnect.LATER
    RESTART = 1012, "this server goes away", Reconnect.YES
    OVERLOADED = 1013, "too much load", Reconnect.LATER
    SLOW_CONSUMER = 4008, "messages are not read", Reconnect.YES
    UNAUTHORIZED = 4401, "login missing or over", Reconnect.LOG_IN
    LOGIN_TIMEOUT = 4408, "no login in time", Reconnect.LOG_IN
    MESSAGE_RATE = 4429, "too many messages", Reconnect.LATER
