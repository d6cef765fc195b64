"""Who is calling: tokens verified here, users put into the scope."""

from {{cookiecutter.module_name}}.auth.backchannel_logout import BackchannelLogout
from {{cookiecutter.module_name}}.auth.backend import (
    AuthBackend,
    AuthenticatedUser,
    RejectedUser,
)
from {{cookiecutter.module_name}}.auth.key_source import KeySource
from {{cookiecutter.module_name}}.auth.logout_token import LogoutTokenVerifier
from {{cookiecutter.module_name}}.auth.verifier import TokenVerifier

__all__ = [
    "AuthBackend",
    "AuthenticatedUser",
    "BackchannelLogout",
    "KeySource",
    "LogoutTokenVerifier",
    "RejectedUser",
    "TokenVerifier",
]
