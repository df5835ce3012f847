"""What a terminal pastes, bounded: of a paste that is too long the rest is left out. Sans I/O."""

BEGIN, END = b"\x1b[200~", b"\x1b[201~"
"""Bracketed paste (xterm, "Bracketed Paste Mode")."""
LONGEST = (1 << 20) + 1
"""Bytes of a paste: one more than the screen takes, which then drops all of it and says so."""


class PasteGate:
    """Lets input through at once; a paste beyond its limit is ended there, and the rest of it dropped."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self.inside = False
        """A paste has begun that has not ended."""
        self._passed = 0
        """Bytes of this paste so far."""
        self._tail = b""
        """The last bytes that came, in which a bracket may have begun."""
        self.cut = 0
        """Pastes that were too long."""

    def feed(self, data: bytes) -> bytes:
        """Give what is let through of the bytes that came; a bracket may be split between two calls."""
        seen, before = self._tail + data, len(self._tail)
        through: list[bytes] = []
        looked = start = 0
        while (at := seen.find(END if self.inside else BEGIN, looked)) >= 0:
            looked = at + len(BEGIN)
            through.append(self._pass(data[start : looked - before]))
            start = looked - before
            self.inside, self._passed = not self.inside, 0
        through.append(self._pass(data[start:]))
        self._tail = seen[max(looked, len(seen) - len(BEGIN) + 1) :]
        return b"".join(through)

    def _pass(self, data: bytes) -> bytes:
        if not self.inside or not data:
            return data
        left = self._longest - self._passed
        self._passed += len(data)
        if left < 0 or len(data) <= left:
            return data if left >= 0 else b""
        self.cut += 1
        self._passed = self._longest + 1
        return data[:left] + END
