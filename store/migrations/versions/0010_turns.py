"""The tasks that wait, in the order of their turn: the next one is found without looking at the others."""

import sqlalchemy as sa
from alembic import op

revision = "0010_turns"
down_revision = "0009_presence"


def upgrade() -> None:
    """Make the index anew."""
    op.drop_index("tasks_by_turn", "tasks")
    waits = sa.text("coalesce(ended_ms, lease_ms) IS NULL")
    turn = sa.text("(created_ms - priority * 60000)")
    op.create_index("tasks_by_turn", "tasks", [turn, "id"], sqlite_where=waits, postgresql_where=waits)
