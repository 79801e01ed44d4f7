"""Page scripts that are kept, their schedules and runs; and which process holds a page that is not open yet."""

import sqlalchemy as sa
from alembic import op

revision = "0012_scripts"
down_revision = "0011_engine_pages"


def upgrade() -> None:
    """Add the tables and the column."""
    op.add_column("engine_pages", sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "scripts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("deleted_ms", sa.BigInteger()),
        sa.Column("next_ms", sa.BigInteger()),
        sa.Column("last_task_id", sa.Uuid()),
        sa.Column("skipped_ms", sa.BigInteger()),
        sa.Column("skipped", sa.JSON(none_as_null=True)),
        sa.Column("timeout_s", sa.Float(), nullable=False),
        sa.Column("cron", sa.Text()),
        sa.Column("time_zone", sa.Text()),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
    )
    is_timed, is_deleted = sa.text("next_ms IS NOT NULL"), sa.text("deleted_ms IS NOT NULL")
    op.create_index("scripts_by_session", "scripts", ["session_id", "updated_ms"])
    op.create_index("scripts_by_turn", "scripts", ["next_ms"], sqlite_where=is_timed, postgresql_where=is_timed)
    op.create_index(
        "scripts_by_deletion", "scripts", ["deleted_ms"], sqlite_where=is_deleted, postgresql_where=is_deleted
    )
    op.create_table(
        "script_runs",
        sa.Column("task_id", sa.Uuid(), sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("script_id", sa.Uuid(), sa.ForeignKey("scripts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("is_scheduled", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("script_runs_by_script", "script_runs", ["script_id", "created_ms", "task_id"])
