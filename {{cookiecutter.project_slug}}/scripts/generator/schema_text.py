"""The module of the models: what a client sends and sees."""

from string import Template

from scripts.generator.wanted import Wanted, text_of

_NAME = """
type ${command}Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    WITHOUT_NUL,
]"""
_INPUT = '''
class ${command}Input($base):
    """What a client sends."""
$config
    name: ${command}Name'''
_CONFIG = """
    model_config = ConfigDict(extra="forbid", frozen=True)
"""
_PAGE = '''
class ${command}Page(QueryModel):
    """Which page a client wants$only."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(
        default=constants.DEFAULT_PAGE_SIZE, ge=1, le=constants.MAX_PAGE_SIZE
    )$filter'''
_FILTER = """
    name: ${command}Name | None = None"""
_OUTPUT = '''
class ${command}Output(BaseModel):
    """$sees"""

    name: str'''
_PAGE_OUTPUT = '''
class ${command}PageOutput(BaseModel):
    """A page of them, and where it stands."""

    data: list[${command}Output]
    meta: MetadataModel'''


_SOURCES = {
    "Annotated": "typing",
    "constants": "$module",
    "QueryModel": "$module.schemas.query",
    "MetadataModel": "$module.schemas.response",
    "WITHOUT_NUL": "$module.schemas.text",
}


def schema_text(wanted: Wanted) -> str:
    """Models with a `name`, to be replaced by fields that mean something."""
    if wanted.paginated:
        parts = [_NAME, _PAGE, _OUTPUT] if wanted.schema else [_PAGE, _OUTPUT]
        if wanted.http:
            parts.append(_PAGE_OUTPUT)
    else:
        parts = [_NAME, _INPUT, _OUTPUT]
    query = wanted.verb == "get"
    text = "\n\n".join(parts).replace(
        "$filter", _FILTER if wanted.schema else ""
    )
    filled = Template(text).substitute(
        command=wanted.command,
        base="QueryModel" if query else "BaseModel",
        config="" if query else _CONFIG,
        only=", of those with that name" if wanted.schema else "",
        sees="One of them." if wanted.paginated else "What a client gets.",
    )
    head = f'"""What {wanted.pkg_id} takes and gives."""'
    return text_of(_imports(filled), head, filled)


def _imports(text: str) -> list[str]:
    """Those lines of which the text uses a name."""
    pydantic = ("BaseModel", "ConfigDict", "Field", "StringConstraints")
    wanted = [name for name in pydantic if f"{name}(" in text]
    wanted += [] if "BaseModel(" in text else ["BaseModel"]
    lines = [f"from pydantic import {', '.join(sorted(wanted))}"]
    return lines + [
        f"from {module} import {name}"
        for name, module in _SOURCES.items()
        if name in text
    ]
