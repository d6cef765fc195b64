"""What a field of a query narrows a list by.

A filter is a field of a QueryModel with one of these marks:
`created_before: Annotated[Moment | None, below("created_at")] = None`. Without
a column's name the field has that of the column. None narrows nothing.
"""

from dataclasses import dataclass
from typing import Final, Literal

type Comparison = Literal[
    "equals",
    "at_least",
    "above",
    "at_most",
    "below",
    "starts_with",
    "contains",
    "one_of",
]


@dataclass(frozen=True, slots=True)
class FilterMark:
    """How the column and the field's value compare."""

    comparison: Comparison
    column: str | None = None


EQUALS: Final = FilterMark("equals")


def equals(column: str) -> FilterMark:
    """The value itself."""
    return FilterMark("equals", column)


def at_least(column: str) -> FilterMark:
    """The value or more."""
    return FilterMark("at_least", column)


def above(column: str) -> FilterMark:
    """More than the value."""
    return FilterMark("above", column)


def at_most(column: str) -> FilterMark:
    """The value or less."""
    return FilterMark("at_most", column)


def below(column: str) -> FilterMark:
    """Less than the value."""
    return FilterMark("below", column)


def starts_with(column: str) -> FilterMark:
    """The text begins with the value, in this case."""
    return FilterMark("starts_with", column)


def contains(column: str) -> FilterMark:
    """The value is a part of the text, in whatever case."""
    return FilterMark("contains", column)


def one_of(column: str) -> FilterMark:
    """The field is a list that holds the column's value."""
    return FilterMark("one_of", column)
