import pytest

from {{cookiecutter.module_name}}.storage.statement_shape import shape


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a\n  FROM  b", "SELECT a FROM b"),
        ("SELECT 'it''s' WHERE a = 'b'", "SELECT ? WHERE a = ?"),
        (r"SELECT E'it\'s', e'\\', 'x'", "SELECT ?, ?, ?"),
        ("SELECT 'ends with \\', 'x'", "SELECT ?, ?"),
        ("SELECT $$it's$$, $t$a$$b$t$", "SELECT ?, ?"),
        ("SELECT 41, 4.5, a1, b_2, $3", "SELECT ?, ?, a1, b_2, $3"),
        ("LIMIT 5 OFFSET $1::INTEGER", "LIMIT ? OFFSET $1::INTEGER"),
        ("a IN ($1)", "a IN ($…)"),
        ("a IN ($1::BIGINT, $2::BIGINT)", "a IN ($…)"),
        ("f($1::VARCHAR(200)[], $2)", "f($…)"),
        (
            "VALUES ($1::VARCHAR, $2), ($3::VARCHAR, $4)",
            "VALUES ($…), …",
        ),
    ],
)
def test_shape(statement: str, expected: str) -> None:
    assert shape(statement) == expected


def test_a_long_one_is_cut() -> None:
    assert len(shape("SELECT " + "a + " * 10_000)) == 2000


def test_hostile_text_takes_no_time() -> None:
    for part in ("'", "$", "($1, ", "E'", "$a$", "1.", "$1::a "):
        shape(part * 20_000)
