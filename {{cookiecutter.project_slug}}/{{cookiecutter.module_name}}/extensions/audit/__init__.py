"""Who did what, kept in PostgreSQL."""

REQUIRES = ("asyncpg",)
