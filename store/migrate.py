"""Bring a database to the newest shape, once, however many processes start together."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from store.file_lock import file_lock

LONGEST_S = 600.0  # a large database may take minutes to reshape
FOLDER = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: Engine, lock: Path) -> None:
    """Run the missing migrations behind a file lock; a no-op of one query where there are none."""
    if version_of(engine) == newest():
        return
    with file_lock(lock, LONGEST_S):
        if version_of(engine) != newest():
            _upgrade(engine)


def version_of(engine: Engine) -> str | None:
    """Return the revision a database stands at, or None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str:
    """Return the newest revision: the name of the last file in migrations/versions."""
    return max(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))


def _upgrade(engine: Engine) -> None:
    # Imported here: most starts find nothing to do, and Alembic costs a fifth of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a kill in the middle leaves the old shape whole
        command.upgrade(config, "head")
        connection.exec_driver_sql("COMMIT")
