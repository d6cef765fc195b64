"""A piece whose library is not installed."""

REQUIRES = ("library_that_nobody_has",)
