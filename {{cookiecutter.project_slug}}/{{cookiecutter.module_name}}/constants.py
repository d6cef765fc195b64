"""Numbers and names with a reason, by subject; settings default to them."""

from typing import Final

PROJECT_NAME: Final = "{{cookiecutter.project_name}}"
PROJECT_SLUG: Final = "{{cookiecutter.project_slug}}"
DISTRIBUTION: Final = "{{cookiecutter.__distribution}}"
VERSION: Final = "0.1.0"

# Database
DB_MAX_RETRIES: Final = 10
DB_RETRY_DELAY_SECONDS: Final = 2.0
DB_SLOW_QUERY_SECONDS: Final = 0.1
DEFAULT_PAGE_SIZE: Final = 20
MAX_PAGE_SIZE: Final = 100
# Rows that PostgreSQL reads and throws away for a page; beyond, a cursor.
MAX_PAGE_OFFSET: Final = 1_000_000
MAX_CURSOR_LENGTH: Final = 4096
MAX_FILTER_CHOICES: Final = 100
COUNT_CACHE_TTL_SECONDS: Final = 60
# A count is not worth more time, and after a failure none at all for a while.
COUNT_CACHE_TIMEOUT_SECONDS: Final = 0.5
COUNT_CACHE_PAUSE_SECONDS: Final = 1.0
DEFAULT_LIST_LIMIT: Final = 100
MAX_LIST_LIMIT: Final = 1000

# Redis
REDIS_DEFAULT_PORT: Final = 6379
REDIS_SOCKET_TIMEOUT_SECONDS: Final = 5.0
REDIS_CONNECT_TIMEOUT_SECONDS: Final = 5.0
REDIS_HEALTH_CHECK_INTERVAL_SECONDS: Final = 30
REDIS_MAX_CONNECTIONS: Final = 50
REDIS_MESSAGE_TIMEOUT_SECONDS: Final = 1.0
# A check that guards a request is worth no more time; after failures Redis
# is asked again this soon, since a logout must hold within a second.
REDIS_GUARD_TIMEOUT_SECONDS: Final = 1.0
REDIS_BREAKER_PAUSE_SECONDS: Final = 0.4

# Background tasks
TASK_SLEEP_INTERVAL_SECONDS: Final = 0.5
TASK_ERROR_BACKOFF_SECONDS: Final = 5.0

# Rate limiting
DEFAULT_RATE_LIMIT_PER_MINUTE: Final = 60
DEFAULT_RATE_LIMIT_BURST: Final = 10
DEFAULT_WS_MAX_CONNECTIONS_PER_USER: Final = 5
DEFAULT_WS_MESSAGE_RATE_LIMIT: Final = 100
# Refused messages of one socket in a minute; beyond them it is closed.
WS_MESSAGE_RATE_LIMIT_STRIKES: Final = 50

# Keycloak's longest session, unless the realm says otherwise: no token of a
# session that was logged out outlives it.
SESSION_REVOCATION_SECONDS: Final = 36_000
# Keycloak's logout tokens end two minutes after they were made.
LOGOUT_TOKEN_MAX_AGE_SECONDS: Final = 120

# WebSocket
WS_POLICY_VIOLATION_CODE: Final = 1008
WS_CLOSE_TIMEOUT_SECONDS: Final = 5.0

# Keycloak: a session is taken as over this long before its token ends, so
# that a request does not outlive it.
KC_SESSION_EXPIRY_BUFFER_SECONDS: Final = 10

# HTTP
MAX_BODY_BYTES: Final = 1024 * 1024
CORRELATION_HEADER: Final = "X-Correlation-ID"
HEALTH_CHECK_TIMEOUT_SECONDS: Final = 2.0
