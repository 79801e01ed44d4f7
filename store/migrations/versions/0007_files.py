"""Files: their blobs, their names, and uploads under way."""

import sqlalchemy as sa
from alembic import op

revision = "0007_files"
down_revision = "0006_items"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.LargeBinary(32), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), sa.ForeignKey("blobs.sha256"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("deleted_ms", sa.BigInteger()),
    )
    op.create_index("files_by_session", "files", ["session_id", "created_ms", "id"])
    op.create_index("files_by_blob", "files", ["sha256"])
    op.create_index("files_by_deletion", "files", ["deleted_ms"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), sa.ForeignKey("blobs.sha256")),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("uploads_by_session", "uploads", ["session_id"])
    op.create_index("uploads_by_blob", "uploads", ["sha256"])
    op.create_index("uploads_by_expiry", "uploads", ["expires_ms"])
