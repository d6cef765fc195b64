"""Logging in and out without a browser, by way of Keycloak."""

from fastapi import APIRouter, Depends, Response

from {{cookiecutter.module_name}}.dependencies.context import ContextDep
from {{cookiecutter.module_name}}.dependencies.logout_token import (
    LOGOUT_FORM,
    LogoutTokenDep,
)
from {{cookiecutter.module_name}}.dependencies.permissions import public
from {{cookiecutter.module_name}}.dependencies.rate_limit import rate_limit
from {{cookiecutter.module_name}}.exceptions import NotFoundError, ServiceError
from {{cookiecutter.module_name}}.schemas.auth import (
    LoginRequest,
    RefreshRequest,
    TokenPair,
)

router = APIRouter(
    prefix="/auth", tags=["auth"], dependencies=[Depends(public())]
)


@router.post(
    "/login",
    dependencies=[
        Depends(rate_limit("LOGIN_RATE_LIMIT_PER_MINUTE", by="address"))
    ],
)
async def login(
    body: LoginRequest, context: ContextDep, response: Response
) -> TokenPair:
    """A name and a password for tokens; 404 where that is switched off."""
    if not context.settings.password_login:
        raise NotFoundError(
            "Password login is switched off; log in through the browser."
        )
    _forbid_storing(response)
    attempts = context.metrics.auth_attempts
    try:
        tokens = await context.keycloak.login_async(
            body.username, body.password
        )
    except ServiceError as error:
        attempts.labels(error.code).inc()
        raise
    attempts.labels("success").inc()
    return tokens


@router.post("/refresh")
async def refresh(
    body: RefreshRequest, context: ContextDep, response: Response
) -> TokenPair:
    """A refresh token for new tokens."""
    _forbid_storing(response)
    return await context.keycloak.refresh_async(body.refresh_token)


@router.post("/logout", status_code=204)
async def logout(body: RefreshRequest, context: ContextDep) -> None:
    """Ends the session that the refresh token belongs to.

    Its access tokens are refused from now on, and its sockets closed.
    """
    session_id = await context.keycloak.logout_async(body.refresh_token)
    if session_id is not None:
        await context.revocations.revoke(
            session_id=session_id, source="logout"
        )


@router.post(
    "/backchannel-logout",
    response_class=Response,
    openapi_extra=LOGOUT_FORM,
    responses={400: {"description": "What is wrong with the token"}},
    # All of Keycloak's logouts come from one address, and none comes twice.
    dependencies=[
        Depends(rate_limit(6000, by="address", alone=True, fail_open=True))
    ],
)
async def backchannel_logout(
    token: LogoutTokenDep, context: ContextDep
) -> Response:
    """For Keycloak: a session has ended, as the signed token says."""
    await context.backchannel_logout.accept(token)
    response = Response()
    _forbid_storing(response)
    return response


def _forbid_storing(response: Response) -> None:
    # RFC 6749, section 5.1.
    response.headers["Cache-Control"] = "no-store"
