"""Whose lines stand in files that several agents change in one checkout, told by reading them after each write."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hiveui.model.authorship import Authored, begun, written
from hiveui.storage import regular

LARGEST = 256 << 10
"""Bytes of a file that is read."""
KEPT = 16 << 20
"""Characters of files that are kept, all together."""
QUEUED = 500
"""Files that wait to be read."""
LATE = 0.2
"""Seconds by which a file may be newer than what was heard of it."""
TRIES = 5
UNKNOWN = 2.0
"""Seconds in which it may become known who wrote a file."""

Place = tuple[str, str]
"""A checkout, and a path below it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is to be read."""

    parties: Mapping[str, str]
    """Who wrote it since it was read last, each with the time of the last write; '' for somebody who is not known."""
    new: bool
    """It came to be since."""
    tries: int = 0

    def known(self, now: datetime) -> bool:
        """Tell whether it is known by now who wrote it, or will not be any more."""
        unknown = self.parties.get("")
        return unknown is None or (now - datetime.fromisoformat(unknown)).total_seconds() > UNKNOWN


class Blame:
    """Heard on the event loop, worked out beside it: `look` is not for the loop, and not for two at a time."""

    def __init__(self, committed: Callable[[Place], bytes | None]) -> None:
        """`committed` gives a file as its checkout's commit has it."""
        self._committed = committed
        self._files: OrderedDict[Place, Authored] = OrderedDict()
        self._size = 0
        self._queue: dict[Place, Written] = {}

    def wrote(self, place: Place, party: str, time: str, *, new: bool = False) -> None:
        """Take note that a party wrote a file; '' for somebody who is not known."""
        if place in self._queue or len(self._queue) < QUEUED:
            self._note(place, Written({party: time}, new))

    def of(self, place: Place) -> Authored | None:
        """Give the authors of a file's lines; None where they are not known."""
        return self._files.get(place)

    def take(self) -> dict[Place, Written]:
        """Give what waits, which is to be looked at."""
        queue, self._queue = self._queue, {}
        return queue

    def look(self, queue: Mapping[Place, Written], now: datetime) -> dict[Place, Written]:
        """Read files; give those of which more is to be heard, to be put back (`again`)."""
        early = {}
        for place, one in queue.items():
            if not one.known(now):
                early[place] = one
                continue
            data, changed = read(place)
            heard = datetime.fromisoformat(max(one.parties.values())).timestamp()
            if changed > heard + LATE and one.tries < TRIES:
                early[place] = replace(one, tries=one.tries + 1)
                continue
            lines = text_lines(data)
            if lines is None:
                self._forget(place)
                continue
            party = next(iter(one.parties)) if len(one.parties) == 1 else ""
            self._keep(place, written(self._files.get(place) or self._first(place, one, lines), lines, party))
        return early

    def again(self, early: Mapping[Place, Written]) -> None:
        """Put back what was looked at too early."""
        for place, one in early.items():
            self._note(place, one)

    def _note(self, place: Place, one: Written) -> None:
        old = self._queue.get(place, one)
        times = [*old.parties.items(), *one.parties.items()]
        parties = {party: max(time for other, time in times if other == party) for party, _ in times}
        if any(party and time == parties.get("") for party, time in times):
            del parties[""]  # the same write, now known
        self._queue[place] = Written(parties, old.new or one.new, max(old.tries, one.tries))

    def _first(self, place: Place, one: Written, lines: list[str]) -> Authored:
        """Give a file as it stood before it was seen: as it was committed, else as it is, with lines of nobody's."""
        if one.new:
            return begun(())
        committed = text_lines(self._committed(place))
        return begun(lines if committed is None else committed)

    def _keep(self, place: Place, file: Authored) -> None:
        self._forget(place)
        self._files[place] = file
        self._size += _size(file)
        while self._size > KEPT and len(self._files) > 1:
            self._forget(next(iter(self._files)))

    def _forget(self, place: Place) -> None:
        old = self._files.pop(place, None)
        self._size -= _size(old) if old is not None else 0


def _size(file: Authored) -> int:
    return sum(map(len, file.lines)) + 64 * len(file.lines)


def read(place: Place) -> tuple[bytes | None, float]:
    """Read a plain file with the time of its change in seconds; None where there is none, or one that is too large."""
    top, path = place
    try:
        data, changed = regular.read(Path(top) / path, LARGEST + 1)
    except (OSError, ValueError):
        return None, 0.0
    return (data if len(data) <= LARGEST else None), changed


def text_lines(data: bytes | None) -> list[str] | None:
    """Split a text into its lines; None for what is none. Bytes that are no UTF-8 as os.fsdecode gives them."""
    if data is None or b"\0" in data:
        return None
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return lines if lines[-1] else lines[:-1]
