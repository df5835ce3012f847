"""How much is on its way to a client that may not read: bounded, so that what it sees is never old. Pure."""

import math

LIMIT = 1 << 18
"""Bytes in flight. OpenSSH refills its window by some 48 KiB at a time, so that a full line never has to stop."""
STUCK = 1.0
"""Seconds after which a client that never told what it took is sent more: it may refill in larger steps than LIMIT."""
BOUNDLESS = 1 << 26
"""Bytes of a window that says nothing of what was taken: some clients open one of 2 GiB, and leave it at that."""
MEMORY = 2.0
"""Seconds over which it is judged whether the line is slow."""
SLOW, QUICK = 0.5, 0.1
"""Shares of that time in which nothing could be sent: above, the line is slow; below, it is so no more."""


class Flow:
    """Counts what a client has not taken yet, from the window that it grants (RFC 4254, 5.2)."""

    def __init__(self) -> None:
        self._widest = 0
        self._expected: int | None = None
        """The window as it stands if the client has taken nothing since."""
        self._step = 0
        """By how much the client refills its window, at most so far."""
        self._given = LIMIT
        """What a client that never refilled its window is sent."""
        self._stopped: float | None = None
        self._looked: float | None = None
        self._share = 0.0
        self.slow = False

    def room(self, window: int, waiting: int, now: float) -> bool:
        """Tell whether more may be sent, from the window, and the bytes that wait because it is used up."""
        self._widest = max(self._widest, window)
        if self._expected is not None and window > self._expected:
            self._step = max(self._step, window - self._expected)
        self._expected = window
        if self._stopped is not None and not self._step and now - self._stopped > STUCK:
            self._given += LIMIT
            self._stopped = now
        limit = max(LIMIT, 2 * self._step) if self._step else self._given
        flying = waiting + (self._widest - window if window < BOUNDLESS else 0)
        free = flying < limit
        self._judge(now)
        self._stopped = None if free else now if self._stopped is None else self._stopped
        return free

    def sent(self, count: int) -> None:
        """Take note of what was sent."""
        if self._expected is not None:
            self._expected = max(0, self._expected - count)

    def _judge(self, now: float) -> None:
        passed = now - (now if self._looked is None else self._looked)
        self._looked = now
        stopped = 0.0 if self._stopped is None else 1.0
        self._share += (stopped - self._share) * (1 - math.exp(-passed / MEMORY))
        self.slow = self._share > (QUICK if self.slow else SLOW)
