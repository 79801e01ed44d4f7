"""Which pages are open, for work that ends when its visitor leaves; ended tasks by their age."""

import sqlalchemy as sa
from alembic import op

revision = "0009_presence"
down_revision = "0008_queue"


def upgrade() -> None:
    """Add the table and the index."""
    op.create_table(
        "pages",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.create_index("pages_by_age", "pages", ["seen_ms"])
    op.create_index("tasks_by_end", "tasks", ["ended_ms"])
