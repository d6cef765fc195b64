"""Roles that Keycloak grants, realm or client, and the absence of any."""

from collections.abc import Sequence
from enum import Enum, StrEnum
from typing import Final


class Role(StrEnum):
    """Roles that this service asks for; Keycloak may know more."""

    # [example]
    GET_AUTHORS = "get-authors"
    CREATE_AUTHOR = "create-author"
    UPDATE_AUTHOR = "update-author"
    DELETE_AUTHOR = "delete-author"
    GET_BOOKS = "get-books"
    CREATE_BOOK = "create-book"
    ADMIN = "admin"
    # [/example]
    # Pieces under extensions/ name roles of their own, as plain strings.


class Access(Enum):
    """What a list of roles cannot say."""

    PUBLIC = "public"


PUBLIC: Final = Access.PUBLIC

type RequiredRoles = Sequence[str] | Access
"""All of them are needed; an empty one asks for a login only."""
