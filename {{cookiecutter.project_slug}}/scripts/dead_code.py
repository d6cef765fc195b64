"""`make dead-code-scan`: vulture, without what is used by being there.

Tests count as users and are not looked at themselves. A field of a class is
read by Pydantic and SQLAlchemy, a consumer is found by its place.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from vulture import Vulture
from vulture.config import make_config
from vulture.core import Item

_FOUND_BY_PLACE = "consumers"


def main() -> int:
    """0 when everything is used, 1 with a line for each that is not."""
    config = make_config([])
    scan = Vulture(
        ignore_names=config["ignore_names"],
        ignore_decorators=config["ignore_decorators"],
    )
    scan.scavenge(config["paths"], exclude=config["exclude"])
    unused = scan.get_unused_code(min_confidence=config["min_confidence"])
    dead = [item.get_report() for item in unused if not _expected(item)]
    print("\n".join(dead) or "no dead code")
    return 1 if dead else 0


def _expected(item: Item) -> bool:
    parts = item.filename.parts
    return (
        # ruff knows better which imports are used.
        item.typ == "import"
        or "tests" in parts
        or _FOUND_BY_PLACE in parts
        or item.first_lineno in _fields(item.filename)
    )


@cache
def _fields(path: Path) -> frozenset[int]:
    """Lines with an annotated name in the body of a class."""
    return frozenset(_field_lines(ast.parse(path.read_text("utf-8"))))


def _field_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.AnnAssign):
                    yield part.lineno


if __name__ == "__main__":
    sys.exit(main())
