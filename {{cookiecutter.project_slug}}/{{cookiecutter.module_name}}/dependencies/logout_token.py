"""The form by which Keycloak brings a logout token."""

from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import Depends, Request

from {{cookiecutter.module_name}}.exceptions import LogoutTokenError

_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
_FIELD: Final = "logout_token"
# Nobody sends us forms but Keycloak, and it sends one field.
_MOST_FIELDS: Final = 10

# The document says by this what FastAPI cannot see.
LOGOUT_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {_FIELD: {"type": "string"}},
                    "required": [_FIELD],
                }
            }
        },
    }
}


async def logout_token(request: Request) -> str:
    """The field's text; raises LogoutTokenError for another body."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != _MEDIA_TYPE:
        raise LogoutTokenError(f"The body is not {_MEDIA_TYPE}.")
    text = (await request.body()).decode("latin-1")
    try:
        found = parse_qs(text, max_num_fields=_MOST_FIELDS).get(_FIELD, [])
    except ValueError:
        raise LogoutTokenError("The form has too many fields.") from None
    if len(found) != 1:
        raise LogoutTokenError(f"The form needs one {_FIELD}.")
    return found[0]


type LogoutTokenDep = Annotated[str, Depends(logout_token)]
