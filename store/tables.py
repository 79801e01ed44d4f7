"""The tables. `migrations/` makes them; tests/store/test_migrations.py holds both equal."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    text,
    true,
)

metadata = MetaData()
# Sorted and compared by code points, as SQLite does, whatever the language of a PostgreSQL database is.
Ordered = Text().with_variant(Text(collation="C"), "postgresql")
Key = BigInteger().with_variant(Integer, "sqlite")  # there it is the rowid
_BOTH = ("sqlite_where", "postgresql_where")
_KEPT: dict[str, Any] = dict.fromkeys(_BOTH, text("deleted_ms IS NULL"))
_DELETED: dict[str, Any] = dict.fromkeys(_BOTH, text("deleted_ms IS NOT NULL"))
_TIMED: dict[str, Any] = dict.fromkeys(_BOTH, text("next_ms IS NOT NULL"))

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),  # SHA-256 of the browser key
    Column("title", Text, nullable=False, server_default=""),
    Column("data", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Index("sessions_by_owner", "owner", "used_ms"),
    Index("sessions_by_expiry", "expires_ms"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),  # SHA-256 of the token
    Column("name", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
    Index("tokens_by_hash", "hash", unique=True),
    Index("tokens_by_session", "session_id", "created_ms"),
)

# A number is taken by an UPDATE of this row in the transaction that adds the event: commit order is number order.
streams = Table(
    "streams",
    metadata,
    Column("id", Uuid, primary_key=True),  # of a task or a session
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("folded", BigInteger, nullable=False),  # numbers up to here are gone
    Index("streams_by_session", "session_id"),
)

events = Table(
    "events",
    metadata,
    Column("stream_id", Uuid, ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

runners = Table(
    "runners",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", Text, nullable=False),  # the process's start time: a pid alone may be another's by now
    Column("seen_ms", BigInteger, nullable=False),
)

_FREE: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), text("coalesce(ended_ms, lease_ms) IS NULL")
)
tasks = Table(
    "tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("progress", Integer),
    Column("priority", Integer, nullable=False),  # 0 to 9
    Column("run_after_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("runner_id", Uuid),
    Column("lease_ms", BigInteger),
    Column("cancel_asked", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("steps", JSON, nullable=False, server_default="{}"),
    Column("question", JSON(none_as_null=True)),
    Column("answers", JSON, nullable=False, server_default="{}"),
    Column("deadline_ms", BigInteger),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("taken_ms", BigInteger),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Index("tasks_by_deadline", "state", "deadline_ms"),
    # NOTE: TURN and _IS_FREE in task_rows.py; a query finds this index only where it says both in these very words.
    Index("tasks_by_turn", text("(created_ms - priority * 60000)"), "id", **_FREE),
    Index("tasks_by_session", "session_id", "created_ms"),
    Index("tasks_by_runner", "runner_id", "state"),
    Index("tasks_by_end", "ended_ms"),
)

task_needs = Table(
    "task_needs",
    metadata,
    Column("task_id", Uuid, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("needed_id", Uuid, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Index("task_needs_by_needed", "needed_id"),
    sqlite_with_rowid=False,
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("num_messages", Integer, nullable=False),  # all ever written: the next message's number
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Index("conversations_by_session", "session_id", "updated_ms"),
    Index("conversations_by_pin", "session_id", "pinned", "updated_ms"),
    Index("conversations_by_deletion", "deleted_ms", **_DELETED),
)

# A tree by parent_id; `shown` marks the branch on the page, so that a page of it is one indexed range.
messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("conversation_id", Uuid, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", Uuid, ForeignKey("messages.id", ondelete="CASCADE")),
    Column("number", Integer, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("model", Text),
    Column("state", Text, nullable=False),
    Column("error", JSON(none_as_null=True)),
    Column("task_id", Uuid),
    Column("created_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("figures", JSON(none_as_null=True)),
    Column("thinking", Text),
    Index("messages_by_conversation", "conversation_id", "shown", "number"),
    Index("messages_by_task", "task_id"),
    Index("messages_by_parent", "parent_id"),
)

# What a call with an idempotency key answered; the row is written in the transaction of the call's effect.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),  # SHA-256 of the method's name and its arguments
    Column("answer", Text),  # JSON; none where the answer held a secret
    Column("created_ms", BigInteger, nullable=False),
    Index("idempotency_keys_by_age", "created_ms"),
    sqlite_with_rowid=False,
)

# `key` is that of the index of words, too: migration 0006 makes `item_words`, which loses what is deleted here.
# The wide columns stand last, since SQLite reads a row from its beginning.
items = Table(
    "items",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    Column("number", Float),
    Column("date", Ordered),  # 2026-11-21
    Column("title", Text, nullable=False),
    Column("title_order", Ordered, nullable=False),  # folded
    Column("tags", JSON, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", Text, nullable=False),  # as store/search.py makes them
    Index("items_by_id", "id", unique=True),
    Index("items_by_update", "session_id", "updated_ms", "key", **_KEPT),
    Index("items_by_creation", "session_id", "created_ms", "key", **_KEPT),
    Index("items_by_title", "session_id", "title_order", "key", **_KEPT),
    Index("items_by_number", "session_id", "number", "key", **_KEPT),
    Index("items_by_date", "session_id", "date", "key", **_KEPT),
    Index("items_in_trash", "session_id", "updated_ms", "key", **_DELETED),
    Index("items_by_deletion", "deleted_ms", **_DELETED),
)

item_tags = Table(
    "item_tags",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Ordered, primary_key=True),
    Column("num_items", Integer, nullable=False),  # that are not deleted
    sqlite_with_rowid=False,
)

# Bytes, each once. Those that neither a file nor an upload points to are removed by the sweep.
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary(32), ForeignKey("blobs.sha256"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    Index("files_by_session", "session_id", "created_ms", "id"),
    Index("files_by_blob", "sha256"),
    Index("files_by_deletion", "deleted_ms"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", Uuid, primary_key=True),  # and of the file that it becomes
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary(32), ForeignKey("blobs.sha256")),  # once all bytes are there
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Index("uploads_by_session", "session_id"),
    Index("uploads_by_blob", "sha256"),
    Index("uploads_by_expiry", "expires_ms"),
)

# The pages that visitors have open, where something depends on that: who said goodbye, and who was there last.
pages = Table(
    "pages",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Uuid, primary_key=True),  # as the page itself says
    Column("seen_ms", BigInteger, nullable=False),
    Column("left_ms", BigInteger),
    Index("pages_by_age", "seen_ms"),
    sqlite_with_rowid=False,
)

# The pages that engines hold for workspaces: which process does, and where the page is once it is open.
engine_pages = Table(
    "engine_pages",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("runner_id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("used_ms", BigInteger, nullable=False),
    Column("is_open", Boolean, nullable=False, server_default=true()),
    sqlite_with_rowid=False,
)

# Page scripts that are kept. `next_ms` is when its schedule starts it next; none where it has none, or it is off.
scripts = Table(
    "scripts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("deleted_ms", BigInteger),
    Column("next_ms", BigInteger),
    Column("last_task_id", Uuid),
    Column("skipped_ms", BigInteger),
    Column("skipped", JSON(none_as_null=True)),  # an error, as tasks keep theirs
    Column("timeout_s", Float, nullable=False),
    Column("cron", Text),
    Column("time_zone", Text),
    Column("is_on", Boolean, nullable=False),
    Column("url", Text),
    Column("origins", JSON, nullable=False),
    Column("language", Text, nullable=False),  # of whoever wrote it: what it calls answers in it
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Index("scripts_by_session", "session_id", "updated_ms"),
    Index("scripts_by_turn", "next_ms", **_TIMED),
    Index("scripts_by_deletion", "deleted_ms", **_DELETED),
)

script_runs = Table(
    "script_runs",
    metadata,
    Column("task_id", Uuid, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("script_id", Uuid, ForeignKey("scripts.id", ondelete="CASCADE"), nullable=False),
    Column("is_scheduled", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Index("script_runs_by_script", "script_id", "created_ms", "task_id"),
    sqlite_with_rowid=False,
)
