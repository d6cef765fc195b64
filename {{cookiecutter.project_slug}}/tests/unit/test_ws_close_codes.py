"""The table of close codes is the contract that clients were written to."""

import pytest

from {{cookiecutter.module_name}}.schemas.close_codes import CloseCode, Reconnect

TABLE = {
    1000: Reconnect.NO,
    1002: Reconnect.NO,
    1003: Reconnect.NO,
    1007: Reconnect.NO,
    1008: Reconnect.NO,
    1009: Reconnect.NO,
    1011: Reconnect.LATER,
    1012: Reconnect.YES,
    1013: Reconnect.LATER,
    4008: Reconnect.YES,
    4401: Reconnect.LOG_IN,
    4408: Reconnect.LOG_IN,
    4429: Reconnect.LATER,
}


def test_every_code_says_what_a_client_does() -> None:
    assert {int(code): code.reconnect for code in CloseCode} == TABLE


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_every_code_has_a_meaning_of_its_own(code: CloseCode) -> None:
    assert code.meaning
    assert [c for c in CloseCode if c.meaning == code.meaning] == [code]
