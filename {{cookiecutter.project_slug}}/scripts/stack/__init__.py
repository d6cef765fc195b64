"""PostgreSQL, Valkey and Keycloak as child processes, without Docker."""

from scripts.stack.addresses import StackAddresses
from scripts.stack.problem import StackError
from scripts.stack.stack import Stack

__all__ = ["Stack", "StackAddresses", "StackError"]
