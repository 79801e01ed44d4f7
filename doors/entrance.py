"""From a visitor's words to the session's Api: the same for every door that takes cookies."""

import uuid
from dataclasses import dataclass
from uuid import UUID

from api.api import Api, Ground
from api.caller import Caller
from api.errors import NotFound, Unauthenticated
from sessions.active import ActiveSessions
from sessions.door_keeper import DoorKeeper
from sessions.keys import BrowserKeys, Proofs, parse_uuid

NOBODY = UUID(int=0)


class Entrance:
    """Opens workspaces for this process: the cache `active_sessions`, and the keeper that looks into the store."""

    def __init__(self, keeper: DoorKeeper, active: ActiveSessions[Api], ground: Ground, proofs: Proofs) -> None:
        self.keeper = keeper
        self.active = active
        self.ground = ground
        self._proofs = proofs

    def open(self, word: str, keys: BrowserKeys) -> Api:
        """Return the Api of the workspace a visitor names. Raises Unauthenticated or NotFound."""
        if keys.owner is None:
            raise Unauthenticated
        api = self.find(word, keys)
        if api is None:
            raise NotFound
        return api

    def open_by_token(self, token: str, word: str | None) -> tuple[Api, UUID]:
        """Return the Api that a token opens, and the token's id.

        A caller who also names a workspace means that one: NotFound where it is another. Raises Unauthenticated.
        """
        found = self.keeper.open_by_token(token, self.active, self.ground.factory)
        if found is None:
            raise Unauthenticated
        if word is not None and word != str(found.live.session_id):
            raise NotFound
        return found.live, found.token

    def open_last(self, keys: BrowserKeys) -> Api:
        """Return the Api of the workspace that a browser used last. Raises Unauthenticated or NotFound."""
        last = self.keeper.last_used(keys) if keys.owner else None
        return self.open(str(last or ""), keys)

    def open_nothing(self) -> Api:
        """Return an Api without a workspace, for what is public."""
        return Api(NOBODY, b"", None, self.ground)

    def find(self, word: str, keys: BrowserKeys) -> Api | None:
        """Return the Api of the workspace a visitor names, or None where nothing of the kind is theirs."""
        session_id = parse_uuid(word)
        return None if session_id is None else self.keeper.open(session_id, keys, self.active, self.ground.factory)

    def mint(self) -> tuple[UUID, str]:
        """Return a new UUID and the proof of its mint. Nothing is stored."""
        session_id = uuid.uuid4()
        return session_id, self._proofs.make(session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a door knows of a call besides its session; `key` is the idempotency key."""

    door: str
    language: str
    id: str
    address: str
    key: str | None
    token: UUID | None = None
    expected_version: int | None = None


def caller_for(api: Api, request: Request) -> Caller:
    """Return who asks."""
    return Caller(
        door=request.door,
        session_id=api.session_id,
        owner=api.owner,
        language=request.language,
        request_id=request.id,
        address=request.address,
        idempotency_key=request.key,
        token=request.token,
        expected_version=request.expected_version,
    )
