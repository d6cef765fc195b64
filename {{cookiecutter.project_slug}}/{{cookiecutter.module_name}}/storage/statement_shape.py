"""What a statement looks like without what it is about."""

import re

_LITERAL = re.compile(
    r"""
    [eE]'(?:[^'\\]|\\.|'')*'            # E'it\'s'
    | '(?:[^']|'')*'                    # 'it''s'
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$   # $$it's$$
    | (?<![\w$."])\d+(?:\.\d+)?\b       # 41.5, but not $1 or name_1
    """,
    re.VERBOSE | re.DOTALL,
)
_PARAMETER = r"\$\d+(?:::[\w ]+(?:\(\?\))?(?:\[\])*)?"
_LIST = re.compile(rf"{_PARAMETER}(?:, {_PARAMETER})+")
_IN = re.compile(rf"\bIN \({_PARAMETER}\)")
_ROWS = re.compile(r"\(\$…\)(?:, \(\$…\))+")
_MOST_LETTERS = 2000


def shape(statement: str) -> str:
    """One line, no values; lists are the same, however long.

    Statements that differ in values only have the same shape, so that they
    can be counted. Cut after 2000 letters.
    """
    line = " ".join(_LITERAL.sub("?", statement).split())
    line = _IN.sub("IN ($…)", _LIST.sub("$…", line))
    return _ROWS.sub("($…), …", line)[:_MOST_LETTERS]
