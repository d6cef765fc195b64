"""What users did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_user_actions"
down_revision = None
branch_labels = None
depends_on = None

INDEXES = (
    ("timestamp", "id"),
    ("user_id", "timestamp", "id"),
    ("username", "timestamp", "id"),
    ("action_type", "timestamp", "id"),
    ("outcome", "timestamp", "id"),
    ("request_id",),
)


def upgrade() -> None:
    op.create_table(
        "user_actions",
        sa.Column(
            "id", sa.BigInteger(), sa.Identity(always=False), nullable=False
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("user_roles", JSONB(), nullable=False),
        sa.Column("action_type", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ip_address", sa.String(), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("request_data", JSONB(), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=False),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_actions")),
        sa.UniqueConstraint("event_id", name=op.f("uq_user_actions_event_id")),
    )
    for columns in INDEXES:
        name = f"ix_user_actions_{'_'.join(columns)}"
        op.create_index(op.f(name), "user_actions", columns)


def downgrade() -> None:
    op.drop_table("user_actions")
