"""Schedules: times in cron's words and in a time zone's clock, as Debian's cron reads them over a change of the clock.

Five fields (minute, hour, day of the month, month, day of the week; https://manpages.debian.org/crontab.5), or one of
@hourly, @daily, @weekly, @monthly, @yearly.
"""

from datetime import datetime
from functools import cache
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from store.clock import as_time

MAX_CRON = 100
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def next_times(cron: str, time_zone: str, after_ms: int, num: int) -> list[datetime]:
    """Return the next times of a schedule, which a visitor's shapes found good; fewer where there are no more."""
    found = CronSim(_fields(cron), as_time(after_ms).astimezone(ZoneInfo(time_zone)))
    return list(islice(found, num))


def next_ms(cron: str, time_zone: str, after_ms: int) -> int | None:
    """Return the next time of a schedule in milliseconds, or None where it has no more."""
    found = next_times(cron, time_zone, after_ms, 1)
    return int(found[0].timestamp() * 1000) if found else None


def _fields(cron: str) -> str:
    return NICKNAMES.get(cron.lower(), cron)


def _cron(text: str) -> str:
    words = " ".join(text.split())
    try:
        if len(_fields(words).split()) != 5:
            raise CronSimError("Wrong number of fields")
        if not next_times(words, "UTC", 0, 1):
            raise CronSimError("That never comes")
    except CronSimError as error:
        reason = f"write minute, hour, day, month and day of the week, as 0 9 * * 1-5 ({error})"
        raise PydanticCustomError("cron", "{reason}", {"reason": reason}) from None
    return words


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("time_zone", "write a time zone's name, such as Europe/Vienna or Asia/Shanghai")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


Cron = Annotated[str, Field(max_length=MAX_CRON, json_schema_extra={"format": "cron"}), AfterValidator(_cron)]
TimeZone = Annotated[str, Field(max_length=64, json_schema_extra={"format": "time-zone"}), AfterValidator(_zone)]
