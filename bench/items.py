"""(j) Lists of a hundred thousand items: sorted, filtered, searched, beside a tenth of them and beside one item."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.api import Api
from bench.item_rows import COMMON, PAIR, RARE, VOCABULARY, fill
from bench.report import Aim, Section, Table, percentile
from doors.own import open_any, own_caller
from settings import load_settings
from web_mode import build

SIZES = (10_000, 100_000)
NUM_CALLS = 40
MOST_MS = 20.0
MOST_GROWTH = 2.0
MOST_FLAT_MS = 10.0  # a list that takes less is flat enough, whatever its ratio
FLOOR = "floor: get_item"
CALLS: dict[str, Mapping[str, Any]] = {
    "last changed first": {},
    "by title": {"sort": "title"},
    "by number, falling": {"sort": "-number"},
    "by date": {"sort": "date"},
    "a tag of 5%": {"where": {"tags": ["topic 3"]}},
    "a tag of 0.1%, by title": {"where": {"tags": ["folder 3"]}, "sort": "title"},
    "numbers of 10%, by number": {"where": {"number_from": 1, "number_to": 100_000}, "sort": "number"},
    "numbers of 1%, last changed first": {"where": {"number_from": 1, "number_to": 10_000}},
    "dates of 4%, by date": {"where": {"date_from": "2003-01-01", "date_to": "2003-12-31"}, "sort": "-date"},
    "dates of 4%, last changed first": {"where": {"date_from": "2003-01-01", "date_to": "2003-12-31"}},
    "a rare word": {"where": {"search": RARE}},
    "a common word": {"where": {"search": COMMON}},
    "a common word, by title": {"where": {"search": COMMON}, "sort": "title"},
    "the first letter of a word": {"where": {"search": VOCABULARY[0][0]}},
    "two Chinese letters": {"where": {"search": PAIR}},
    "two common Chinese letters": {"where": {"search": "天地"}},
    "two words, a tag and a range": {
        "where": {"search": f"{COMMON} {VOCABULARY[5]}", "tags": ["topic 3"], "number_from": 0, "number_to": 500_000}
    },
    "a word that nobody wrote": {"where": {"search": "nowhere"}},
}


def measure() -> Section:
    """Measure it all, with both workspaces in one database."""
    with TemporaryDirectory() as folder:
        parts = build(load_settings(data_dir=Path(folder), local_model=False))
        ids = [fill(parts.database, size) for size in SIZES]
        workspaces = [open_any(parts.entrance, parts.database, str(session_id)) for session_id in ids]
        found = {name: [_p50_ms(api, "list_items", given) for api in workspaces] for name, given in CALLS.items()}
        found["get_item_facts"] = [_p50_ms(api, "get_item_facts", {}) for api in workspaces]
        found[FLOOR] = [_p50_ms(api, "get_item", {"item_id": _first_id(api)}) for api in workspaces]
        parts.database.close()
    return _section(found)


def _p50_ms(api: Api, name: str, given: Mapping[str, Any]) -> float:
    times_ms = []
    for _ in range(NUM_CALLS):
        begun_s = time.perf_counter()
        api.call(own_caller(api, "rpc"), name, dict(given))
        times_ms.append((time.perf_counter() - begun_s) * 1000)
    return percentile(times_ms, 0.5)


def _first_id(api: Api) -> str:
    return str(api.call(own_caller(api, "rpc"), "list_items", {"limit": 1})["items"][0]["id"])


def _section(found: Mapping[str, Sequence[float]]) -> Section:
    rows = [(name, f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}") for name, (small, large) in found.items()]
    slowest = max(CALLS, key=lambda name: found[name][1])
    grown = max(CALLS, key=lambda name: _growth(found[name]))
    aims = [
        Aim(
            asked=f"every list's p50 under {MOST_MS:.0f} ms",
            reached=f"{found[slowest][1]:.1f} ms ({slowest})",
            is_met=found[slowest][1] < MOST_MS,
        ),
        Aim(
            asked=f"flat: ten times the items take {MOST_GROWTH:.0f} times at most, or under {MOST_FLAT_MS:.0f} ms",
            reached=f"{_growth(found[grown]):.1f} times ({grown})",
            is_met=_growth(found[grown]) <= MOST_GROWTH,
        ),
    ]
    return Section(title=TITLE, about=ABOUT, table=Table(head=HEAD, rows=rows), aims=aims, why=WHY)


def _growth(figures: Sequence[float]) -> float:
    small, large = figures
    return large / small if large >= MOST_FLAT_MS else 1.0


TITLE = "(j) Lists of a hundred thousand items"
HEAD = ("list_items, 50 of them", "10,000 items (ms)", "100,000 items (ms)", "ratio")
ABOUT = f"""p50 of {NUM_CALLS} calls of `Api.call` in a process of its own, without a door: look-up, validation, the
query, 50 whole items as plain JSON values. Both workspaces are in one database, so that each has the other's rows
beside its own. An item has 50 words, ten Chinese letters, a number, a date and two tags. Floor: `get_item`."""
WHY = """what grows is a filter that about as many rows meet as are fetched and sorted (3,000 at most; a tenth of them
in the small workspace): each is one look into the table. Facts count the rows of an index."""
