"""What somebody asked the generator for."""

from collections.abc import Iterable
from dataclasses import dataclass

MODULE = "{{cookiecutter.module_name}}"
# A name that begins so reads: its route is a GET.
READING = frozenset(
    ("check", "count", "find", "get", "list", "read", "search", "show")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One handler; `roles` are all needed, none asks for a login only."""

    name: str
    pkg_id: str
    schema: bool = False
    paginated: bool = False
    roles: tuple[str, ...] = ()
    http: bool = False
    overwrite: bool = False

    @property
    def command(self) -> str:
        """The name of its command: GetStatus of get_status."""
        return "".join(word.capitalize() for word in self.name.split("_"))

    @property
    def sentence(self) -> str:
        """Its docstring, until somebody writes a better one."""
        return f"{' '.join(self.name.split('_')).capitalize()}."

    @property
    def path(self) -> str:
        """Of its route."""
        return f"/api/{self.name.replace('_', '-')}"

    @property
    def verb(self) -> str:
        """Of its route: get or post."""
        reads = self.paginated or self.name.split("_")[0] in READING
        return "get" if reads else "post"

    @property
    def input(self) -> str | None:
        """The model of its data, if it has one."""
        if self.paginated:
            return f"{self.command}Page"
        return f"{self.command}Input" if self.schema else None

    @property
    def output(self) -> str:
        """The type of its answer, or of one row of it."""
        return f"{self.command}Output" if self.input else "dict[str, str]"

    @property
    def result(self) -> str:
        """What its command returns."""
        if self.paginated:
            return f"tuple[list[{self.output}], MetadataModel]"
        return self.output


def member_of(role: str) -> str:
    """How Role calls a new role."""
    return role.replace("-", "_").upper()


def text_of(imports: Iterable[str], *parts: str) -> str:
    """A module; the first part is its docstring, imports come after it."""
    head, *rest = parts
    lines = (line.replace("$module", MODULE) for line in imports)
    return "\n\n".join((head, "\n".join(lines), *rest)) + "\n"
