"""An answer keeps what its model said to itself before it."""

import sqlalchemy as sa
from alembic import op

revision = "0003_thinking"
down_revision = "0002_pins_and_figures"


def upgrade() -> None:
    """Add the column."""
    op.add_column("messages", sa.Column("thinking", sa.Text()))
