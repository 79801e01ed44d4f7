"""Records with their index of words; what is deleted can be found by its age."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006_items"
down_revision = "0005_idempotency"

ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT: dict[str, Any] = {
    "sqlite_where": sa.text("deleted_ms IS NULL"),
    "postgresql_where": sa.text("deleted_ms IS NULL"),
}
DELETED: dict[str, Any] = {
    "sqlite_where": sa.text("deleted_ms IS NOT NULL"),
    "postgresql_where": sa.text("deleted_ms IS NOT NULL"),
}
WORDS = {
    "sqlite": (
        """CREATE VIRTUAL TABLE item_words USING fts5(
        words, content='', contentless_delete=1, prefix='10 11', tokenize="ascii tokenchars '#'")""",
        "CREATE TRIGGER item_words_go AFTER DELETE ON items BEGIN DELETE FROM item_words WHERE rowid = old.key; END",
    ),
    "postgresql": (
        """CREATE TABLE item_words (
        key BIGINT PRIMARY KEY REFERENCES items (key) ON DELETE CASCADE, words TSVECTOR NOT NULL)""",
        "CREATE INDEX item_words_by_word ON item_words USING gin (words)",
    ),
}


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "items",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("deleted_ms", sa.BigInteger()),
        sa.Column("number", sa.Float()),
        sa.Column("date", ORDERED),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_order", ORDERED, nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("items_by_id", "items", ["id"], unique=True)
    op.create_index("items_by_update", "items", ["session_id", "updated_ms", "key"], **KEPT)
    op.create_index("items_by_creation", "items", ["session_id", "created_ms", "key"], **KEPT)
    op.create_index("items_by_title", "items", ["session_id", "title_order", "key"], **KEPT)
    op.create_index("items_by_number", "items", ["session_id", "number", "key"], **KEPT)
    op.create_index("items_by_date", "items", ["session_id", "date", "key"], **KEPT)
    op.create_index("items_in_trash", "items", ["session_id", "updated_ms", "key"], **DELETED)
    op.create_index("items_by_deletion", "items", ["deleted_ms"], **DELETED)
    op.create_table(
        "item_tags",
        sa.Column("session_id", sa.Uuid(), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", ORDERED, primary_key=True),
        sa.Column("num_items", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("conversations_by_deletion", "conversations", ["deleted_ms"], **DELETED)
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)
