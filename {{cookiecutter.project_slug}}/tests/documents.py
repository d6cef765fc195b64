"""What stands in the documents, apart from prose."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHELL = ("", "sh", "bash", "shell")
_FENCE = re.compile(r'```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?')


@dataclass(frozen=True, slots=True)
class Block:
    """Lines between two fences; `title` names the file they belong into."""

    page: Path
    line: int
    language: str
    title: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


@cache
def pages() -> tuple[Path, ...]:
    """All Markdown that is written by hand."""
    written = [
        path
        for path in (ROOT / "docs").rglob("*.md")
        if "reference" not in path.parts
    ]
    return tuple(sorted([*ROOT.glob("*.md"), *written]))


@cache
def blocks() -> tuple[Block, ...]:
    """All of all pages, in their order."""
    return tuple(block for page in pages() for block in _blocks_of(page))


def python_blocks() -> list[Block]:
    """Code, titled or not."""
    return [block for block in blocks() if block.language == "python"]


def titled_blocks() -> list[Block]:
    """Code that belongs into a file."""
    return [block for block in python_blocks() if block.title]


def _blocks_of(page: Path) -> Iterator[Block]:
    lines = iter(enumerate(page.read_text("utf-8").splitlines(), 1))
    for number, line in lines:
        if not line.startswith("```"):
            continue
        opening = _FENCE.fullmatch(line)
        assert opening is not None, f"{page}:{number}: {line}"
        text: list[str] = []
        for _, inner in lines:
            if inner == "```":
                break
            text.append(inner)
        yield Block(
            page,
            number,
            opening["language"],
            opening["title"],
            "\n".join(text) + "\n",
        )


def put(block: Block, root: Path) -> None:
    """Into its file below `root`.

    Classes of a file that is there already get the members that follow `...`
    in the block.
    """
    assert block.title is not None
    path = root / block.title
    if path.exists():
        path.write_text(_extended(path.read_text("utf-8"), block), "utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.name != "scripts" and path.name != "__init__.py":
        (path.parent / "__init__.py").touch()
    path.write_text(block.text, "utf-8")


def _extended(source: str, block: Block) -> str:
    lines = source.splitlines()
    for new in _classes(block.text):
        (old,) = (c for c in _classes(source) if c.name == new.name)
        marks = [n for n in new.body if ast.unparse(n) == "..."]
        assert marks, f"{block}: no `...` in {new.name}"
        members = block.text.splitlines()[marks[0].lineno : new.end_lineno]
        lines[old.end_lineno : old.end_lineno] = members
    return "\n".join(lines) + "\n"


def _classes(source: str) -> list[ast.ClassDef]:
    body = ast.parse(source).body
    return [node for node in body if isinstance(node, ast.ClassDef)]
