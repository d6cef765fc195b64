"""Code in the documents compiles, and what it names exists."""

import ast
import builtins
import importlib
import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from symtable import SymbolTable, symtable

import pytest

from tests.documents import (
    ROOT,
    SHELL,
    Block,
    blocks,
    pages,
    python_blocks,
    titled_blocks,
)

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MADE_LATER = "reference/"


def is_whole(block: Block) -> bool:
    """Whether it uses no name that stands elsewhere."""
    try:
        module = symtable(block.text, str(block), "exec")
    except SyntaxError:  # awaits outside of a function
        return False
    known = {s.get_name() for s in module.get_symbols() if s.is_local()}
    return set(globals_of(module)) <= known | vars(builtins).keys()


def globals_of(table: SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_global():
            yield symbol.get_name()
    for inner in table.get_children():
        yield from globals_of(inner)


@pytest.mark.parametrize("block", python_blocks(), ids=str)
def test_code_compiles(block: Block) -> None:
    compile(
        block.text,
        str(block),
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )


@pytest.mark.parametrize("block", python_blocks(), ids=str)
def test_imports_are_there(block: Block) -> None:
    written = written_modules()
    missing = [
        f"{module}.{name}"
        for module, name in imports(block.text)
        if name not in written.get(module, ()) and not exists(module, name)
    ]
    assert not missing


def written_modules() -> dict[str, set[str]]:
    """Names that blocks with a title define, by module."""
    found: dict[str, set[str]] = {}
    for block in titled_blocks():
        path = Path(str(block.title)).with_suffix("")
        module = ".".join(path.parts).removesuffix(".__init__")
        found.setdefault(module, set()).update(definitions(block.text))
    return found


def definitions(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.TypeAlias(name=ast.Name() as name):
                yield name.id
            case ast.Assign(targets=targets):
                yield from (t.id for t in targets if isinstance(t, ast.Name))


def imports(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative import"
            yield from ((str(node.module), a.name) for a in node.names)


def exists(module: str, name: str) -> bool:
    if find_spec(module) is None:
        return False
    if not name or hasattr(importlib.import_module(module), name):
        return True
    return find_spec(f"{module}.{name}") is not None


@pytest.mark.parametrize(
    "block",
    [b for b in python_blocks() if not b.title and is_whole(b)],
    ids=str,
)
def test_whole_code_runs(block: Block) -> None:
    """What has a title runs in a service instead."""
    exec(compile(block.text, str(block), "exec"), {"__name__": "documents"})


@pytest.mark.parametrize(
    "block", [b for b in blocks() if b.language == "json"], ids=str
)
def test_json_parses(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize(
    "block", [b for b in blocks() if b.language in SHELL], ids=str
)
def test_commands_are_there(block: Block) -> None:
    for target in re.findall(r"(?<![\w-])make ([a-z][\w-]*)", block.text):
        assert target in make_targets(), f"make {target}"
    written = written_modules()
    for module in re.findall(r"python -m ([\w.]+)", block.text):
        assert module in written or find_spec(module), module


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_targets_named_in_prose_are_there(page: Path) -> None:
    for target in re.findall(r"`make ([a-z][\w-]*)", page.read_text("utf-8")):
        assert target in make_targets(), f"make {target}"


def make_targets() -> set[str]:
    files = [ROOT / "Makefile", *ROOT.glob("scripts/mk/*.mk")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    return set(re.findall(r"^([a-z][\w-]*):", text, re.MULTILINE))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """The strict build looks at anchors, too, but only below docs/."""
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target and not target.startswith(MADE_LATER):
            assert (page.parent / target).exists(), target
