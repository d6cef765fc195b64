"""Rows as columns of text."""

from collections.abc import Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]]) -> str:
    """Each column as wide as its widest cell; the first row is the head."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    )
    return "\n".join(lines)


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; cells may hold marks but no bars."""
    head, *rest = (tuple(row) for row in rows)
    table = [head, ("---",) * len(head), *rest]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)
