"""The module of the command, which handler and route both run."""

from string import Template

from scripts.generator.wanted import Wanted, text_of

_CLASS = Template('''
class $command(BaseCommand[$input, $result]):
    """$sentence"""

    async def execute(self, data: $input) -> $result:
        """$errors"""
        # Yours goes here. What it needs, repositories say, is given to an
        # __init__; see docs/generator.md.
$body''')
_ANSWER = Template('        return {"name": "$name"}')
_MODEL = Template("        return $output(name=data.name)")
_PAGE = Template("""        names = $found
        first = (data.page - 1) * data.per_page
        rows = [
            $output(name=name)
            for name in names[first : first + data.per_page]
        ]
        return rows, MetadataModel(
            page=data.page,
            per_page=data.per_page,
            total=len(names),
            pages=-(-len(names) // data.per_page),
        )""")
_NAMES = '_NAMES = ("first", "second", "third")'
_FILTERED = "[name for name in _NAMES if data.name in (None, name)]"


def command_text(wanted: Wanted) -> str:
    """Answers with something, so that its test has an answer."""
    imports = ["from $module.commands.base import BaseCommand"]
    if wanted.input:
        names = ", ".join((wanted.input, wanted.output))
        imports.append(f"from $module.schemas.{wanted.name} import {names}")
    parts = [f'"""What {wanted.pkg_id} does."""']
    errors = "Never fails."
    if wanted.paginated:
        imports.append(
            "from $module.schemas.response import MetadataModel",
        )
        parts.append(_NAMES)
        errors = "A page beyond the last is empty."
    body = _CLASS.substitute(
        command=wanted.command,
        input=wanted.input,
        result=wanted.result,
        sentence=wanted.sentence,
        errors=errors,
        body=_body(wanted),
    )
    head, *rest = parts
    return text_of(imports, head, *rest, body)


def _body(wanted: Wanted) -> str:
    if wanted.paginated:
        found = _FILTERED if wanted.schema else "_NAMES"
        return _PAGE.substitute(found=found, output=wanted.output)
    if wanted.schema:
        return _MODEL.substitute(output=wanted.output)
    return _ANSWER.substitute(name=wanted.name)
