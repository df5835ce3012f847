"""Rows about the whole screen: Supervise keys, sizes, and how soon it is there."""

import itertools
import re
import time
from collections.abc import Callable

from hiveui.bench.figures import BenchError, Figure, at_least, at_most, quantile
from hiveui.bench.keyboard import streaming
from hiveui.bench.scale import Scale
from hiveui.bench.subjects import Ours, Panes, program
from hiveui.bench.terminal import COLUMNS, ROWS, Terminal

TITLE = re.compile(rb"\x1b\[([\d;]*)m *\d+ (p\d\d)")
"""A pane's title: its style, in front of its number and role."""
SHEET = re.compile(rb"K(p\d\d)n(\d+x\d+)k")
"""The mark at the bottom right of a `sheet`: its name and its size."""
PHRASE = re.compile(rb"[A-Z][a-z]+(?: [a-z]+)+")
"""Words that no stream prints: a capital, then lower-case words."""
FIRST_TITLE = re.compile(rb"p01((?:[^\x1b]|\x1b\[[\d;]*m)*)\x1b\[\d+;\d+H")
"""The rest of the first pane's title, as wide as the pane."""
REPORTS = 60
"""Mouse reports a second while a border is dragged, each a cell on."""
REACH = 20
"""Cells that it is dragged before it turns."""
LIMIT = 3.0
"""Seconds after which a change counts as never shown."""
QUIET = 0.15
"""Seconds between one key and the next."""
SMALLER = (120, 40)
ZOOMED, SHARED = b"200x47", b"50x11"
"""Sizes of the first of sixteen panes, alone and among them."""

Seen = Callable[[bytes], bool]


class Styles:
    """In what style each pane's title was last drawn."""

    def __init__(self) -> None:
        self._styles: dict[bytes, bytes] = {}

    def look(self, data: bytes) -> set[bytes]:
        """Give the roles whose title is drawn in another style than before."""
        changed = set()
        for style, role in TITLE.findall(data):
            if self._styles.get(role, style) != style:
                changed.add(role)
            self._styles[role] = style
        return changed


