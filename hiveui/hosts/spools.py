"""What came of the spools on another host: each byte once, and only whole records. Nothing here reads or writes."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

FILES = 4096
"""Files of a host of which it is known how far they came, at most."""
RECORD = (1 << 20) + 4096
"""Bytes of a record, at most: as hook.sh writes them."""
RESTS = 1 << 26
"""Bytes of records that did not come whole yet, of all files of a host, at most: the oldest are let go of."""
CHUNK = 1 << 18
"""Bytes of a part, at most; channel.sh knows it too. After one of so many there is more."""
_RS = b"\x1e"
_TOO_LONG = b"?"
"""Stands for a record that is longer than any hook writes."""
_FILE = re.compile(r"([a-z0-9-]{1,32})\.\d{1,20}-\d{1,20}-\d{1,20}\.taken")


def spool_there(folder: str) -> str:
    """Give the spool in the folder of ours on a host."""
    return f"{folder}/spool"


class Part(NamedTuple):
    """Something that was appended to an agent's spool there."""

    agent: str
    records: bytes
    """Whole ones."""


@dataclass(slots=True)
class _File:
    have: int = 0
    """Bytes that came."""
    rest: bytes = b""
    """The end of them, which is no whole record yet."""


class Spools:
    """How far each spool of one host came. It outlives the channel: what comes again is known."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._waiting = 0
        """Bytes of all their rests."""

    def take(self, name: str, offset: int, data: bytes) -> Part | None:
        """Take bytes of a file that begin at `offset`; None where they hold nothing new, or it is no spool."""
        found = _FILE.fullmatch(name)
        if found is None:
            return None
        file = self._files.setdefault(name, _File())
        self._files.move_to_end(name)
        self._waiting -= len(file.rest)
        new = data[max(0, file.have - offset) :] if offset <= file.have else b""
        file.have += len(new)
        file.rest += new
        if file.rest.endswith(b"\n") and len(data) < CHUNK:
            whole, file.rest = file.rest, b""
        else:
            whole, mark, after = file.rest.rpartition(_RS)
            file.rest = mark + (after if len(after) <= RECORD else _TOO_LONG)
        self._waiting += len(file.rest)
        while len(self._files) > FILES or self._waiting > RESTS:
            self._waiting -= len(self._files.popitem(last=False)[1].rest)
        return Part(found[1], whole) if whole else None

    def over(self, name: str, size: int) -> bool:
        """Tell whether a file came whole, of which nothing more is expected: it may go."""
        return name in self._files and self._files[name].have == size
