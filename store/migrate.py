"""Bring a database to the newest shape, once, however many processes start together."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from store.backend import Backend

FOLDER = Path(__file__).parent / "migrations"
HEAD = "head"


def bring_up_to_date(backend: Backend) -> None:
    """Run the missing migrations, one process at a time; a no-op of one query where there are none."""
    if version_of(backend.engine) == newest():
        return
    with backend.alone() as connection:
        if version_in(connection) != newest():
            _upgrade(connection)


def version_of(engine: Engine) -> str | None:
    """Return the revision a database stands at, or None for an empty one."""
    with engine.connect() as connection:
        return version_in(connection)


def version_in(connection: Connection) -> str | None:
    """Return the revision that a connection sees, or None where there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str:
    """Return the newest revision: the name of the last file in migrations/versions."""
    return max(path.stem for path in (FOLDER / "versions").glob("[0-9]*.py"))


def _upgrade(connection: Connection) -> None:
    # Imported here: most starts find nothing to do, and Alembic costs a fifth of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
