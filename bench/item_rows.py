"""Made-up items for measurements: the same ones in each run, with words as often as people use them."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from store import event_rows, item_rows, session_rows
from store.clock import now_ms
from store.database import Database
from store.item_rows import ItemRow

BATCH = 1000
DAY_MS = 86_400_000
HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
SYLLABLES = "ba ce di fo gu ha le mi no pu ra se ti vo".split()  # noqa: SIM905
VOCABULARY = [first + second + third for first in SYLLABLES for second in SYLLABLES for third in SYLLABLES]
RARE, COMMON, PAIR = "lighthouse", "common", "灯塔"


@dataclass(frozen=True, slots=True)
class Made:
    """What an item is made of, before it belongs to a workspace."""

    title: str
    text: str
    number: int | None
    date: str | None
    tags: list[str]


def made_items(num: int) -> Iterator[Made]:
    """Yield items: 50 words each; every third has the common word, one of 2,000 the rare one and the Chinese pair."""
    dice = random.Random(1492)
    last = len(VOCABULARY) - 1
    for place in range(num):
        words = [VOCABULARY[min(last, int(dice.expovariate(1 / 300)))] for _ in range(50)]
        words += [COMMON] * (place % 3 == 0) + [RARE, PAIR] * (place % 2000 == 0)
        yield Made(
            title=" ".join(words[:5]).capitalize(),
            text=" ".join(words[5:]) + " " + "".join(dice.choices(HAN, k=10)),
            number=dice.randrange(1_000_000) if place % 10 else None,
            date=f"{dice.randrange(2000, 2026)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
            tags=[f"topic {place % 20}", f"folder {place % 1000}"],
        )


def fill(database: Database, num: int) -> UUID:
    """Store a workspace with so many items."""
    session_id = uuid.uuid4()
    with database.write() as write:
        session_rows.add_if_missing(write.connection, session_id, session_id.bytes * 2, DAY_MS)
        event_rows.open_stream(write.connection, session_id, session_id)
    made, now = made_items(num), now_ms() - num
    for begin in range(0, num, BATCH):
        rows = [_row(session_id, now + begin + place, next(made)) for place in range(min(BATCH, num - begin))]
        prepared = item_rows.prepare(rows)
        with database.write() as write:
            item_rows.add(write.connection, prepared)
    return session_id


def _row(session_id: UUID, moment_ms: int, made: Made) -> ItemRow:
    return ItemRow(
        id=uuid.uuid4(),
        session_id=session_id,
        created_ms=moment_ms,
        updated_ms=moment_ms,
        title=made.title,
        text=made.text,
        number=made.number,
        date=made.date,
        tags=made.tags,
    )
