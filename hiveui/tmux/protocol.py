"""Tmux control mode, sans I/O: bytes of a `tmux -C` client in, replies and notifications out.

Source: tmux(1), CONTROL MODE; ordering and block flags as in tmux 3.3a's control.c. Two facts rule this module:

- A reply's lines come raw between `%begin` and `%end`, and a pane can print a line that equals that `%end`.
  So a block with a pane's text is never ended by its text: the block before it says how many lines come.
- `%output` lines are safe (C0 and backslash are octal) but carry bytes 0x7f-0xff raw: lines are split on bytes.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

CAPTURE_HEADER = (
    "#{?session_id,"
    "#{pane_height} #{history_size} #{pane_width} #{cursor_x} #{cursor_y} #{cursor_flag} #{alternate_on} "
    "#{mouse_standard_flag} #{mouse_button_flag} #{mouse_all_flag} #{mouse_sgr_flag} #{pane_dead}"
    ",}"
)
"""Numbers only, so that the first block of a capture cannot be forged. Its first two fields frame the second.

Empty for a pane that was taken away just now: tmux still finds it, without a session, and refuses to capture it.
"""

_PANE = re.compile(rb"%[0-9]{1,9}")
MAX_LINE = 8 << 20
"""Bytes without a line end after which the stream is no control mode any more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the next own blocks belong to."""

    id: int
    blocks: int = 1
    """Commands on the line, a block each; the first error is the last block. Of a capture: not used, it has two."""
    start: int | None = None
    """Of a capture: first line asked for, 0 the top of the screen, negative in the history; None: a plain reply."""
    end: int = 0
    """Of a capture: last line asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One command line's answer: its blocks' lines, or a capture's header and rows."""

    id: int
    ok: bool
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A pane printed; `data` still carries tmux's octal escapes."""

    pane: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Notification:
    """Any other `%` line outside a block, whole."""

    line: bytes


Item = Reply | Output | Notification


class ProtocolError(ValueError):
    """The bytes are no control mode: the client must be replaced."""


class Protocol:
    """Incremental parser. `expect` once for each command line written, in the same order."""

    def __init__(self) -> None:
        self._buffer = b""
        self._expected: deque[Expected] = deque()
        self._block: list[bytes] | None = None
        self._own = False
        self._tail = b""
        self._count: int | None = None
        self._header: bytes | None = None
        self._earlier: tuple[bytes, ...] = ()
        self._blocks = 0

    def expect(self, expected: Expected) -> None:
        """Announce what a command line will be answered with."""
        self._expected.append(expected)

    @property
    def waiting(self) -> int:
        """Commands not answered yet."""
        return len(self._expected)

    def feed(self, data: bytes) -> Iterator[Item]:
        """Take bytes and give what they complete. Raises ProtocolError."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > MAX_LINE:
            raise ProtocolError("a line without end")
        for line in lines:
            item = self._line(line)
            if item is not None:
                yield item

    def _line(self, line: bytes) -> Item | None:
        if self._block is not None:
            return self._inside(line)
        if line.startswith(b"%begin "):
            self._begin(line)
            return None
        line = line.removesuffix(b"\r")
        if line.startswith(b"%output "):
            _, pane, data = (*line.split(b" ", 2), b"")[:3]
            return Output(checked_pane(pane), data)
        if line.startswith(b"%extended-output "):
            head, _, data = line.partition(b" : ")
            _, pane, *_ = (*head.split(b" ", 2), b"")
            return Output(checked_pane(pane), data)
        return Notification(line) if line.startswith(b"%") else None

    def _begin(self, line: bytes) -> None:
        words = line.split()
        if len(words) != 4:
            raise ProtocolError(f"a malformed block start: {line[:80]!r}")
        self._block = []
        self._own = words[3] == b"1" and bool(self._expected)
        self._tail = b" " + b" ".join(words[1:])
        self._count = None
        if self._own and self._header is not None:
            self._count = lines_of(self._header, self._expected[0])

    def _inside(self, line: bytes) -> Item | None:
        if self._block is None:
            raise ProtocolError("a line outside a block")
        if self._count:
            # Verbatim: whatever this line says, it is the pane's text.
            self._count -= 1
            self._block.append(line)
            return None
        if line in (b"%end" + self._tail, b"%error" + self._tail):
            lines, self._block = tuple(self._block), None
            return self._finish(lines, ok=line.startswith(b"%end")) if self._own else None
        if self._count == 0:
            raise ProtocolError(f"a counted block did not end where it should: {line[:80]!r}")
        self._block.append(line)
        return None

    def _finish(self, lines: tuple[bytes, ...], *, ok: bool) -> Reply | None:
        expected = self._expected[0]
        if expected.start is not None and ok and self._header is None:
            self._header = lines[0] if lines else b""
            return None
        self._blocks += 1
        if expected.start is None and ok and self._blocks < expected.blocks:
            self._earlier += lines
            return None
        before = self._earlier if self._header is None else (self._header,)
        self._expected.popleft()
        self._header, self._earlier, self._blocks = None, (), 0
        return Reply(expected.id, ok, (*before, *lines))


def checked_pane(said: bytes) -> bytes:
    """Give a pane's id. Raises ProtocolError for what is none: a tmux elsewhere may say what it likes."""
    if _PANE.fullmatch(said) is None:
        raise ProtocolError(f"this is no pane: {said[:80]!r}")
    return said


def lines_of(header: bytes, capture: Expected) -> int | None:
    """Count the lines that a capture after `header` will give; None when the pane is gone (an error follows)."""
    words = header.split()
    if len(words) < 2 or not words[0].isdigit() or not words[1].isdigit() or capture.start is None:
        return None
    height, history = int(words[0]), int(words[1])
    first = max(-history, min(capture.start, height - 1))
    last = max(-history, min(capture.end, height - 1))
    return abs(last - first) + 1
