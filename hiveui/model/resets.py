"""When a limit of use ends, from the words in which programs say so: `3pm (Europe/Berlin)`, `2h 15m`, `Nov 24, 9am`."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hiveui.model.signs import AgentState, Reading

MARGIN = timedelta(seconds=30)
"""By which a limit is believed to be over later than it says: programs round."""

_ZONE = re.compile(r"\(([A-Za-z]+(?:/[A-Za-z0-9_+-]+)*)\)")
_CLOCK = re.compile(
    r"\b(\d{1,2})(?::(\d\d))?(?::\d\d)?\s*([ap])\.?m\b\.?|\b(\d{1,2}):(\d\d)(?::\d\d)?\b", re.IGNORECASE
)
_DAY = re.compile(r"\b([A-Z][a-z]{2})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4})\b)?")
_SPAN = re.compile(r"(\d+)\s*(d|h|m|s)(?:[a-z]*)\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def over(reading: Reading, now: datetime) -> bool:
    """Tell whether the limit that an agent waits for is over by the clock; not where it does not say when it ends."""
    if reading.state is not AgentState.RATE_LIMITED or not reading.resets:
        return False
    try:
        since = datetime.fromisoformat(reading.since)
    except ValueError:
        return False
    ends = when(reading.resets, since)
    return ends is not None and now >= ends + MARGIN


def when(words: str, said: datetime) -> datetime | None:
    """Give the time that words mean which were said at a time, in UTC; None where that cannot be told.

    A time without a zone is of this machine's.
    """
    clock, day = _CLOCK.search(words), _DAY.search(words)
    try:
        if clock is None and day is None:
            return _later(words, said)
        return _at(clock, day, said.astimezone(_zone(words))).astimezone(UTC)
    except (ValueError, KeyError, OverflowError, OSError):
        return None


def _later(words: str, said: datetime) -> datetime | None:
    spans = _SPAN.findall(words)
    if not spans:
        return None
    return (said + timedelta(**{_UNITS[unit.lower()]: int(count) for count, unit in spans})).astimezone(UTC)


def _zone(words: str) -> tzinfo | None:
    """Find the zone that words name; None for this machine's. Raises KeyError for one that is unknown."""
    named = _ZONE.search(words)
    return ZoneInfo(named[1]) if named else None


def _at(clock: re.Match[str] | None, day: re.Match[str] | None, said: datetime) -> datetime:
    """Give the first such time after what was said. Raises ValueError for no time of any day."""
    hour, minute = _hour(clock) if clock else (0, 0)
    there = said.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if day is None:
        return there if there > said else there + timedelta(days=1)
    month = _MONTHS.index(day[1].lower()) + 1
    there = there.replace(year=int(day[3] or said.year), month=month, day=int(day[2]))
    return there if day[3] or there > said else there.replace(year=there.year + 1)


def _hour(clock: re.Match[str]) -> tuple[int, int]:
    if clock[4]:
        return int(clock[4]), int(clock[5])
    if not 1 <= int(clock[1]) <= 12:
        raise ValueError(clock[0])
    return int(clock[1]) % 12 + 12 * (clock[3].lower() == "p"), int(clock[2] or 0)
