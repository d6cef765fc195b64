"""Where a new member of an enum goes."""

import pytest

from scripts.generator.enum_class import EnumClass

# Apart, so that no tool takes them for marks of this file.
OPEN, CLOSE = "# [" + "piece]", "# [/" + "piece]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""Doc."""', '"""Doc."""\n\nNEW = "new"'),
        ('"""Doc."""\n\n# Note.', '"""Doc."""\n\nNEW = "new"\n# Note.'),
        ('A = "a"\n# Note.', 'A = "a"\nNEW = "new"\n# Note.'),
        (
            f'"""Doc."""\n\n{OPEN}\nA = "a"\nB = "b"\n{CLOSE}\n# Note.',
            f'"""Doc."""\n\n{OPEN}\nA = "a"\nB = "b"\n{CLOSE}\nNEW = "new"\n'
            "# Note.",
        ),
        (
            f'{OPEN}\nA = "a"\n{CLOSE}\nB = "b"\n\n\nC = (\n    "c"\n)',
            f'{OPEN}\nA = "a"\n{CLOSE}\nB = "b"\n\n\nC = (\n    "c"\n)\n'
            'NEW = "new"',
        ),
    ],
)
def test_below_the_last_and_outside_of_marks(before: str, after: str) -> None:
    found = EnumClass.read(_class(before), "Role").add("NEW", "new")
    assert found == _class(after)


def test_below_the_one_that_is_named() -> None:
    text = _class("A = 1\nB = 5\n# Tests.\nC = 999")
    found = EnumClass.read(text, "Role").add("NEW", 6, after="B")
    assert found == _class("A = 1\nB = 5\nNEW = 6\n# Tests.\nC = 999")
    text = _class(f"{OPEN}\nA = 1\n{CLOSE}\nB = 5")
    found = EnumClass.read(text, "Role").add("NEW", 2, after="A")
    assert found == _class(f"{OPEN}\nA = 1\n{CLOSE}\nNEW = 2\nB = 5")


def test_another_class_is_not_touched() -> None:
    text = _class("A = 1") + "\n\nclass Other:\n    B = 2\n"
    found = EnumClass.read(text, "Role").add("NEW", 2)
    assert found == _class("A = 1\nNEW = 2") + "\n\nclass Other:\n    B = 2\n"


def test_there_is_no_such_class() -> None:
    with pytest.raises(LookupError, match="Other"):
        EnumClass.read(_class("A = 1"), "Other")


def _class(body: str) -> str:
    lines = (f"    {line}" if line else "" for line in body.split("\n"))
    return "class Role(StrEnum):\n" + "\n".join(lines) + "\n"
