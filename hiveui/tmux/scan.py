r"""Finds, in what a pane prints, the few sequences worth keeping while everything else is only "dirty".

Kept: BEL, OSC 0/2 (title), 7 (folder), 9/99/777 (notification), 133 (prompt marks), 7501 (program status),
unwrapped from `ESC P tmux; … ESC \` too, and the cursor's shape (DECSCUSR, reset by RIS and DECSTR).
Sources: ECMA-48 8.3.89 (OSC), xterm "Control Sequences", tmux(1) allow-passthrough.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

KEPT_OSC = frozenset((b"0", b"2", b"7", b"9", b"99", b"133", b"777", b"7501"))
MAX_STRING = 4096
"""Bytes of a control string that are kept; a longer one is ignored up to its end."""

_INTEREST = re.compile(rb"\x07|\x1b(?:[\]Pc]|\[[0-6]? q|\[!p|\[[0-6]?$|\[[0-6]? $|\[!$|$)")
_TOKEN = re.compile(
    rb"\x1b\](?P<osc>[0-9]{0,5})(?P<body>[^\x07\x1b]*)(?P<end>\x07|\x1b\\)"
    rb"|\x1bPtmux;(?P<wrapped>(?:[^\x1b]|\x1b\x1b)*)\x1b\\"
    rb"|\x1b\[(?P<shape>[0-6]?) q"
    rb"|(?P<reset>\x1bc|\x1b\[!p)"
    rb"|(?P<string>\x1b[\]PX^_])"
    rb"|(?P<bell>\x07)"
)
_PARTIAL = re.compile(rb"\x1b(?:\[(?:!|[0-6]? ?)|\](?:[^\x07\x1b]|\x1b\Z)*|P(?:[^\x1b]|\x1b\x1b|\x1b\Z)*)?\Z")


@dataclass(frozen=True, slots=True)
class Signal:
    """One kept sequence: `kind` is `bell`, `shape` or the OSC's number."""

    kind: str
    body: bytes = b""


class Scanner:
    """Scan one pane's output; state survives any split of the stream."""

    def __init__(self) -> None:
        self._held = b""
        self._ignoring = False

    def feed(self, data: bytes) -> list[Signal]:
        """Scan the `data` of one `%output` line, octal escapes and all."""
        if not self._held and not self._ignoring and b"\\0" not in data:
            return []
        return self.scan(unescape(data))

    def scan(self, raw: bytes) -> list[Signal]:
        """Scan bytes as the program wrote them."""
        if self._ignoring:
            raw = self._skip(raw)
        text = self._held + raw
        self._held = b""
        if not _INTEREST.search(text):
            return []
        signals: list[Signal] = []
        position = 0
        while match := _TOKEN.search(text, position):
            if match["string"]:
                break
            position = match.end()
            signals += _signals(match)
        self._keep(text, position)
        return signals

    def _keep(self, text: bytes, position: int) -> None:
        partial = _PARTIAL.search(text, position)
        if partial is None:
            return
        if len(partial[0]) <= MAX_STRING:
            self._held = partial[0]
        else:
            self._ignoring = True

    def _skip(self, raw: bytes) -> bytes:
        ends = [raw.find(end) + len(end) for end in (b"\x07", b"\x1b\\") if end in raw]
        if not ends:
            return b""
        self._ignoring = False
        return raw[min(ends) :]


def _signals(match: re.Match[bytes]) -> Iterator[Signal]:
    if match["bell"]:
        yield Signal("bell")
    elif match["shape"] is not None:
        yield Signal("shape", match["shape"] or b"0")
    elif match["reset"]:
        yield Signal("shape", b"0")
    elif match["wrapped"] is not None:
        yield from Scanner().scan(match["wrapped"].replace(b"\x1b\x1b", b"\x1b"))
    elif match["osc"] in KEPT_OSC and len(match["body"]) <= MAX_STRING:
        yield Signal(match["osc"].decode(), match["body"][1:])


def unescape(data: bytes) -> bytes:
    r"""Undo tmux's `\ooo` escapes. `codecs.escape_decode` does 1.3 GB/s; a loose backslash comes only as `\134`."""
    try:
        return codecs.escape_decode(data)[0]
    except ValueError:
        return data
