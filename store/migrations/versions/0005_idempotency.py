"""Idempotency for every method: what a call with a key answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005_idempotency"
down_revision = "0004_tokens"


def upgrade() -> None:
    """Add the table; messages need no key of their own any more."""
    op.create_table(
        "idempotency_keys",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("idempotency_keys_by_age", "idempotency_keys", ["created_ms"])
    op.drop_index("messages_by_key", "messages")
    op.drop_column("messages", "idempotency_key")
