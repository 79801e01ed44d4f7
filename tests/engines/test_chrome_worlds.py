"""Our world in a page is the one of the document that is shown, whatever Chrome tells of others."""

from typing import Any

from engines.chrome_scripts import WORLD
from engines.chrome_worlds import World, Worlds

FRAME = "the page's own"


def created(number: int, name: str = WORLD, frame: str = FRAME) -> dict[str, Any]:
    context = {"id": number, "uniqueId": f"unique {number}", "origin": "https://example.org", "name": name}
    return {"context": {**context, "auxData": {"frameId": frame}}}


def heard(*events: tuple[str, dict[str, Any]]) -> Worlds:
    worlds = Worlds()
    for event, facts in events:
        worlds.hear(f"Runtime.executionContext{event}", facts, FRAME)
    return worlds


def test_ours_is_known_by_its_number_and_is_the_current_one() -> None:
    worlds = heard(("Created", created(1)))
    assert worlds.current == worlds.get(1) == World("unique 1", "https://example.org")


def test_a_frames_and_the_pages_own_are_not_ours() -> None:
    worlds = heard(("Created", created(1, frame="another")), ("Created", created(2, name="")))
    assert (worlds.current, worlds.get(1), worlds.get(2)) == (None, None, None)


def test_a_world_that_is_gone_is_known_no_more() -> None:
    worlds = heard(("Created", created(1)), ("Destroyed", {"executionContextId": 1}))
    assert (worlds.current, worlds.get(1)) == (None, None)


def test_the_end_of_another_leaves_ours() -> None:
    worlds = heard(
        ("Created", created(1)),
        ("Created", created(2)),
        ("Destroyed", {"executionContextId": 1}),
        ("Destroyed", {"executionContextId": 7}),
    )
    assert worlds.current == worlds.get(2) == World("unique 2", "https://example.org")
    assert worlds.get(1) is None


def test_a_new_document_clears_them_all() -> None:
    worlds = heard(("Created", created(1)), ("sCleared", {}))
    assert (worlds.current, worlds.get(1)) == (None, None)
    worlds.hear("Runtime.executionContextsCleared", {}, FRAME)
    assert worlds.current is None
