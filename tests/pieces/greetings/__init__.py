"""A piece that uses every place of an Extension."""

REQUIRES = ("asyncpg",)
