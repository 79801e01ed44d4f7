"""The REST routes of the declarations: `GET /items/{item_id}` under /api/v1."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from api.method import DeclarationError, Method, Methods

PREFIX = "/api/v1"
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
EVENTS = "/task/{task_id}/events"  # of every task: no method of its own, as subscribing at /live is none
CHANGED = 412  # RFC 9110: what If-Match asked for is not so
_PLACE = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """One address of one method; `streams` where it answers a Task's events at once."""

    verb: str
    path: str
    method: Method
    streams: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """The arguments that stand in the path."""
        return tuple(_PLACE.findall(self.path))

    @property
    def spread(self) -> str | None:
        """The argument whose fields come one by one."""
        return self.method.spread

    @property
    def query(self) -> tuple[str, ...]:
        """The arguments, and fields of the spread one, that come as words of the query."""
        names = [parameter.name for parameter in self.method.parameters if parameter.name not in self.places]
        if self.spread is None:
            return () if self.takes_body else tuple(names)
        rest = [name for name in names if name != self.spread]
        return tuple(rest if self.takes_body else [*self.method.spread_fields, *rest])

    @property
    def takes_body(self) -> bool:
        """Tell whether the other arguments come as a JSON body, not as a query."""
        return self.verb in {"POST", "PUT", "PATCH"}

    @property
    def begins_work(self) -> bool:
        """Tell whether the answer is a Task that was just begun, not one that the address names."""
        return self.method.answers_task and self.takes_body and "task_id" not in self.places

    @property
    def rule(self) -> str:
        """The path as werkzeug writes it."""
        return PREFIX + _PLACE.sub(r"<\1>", self.path)


def routes_of(methods: Methods) -> list[Route]:
    """Return every route of the methods that REST serves. Raises DeclarationError for two methods at one address.

    A method without a route of its own is served under its name: by GET if its verb only reads, else by POST.
    """
    found: dict[tuple[str, str], Route] = {}
    for declared in methods.at("rest"):
        for route in _routes_of_one(declared):
            address = (route.verb, _PLACE.sub("{}", route.path))
            if address in found:
                raise DeclarationError(
                    f"{declared.name}: {route.verb} {route.path} is the route of {found[address].method.name}."
                )
            found[address] = route
    return list(found.values())


def _routes_of_one(declared: Method) -> Iterator[Route]:
    yield _route(declared, declared.rest or f"{'GET' if declared.reads_only else 'POST'} /{declared.name}", False)
    if declared.stream is not None:
        yield _route(declared, declared.stream, True)


def _route(declared: Method, words: str, streams: bool) -> Route:
    verb, _, path = words.partition(" ")
    route = Route(verb=verb, path=path, method=declared, streams=streams)
    names = {parameter.name for parameter in declared.parameters if parameter.name != declared.spread}
    strange = set(route.places) - names
    if not route.takes_body and (both := names & declared.spread_fields.keys()):
        raise DeclarationError(f"{declared.name}: {sorted(both)} is both a parameter and a field of {route.spread}.")
    if verb not in VERBS or not path.startswith("/") or strange:
        raise DeclarationError(
            f"{declared.name}: {words!r} is no route. Write a verb and a path like GET /items/{{item_id}}; "
            "its places are names of parameters."
        )
    return route