class Supervisor:
    """Presses Supervise keys at a screen of sixteen panes: a sheet first, then streams."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.first: list[float] = []
        """Milliseconds to the first changed cell."""
        self.full: list[float] = []
        """Milliseconds until everything that changes has changed."""
        self._styles = Styles()
        self._heading, self._ending = self._learn_help()

    def round(self) -> None:
        """Press each key once, and what leads back."""
        for key, roles in ((b"\t", {b"p01", b"p02"}), (b"1", {b"p01", b"p02"})):
            self._press(key, *self._lit(roles))
        whole = {f"p{i:02d}".encode() for i in range(1, 17)}
        self._press(b"z", *self._drawn({b"p01"}, ZOOMED))
        self._press(b"z", *self._drawn(whole, SHARED))
        self._press(b"?", self._said(self._heading), self._said(self._ending))
        self._press(b"\x1b", *self._drawn(whole, SHARED), count=False)

    def _press(self, key: bytes, first: Seen, full: Seen, *, count: bool = True) -> None:
        times: list[float] = []
        terminal = self.terminal

        def look(data: bytes) -> bool:
            begun, done = first(data), full(data)
            if begun and not times:
                times.append(terminal.at)
            return done

        began = terminal.write(key)
        done = terminal.until(look, LIMIT)
        if count:
            self.first.append((times[0] - began) * 1000 if times else LIMIT * 1000)
            self.full.append(LIMIT * 1000 if done is None else (done - began) * 1000)
        terminal.drain(QUIET, self._styles.look)

    def _lit(self, roles: set[bytes]) -> tuple[Seen, Seen]:
        """See the focus go from one title to another: the first drawn anew, and both."""
        changed: set[bytes] = set()

        def first(data: bytes) -> bool:
            changed.update(self._styles.look(data))
            return bool(changed)

        return first, lambda _: roles <= changed

    def _drawn(self, roles: set[bytes], size: bytes) -> tuple[Seen, Seen]:
        """See titles drawn: the first of them, and all of them and the sheet in its size."""
        drawn: set[bytes] = set()
        sheets: set[bytes] = set()

        def first(data: bytes) -> bool:
            drawn.update(role for _, role in TITLE.findall(data))
            return bool(drawn)

        def full(data: bytes) -> bool:
            sheets.update(found for _, found in SHEET.findall(data))
            return roles <= drawn and size in sheets

        return first, full

    @staticmethod
    def _said(phrase: bytes) -> Seen:
        return lambda data: phrase in data

    def _learn_help(self) -> tuple[bytes, bytes]:
        """Open the help once; give its first and last words."""
        text = bytearray()
        self.terminal.drain(0.5, self._styles.look)
        self.terminal.write(b"?")
        self.terminal.drain(0.6, text.extend)
        self.terminal.write(b"\x1b")
        self.terminal.drain(0.6, self._styles.look)
        phrases = PHRASE.findall(text)
        if not phrases:
            raise BenchError("The help did not open.")
        return phrases[0], phrases[-1]


def keys(scale: Scale) -> list[Figure]:
    """Press `1`, `z`, tab and `?` while fifteen panes stream."""
    panes = Panes([program("sheet", "p01"), *streaming(15)])
    with Ours(panes) as ours:
        leave_interact(ours.terminal)
        supervisor = Supervisor(ours.terminal)
        while len(supervisor.first) < scale.keys:
            supervisor.round()
    return [
        at_most("first changed cell, p95", quantile(supervisor.first, 0.95), 50, "ms"),
        at_most("full paint, p95", quantile(supervisor.full, 0.95), 120, "ms"),
    ]


def leave_interact(terminal: Terminal) -> None:
    """Go back to Supervise."""
    terminal.write(b"\x1d")
    terminal.expect(b"leave")


def sheets(count: int) -> Panes:
    """Give panes that draw their whole screen whenever its size changes."""
    return Panes([program("sheet", f"p{i:02d}") for i in range(1, count + 1)])


def sizes(scale: Scale) -> list[Figure]:
    """Make the terminal smaller: until each of eight panes shows what its program drew for its last size."""
    took: list[float] = []
    with Ours(sheets(8)) as ours:
        terminal = ours.terminal
        for _ in range(scale.rounds(20)):
            before = settle(terminal, COLUMNS, ROWS)[1]
            seconds, after = settle(terminal, *SMALLER)
            stuck = [pane for pane in before if after.get(pane, before[pane]) == before[pane]]
            took.append(LIMIT * 1000 if stuck else seconds * 1000)
    return [at_most("settled, p95", quantile(took, 0.95), 250, "ms")]


def settle(terminal: Terminal, columns: int, rows: int) -> tuple[float, dict[bytes, bytes]]:
    """Change the size; give the seconds until the last pane first showed its last size, and those sizes."""
    shown: dict[bytes, tuple[bytes, float]] = {}

    def look(data: bytes) -> None:
        for pane, size in SHEET.findall(data):
            if pane not in shown or shown[pane][0] != size:
                shown[pane] = (size, terminal.at)

    began = time.perf_counter()
    terminal.resize(columns, rows)
    terminal.drain(1.2, look)
    last = max((at for _, at in shown.values()), default=began + LIMIT)
    return last - began, {pane: size for pane, (size, _) in shown.items()}


def drag(scale: Scale) -> list[Figure]:
    """Drag the bar beside the first of eight panes: how often it is drawn in another place, and who is resized."""
    with Ours(Panes(streaming(8))) as ours:
        leave_interact(ours.terminal)
        rate = drag_bar(ours.terminal, scale.seconds, FIRST_TITLE)
    with Ours(sheets(8)) as ours:
        leave_interact(ours.terminal)
        sizes = drag_bar(ours.terminal, scale.seconds, re.compile(rb"Kp01n(\d+x\d+)k"))
    return [
        at_least("places where the bar was drawn", rate / scale.seconds, 30, "/s"),
        at_most("sizes that the first pane was given", sizes, 2, ""),
    ]


def drag_bar(terminal: Terminal, seconds: float, mark: re.Pattern[bytes]) -> int:
    """Drag the first bar back and forth; how often the mark changed."""
    changes, last = 0, b""

    def look(data: bytes) -> None:
        nonlocal changes, last
        for found in mark.findall(data):
            changes += found != last
            last = found

    bar, line = COLUMNS // 3, ROWS // 2
    terminal.write(b"\x1b[<0;%d;%dM" % (bar + 1, line))
    began = time.perf_counter()
    for step in itertools.count(1):
        due = began + step / REPORTS
        if due > began + seconds:
            break
        off = REACH - abs(step % (2 * REACH) - REACH)
        terminal.write(b"\x1b[<32;%d;%dM" % (bar + 1 + off, line), look)
        while (left := due - time.perf_counter()) > 0:
            terminal.drain(left, look)
    terminal.write(b"\x1b[<0;%d;%dm" % (bar + 1, line))
    terminal.drain(0.5, look)
    return changes


def start(scale: Scale) -> list[Figure]:
    """Run `hive` where eight agents run, until every pane and the status line are there."""
    took: list[float] = []
    with Ours(sheets(8)) as ours:
        ours.terminal.close()
        for _ in range(scale.rounds(20)):
            missing = {f"p{i:02d}".encode() for i in range(1, 9)} | {b"leave"}

            def look(data: bytes, missing: set[bytes] = missing) -> bool:
                missing.difference_update(pane for pane, _ in SHEET.findall(data))
                if b"leave" in data:
                    missing.discard(b"leave")
                return not missing

            began = time.perf_counter()
            with ours.screen() as terminal:
                found = terminal.until(look, 10)
                took.append(10_000 if found is None else (found - began) * 1000)
                terminal.drain(0.3)
    return [
        at_most("p50", quantile(took, 0.5), 700, "ms"),
        at_most("p95", quantile(took, 0.95), 700, "ms"),
    ]
