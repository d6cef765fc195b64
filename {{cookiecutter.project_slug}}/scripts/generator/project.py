"""The files of a project that the generator reads and writes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts import realm_file
from scripts.generator.enum_class import EnumClass
from scripts.generator.finding import Finding, Refused
from scripts.generator.wanted import MODULE, Wanted


@dataclass(frozen=True, slots=True)
class Registration:
    """A function that serves a package, and where it stands."""

    pkg_id: str
    function: str
    path: Path


@dataclass(frozen=True, slots=True)
class Project:
    """A rendered service; nothing of it is imported."""

    root: Path

    @property
    def package(self) -> Path:
        """The folder of the service's package."""
        return self.root / MODULE

    @property
    def constants(self) -> Path:
        """Where PkgID is."""
        return self.package / "api" / "ws" / "constants.py"

    @property
    def roles(self) -> Path:
        """Where Role is."""
        return self.package / "roles.py"

    @property
    def realm(self) -> Path:
        """What Keycloak imports."""
        return realm_file.path_in(self.root)

    def handler(self, wanted: Wanted) -> Path:
        """Of the package handler."""
        return self._named(wanted, "api", "ws", "handlers")

    def command(self, wanted: Wanted) -> Path:
        """Of what it does."""
        return self._named(wanted, "commands")

    def schema(self, wanted: Wanted) -> Path:
        """Of its models."""
        return self._named(wanted, "schemas")

    def route(self, wanted: Wanted) -> Path:
        """Of its route."""
        return self._named(wanted, "api", "http")

    def suite(self, wanted: Wanted) -> Path:
        """Of its test."""
        folder = self.root / "tests" / "integration"
        return folder / f"test_package_{wanted.name}.py"

    def _named(self, wanted: Wanted, *folders: str) -> Path:
        return self.package.joinpath(*folders, f"{wanted.name}.py")

    def shown(self, path: Path) -> str:
        """As one would type it."""
        return path.relative_to(self.root).as_posix()

    def enum(self, path: Path, name: str) -> EnumClass:
        """Raises Refused."""
        try:
            return EnumClass.read(self.text(path), name)
        except LookupError as error:
            raise self.refused(path, str(error), "put it there") from None
        except SyntaxError as error:
            raise self._unread(path, error) from None

    def text(self, path: Path) -> str:
        """Raises Refused."""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            what = f"cannot be read ({error})"
            raise self.refused(path, what, "mend it") from None

    def tree(self, path: Path) -> ast.Module:
        """Raises Refused."""
        try:
            return ast.parse(self.text(path))
        except SyntaxError as error:
            raise self._unread(path, error) from None

    def sources(self) -> Iterator[Path]:
        """Every module of the package."""
        return iter(sorted(self.package.rglob("*.py")))

    def registrations(self) -> Iterator[Registration]:
        """Handlers, as far as a look at the sources shows them."""
        for path in self.sources():
            if "register(" not in self.text(path):
                continue
            tree = self.tree(path)
            decorated = dict(_decorations(tree))
            for call in _registering(tree):
                pkg_id = ast.unparse(call.args[0]).rpartition(".")[2]
                function = decorated.get(call, "another")
                yield Registration(pkg_id, function, path)

    def refused(self, path: Path, what: str, fix: str) -> Refused:
        """One finding about a file."""
        return Refused([Finding(self.shown(path), what, fix)])

    def _unread(self, path: Path, error: SyntaxError) -> Refused:
        what = f"line {error.lineno} is no Python ({error.msg})"
        return self.refused(path, what, "mend it first")


def _registering(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(".register")
            and node.args
        ):
            yield node


def _decorations(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield from ((call, node.name) for call in node.decorator_list)
