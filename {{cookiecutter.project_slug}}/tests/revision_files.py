"""Revisions that a test writes for a history of its own."""

from pathlib import Path

_TEXT = '''"""{doc}"""

import sqlalchemy as sa
from alembic import op

revision = {name!r}
down_revision = {after!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''


def write_revision(
    folder: Path,
    name: str,
    up: str,
    down: str = "pass",
    *,
    after: str | None = None,
    doc: str = "Something that a test wants.",
) -> None:
    """`up` and `down` are code; a first revision comes after nothing."""
    text = _TEXT.format(name=name, up=up, down=down, after=after, doc=doc)
    (folder / f"{name}.py").write_text(text)
