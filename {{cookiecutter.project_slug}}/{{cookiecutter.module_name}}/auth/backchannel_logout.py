"""What Keycloak says when a session has ended there."""

from {{cookiecutter.module_name}}.auth.logout_token import LogoutTokenVerifier
from {{cookiecutter.module_name}}.exceptions import LogoutTokenError
from {{cookiecutter.module_name}}.protection.revocation import Revocations
from {{cookiecutter.module_name}}.protection.used_tokens import UsedTokens


class BackchannelLogout:
    """Takes each logout token once."""

    def __init__(
        self,
        tokens: LogoutTokenVerifier,
        used: UsedTokens,
        revocations: Revocations,
    ) -> None:
        self._tokens = tokens
        self._used = used
        self._revocations = revocations

    async def accept(self, token: str) -> None:
        """Raises LogoutTokenError, and UnavailableError.

        Without Redis the logout holds in this process whatever the reply
        is: taken twice, it would end nothing that is not over.
        """
        logout = await self._tokens.verify(token)
        first = await self._used.claim(logout.token_id, logout.end)
        if first is False:
            raise LogoutTokenError("The token was used before.")
        await self._revocations.revoke(
            session_id=logout.session_id,
            user_id=logout.user_id,
            before=logout.issued,
            source="backchannel",
        )
        if first is None:
            self._used.unreadable()
