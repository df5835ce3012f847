"""How many may knock, and how often: what a flood costs others, and whom it can never keep out.

An address that knocks too often waits before keys are exchanged. Those who have not logged in yet have a few places
between them; where all are taken, whoever has got least far gives way to whoever comes. So nobody who holds a good key
is refused, whatever knocks beside them.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

CONNECTIONS = 50
"""People who are logged in at once."""
EACH = 20
"""Connections of them that may be one person's, by one key: nobody alone takes all places."""
UNKNOWN = 10
"""Connections that have not logged in yet and are served."""
WAITING = 64
"""Connections that wait to be served; the newest is the next, since a flood is older than who comes after it."""
TRIES = 6
"""Keys that one connection may try."""
LOGIN = 10.0
"""Seconds to log in."""

RATE = 2.0
"""Knocks a second that an address has in the long run."""
BURST = 10
"""Knocks that it has at once."""
LONGEST = 10.0
"""Seconds that an address waits at most; who knocks beyond that is turned away."""
FAILED = 3
"""Knocks that a connection costs besides which ends without a login."""
ADDRESSES = 1024
"""Addresses that are remembered."""
PUT_OFF = 256
"""Connections that wait for their address's turn at once, from all addresses."""

PATIENCE = (0.25, 0.5, 3.0, 8.0)
"""Seconds after which a connection may have to give way: silent, greeted, keys exchanged, a good key offered."""
LOOK = 0.02
"""Seconds between looks for a place."""


class Throttle:
    """Seconds that an address has to wait before it is served (the generic cell rate algorithm, ITU-T I.371)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: OrderedDict[str, float] = OrderedDict()
        """When each address would have used up what it was given, the one that knocked last at the end."""

    def __len__(self) -> int:
        """Count the addresses that are remembered."""
        return len(self._due)

    def delay(self, address: str) -> float | None:
        """Count a knock, and give the seconds to wait; None where too many wait already."""
        due = self._owes(address) + 1 / RATE
        wait = max(0.0, due - self._clock() - BURST / RATE)
        if wait > LONGEST:
            return None
        self._remember(address, due)
        return wait

    def failed(self, address: str) -> None:
        """Take note that a connection ended without a login; it never shuts anybody out."""
        longest = self._clock() + BURST / RATE + LONGEST - 1 / RATE
        self._remember(address, min(self._owes(address) + FAILED / RATE, max(longest, self._owes(address))))

    def forgive(self, address: str) -> None:
        """Forget what an address owes: somebody there has a good key."""
        self._due.pop(address, None)

    def _owes(self, address: str) -> float:
        return max(self._due.get(address, 0.0), self._clock())

    def _remember(self, address: str, due: float) -> None:
        self._due[address] = due
        self._due.move_to_end(address)
        if len(self._due) > ADDRESSES:
            self._due.popitem(last=False)


class Caller(Protocol):
    """A connection that has not logged in yet."""

    @property
    def stage(self) -> int:
        """How far it has got, an index of PATIENCE."""

    def give_way(self) -> None:
        """End, soon."""


class Places:
    """The few places of those who have not logged in yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: dict[Caller, float] = {}
        """Who is served, and since when, the oldest first."""
        self._waiting: list[Caller] = []

    @asynccontextmanager
    async def place(self, caller: Caller) -> AsyncIterator[None]:
        """Wait for a place and keep it."""
        self._waiting.append(caller)
        if len(self._waiting) > WAITING:
            self._waiting.pop(0).give_way()
        try:
            while not (self._waiting[-1] is caller and self._room()):
                await asyncio.sleep(LOOK)
        finally:
            if caller in self._waiting:
                self._waiting.remove(caller)
        self._taken[caller] = self._clock()
        try:
            yield
        finally:
            self._taken.pop(caller, None)

    def _room(self) -> bool:
        """Tell whether a place is free, and have somebody give theirs up where none is."""
        if len(self._taken) < UNKNOWN:
            return True
        now = self._clock()
        weak = [one for one, since in self._taken.items() if now - since > PATIENCE[one.stage]]
        if weak:
            least = min(weak, key=lambda one: one.stage)
            del self._taken[least]
            least.give_way()
        return bool(weak)
