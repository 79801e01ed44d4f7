"""Bringing a database to this version's shape by hand; a server does the same when it starts."""

from store.copying import At, name_of, refuse_unknown_revision, telling_trouble
from store.database import backend_at
from store.migrate import bring_up_to_date, version_of


def upgrade(at: At) -> tuple[str | None, str | None]:
    """Return the revision before (None: there was no database) and after. Raises MoveRefused, StoreUnavailable."""
    with telling_trouble(at):
        backend = backend_at(at)
        try:
            before = version_of(backend.engine)
            if before is not None:
                refuse_unknown_revision(before, name_of(at))
            bring_up_to_date(backend)
            return before, version_of(backend.engine)
        finally:
            backend.close()
