"""Conversations can be pinned; an answer keeps its figures (tokens and times)."""

import sqlalchemy as sa
from alembic import op

revision = "0002_pins_and_figures"
down_revision = "0001_first_tables"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("conversations", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("messages", sa.Column("figures", sa.JSON()))
    op.create_index("conversations_by_pin", "conversations", ["session_id", "pinned", "updated_ms"])
