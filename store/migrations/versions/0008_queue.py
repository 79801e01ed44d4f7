"""The queue in full: deadlines, retries, steps, questions, and tasks that wait for tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0008_queue"
down_revision = "0007_files"


def upgrade() -> None:
    """Add the columns and the table."""
    for column in (
        sa.Column("steps", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("question", sa.JSON(none_as_null=True)),
        sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("deadline_ms", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("taken_ms", sa.BigInteger()),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("tasks", column)
    op.create_index("tasks_by_deadline", "tasks", ["state", "deadline_ms"])
    op.create_table(
        "task_needs",
        sa.Column("task_id", sa.Uuid(), sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("needed_id", sa.Uuid(), sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("task_needs_by_needed", "task_needs", ["needed_id"])
