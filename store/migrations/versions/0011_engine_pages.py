"""Where the pages are that engines hold for workspaces."""

import sqlalchemy as sa
from alembic import op

revision = "0011_engine_pages"
down_revision = "0010_turns"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "engine_pages",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("runner_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
