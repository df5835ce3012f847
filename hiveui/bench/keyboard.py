"""Rows about keys and pastes: from the byte written into the terminal to the changed cell read from it."""

import itertools
import random
from dataclasses import dataclass, field

from hiveui.bench.figures import Figure, at_most, median, noted, over_plain, quantile
from hiveui.bench.programs import ESCAPE
from hiveui.bench.scale import Scale, pairs
from hiveui.bench.subjects import Ours, Panes, Subject, program
from hiveui.bench.terminal import Terminal

CHARACTERS = "QVWY"
LONE_ESCAPE = "\x1b"
PAUSE = (0.015, 0.045)
"""Seconds between an echo and the next key: not in step with any frame rate."""
LOST = 2.0
"""Seconds after which a key counts as lost."""
HELD_RATE = 30
LINE = "the quick brown fox jumps over the lazy dog 0123456789\r"


@dataclass(slots=True)
class Echoes:
    """Keys into the pane of `echo`, which numbers them: no repaint can be taken for the next one."""

    terminal: Terminal
    waits: list[float] = field(default_factory=list)
    """Milliseconds from each key to its echo; LOST where none came."""
    lost: int = 0
    _count: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  pauses, no secrets

    def press(self, key: str = "", *, count: bool = True) -> None:
        """Type one key, the next character by default, and wait for its echo."""
        self._count += 1
        character = key or CHARACTERS[self._count % len(CHARACTERS)]
        mark = f"{character.replace(LONE_ESCAPE, ESCAPE)}{self._count}".encode()
        began = self.terminal.write(character.encode())
        found = self.terminal.until(lambda data: mark in data, LOST)
        if found is None:
            self.lost += 1
        if count:
            self.waits.append(LOST * 1000 if found is None else (found - began) * 1000)

    def type(self, keys: int) -> None:
        """Type so many keys one after the other."""
        for _ in range(keys):
            self.press()
            self.pause()

    def pause(self) -> None:
        """Let some time go by."""
        self.terminal.drain(self._random.uniform(*PAUSE))


def typed(subject: Subject, keys: int) -> Echoes:
    """Type so many keys one after the other."""
    echoes = Echoes(subject.terminal)
    for _ in range(5):
        echoes.press(count=False)
        echoes.pause()
    echoes.type(keys)
    return echoes


def escaped(subject: Subject, keys: int) -> Echoes:
    """Type so many lone Escapes, an ordinary key between each two."""
    echoes = Echoes(subject.terminal)
    for _ in range(keys):
        echoes.press(count=False)
        echoes.pause()
        echoes.press(LONE_ESCAPE)
        echoes.pause()
    return echoes


def streaming(count: int, rate: int = 20) -> list[list[str]]:
    """Give so many streams of coloured lines, at most 676."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = itertools.islice(itertools.product(letters, letters), count)
    return [program("lines", "".join(name), str(rate)) for name in names]


def echo_rows(panes: Panes, scale: Scale, more: float, worst: float | None) -> list[Figure]:
    """Compare echoes; `more` and `worst` are the bars for p50 over tmux and for p99, in milliseconds."""
    plain, ours = pairs(scale, panes, lambda subject, keys: typed(subject, keys).waits)
    figures = [over_plain("p50", median(ours), median(plain), more, "ms")]
    if worst is not None:
        figures.append(at_most("p99", quantile(ours, 0.99), worst, "ms", quantile(plain, 0.99)))
    lost = [wait for wait in ours if wait >= LOST * 1000]
    return [*figures, at_most("lost keys", len(lost), 0, "")]


def idle(scale: Scale) -> list[Figure]:
    """One pane."""
    return echo_rows(Panes([program("echo")]), scale, 5, 25)


def streams(scale: Scale) -> list[Figure]:
    """Sixteen panes, the rest of which stream."""
    return echo_rows(Panes([program("echo"), *streaming(15)]), scale, 8, 35)


def flood(scale: Scale) -> list[Figure]:
    """Eight panes of `yes` beside the one that is typed into."""
    panes = Panes([program("echo"), *[["yes"]] * 8])
    plain, ours = pairs(scale, panes, lambda subject, keys: typed(subject, keys).waits)
    return [
        over_plain("p50", median(ours), median(plain), 15, "ms"),
        noted("p99", quantile(ours, 0.99), "ms", quantile(plain, 0.99)),
        at_most("longest freeze: the worst key", max(ours), 200, "ms", max(plain)),
    ]


def escape(scale: Scale) -> list[Figure]:
    """A lone Escape, which a decoder must hold until it is sure."""
    panes = Panes([program("echo")])
    plain, ours = pairs(scale, panes, lambda subject, keys: escaped(subject, keys).waits)
    return [
        over_plain("p50", median(ours), median(plain), 25, "ms"),
        noted("p99", quantile(ours, 0.99), "ms", quantile(plain, 0.99)),
    ]


def held(scale: Scale) -> list[Figure]:
    """A key held down at 30 a second for 10 seconds."""
    behind: list[float] = []
    lost = 0
    count = HELD_RATE * 10
    with Ours(Panes([program("echo")])) as ours:
        for round_ in range(1, scale.rounds(3) + 1):
            for _ in range(count - 1):
                ours.terminal.write(b"Q")
                ours.terminal.drain(1 / HELD_RATE)
            began = ours.terminal.write(b"Q")
            mark = f"Q{count * round_}".encode()
            found = ours.terminal.until(lambda data, mark=mark: mark in data, LOST)  # type: ignore[misc]
            lost += found is None
            behind.append(LOST * 1000 if found is None else (found - began) * 1000)
    return [
        at_most("rounds that lost a key", lost, 0, ""),
        at_most("behind at the end, worst", max(behind), 50, "ms"),
    ]


def paste(scale: Scale) -> list[Figure]:
    """A paste beside a pane that streams, whose longest pause shows whether the screen froze."""
    hundred, gaps_hundred = pasted(100 * 1024, scale)
    whole, gaps_whole = pasted(1 << 20, scale)
    return [
        at_most("100 KB, p50", median(hundred), 300, "ms"),
        at_most("100 KB, longest freeze", max(gaps_hundred), 200, "ms"),
        noted("1 MiB, p50", median(whole), "ms"),
        at_most("1 MiB, longest freeze", max(gaps_whole), 200, "ms"),
    ]


def pasted(size: int, scale: Scale) -> tuple[list[float], list[float]]:
    """Give the milliseconds that pastes of so many bytes took, and those between frames of the stream beside."""
    text = (LINE * (size // len(LINE) + 1))[:size].encode()
    took: list[float] = []
    gaps: list[float] = []
    with Ours(Panes([program("sink"), *streaming(1, 50)])) as ours:
        for _ in range(scale.rounds(10)):
            terminal = ours.terminal
            last = [terminal.at]

            def look(data: bytes, terminal: Terminal = terminal, last: list[float] = last) -> bool:
                if b"aa0" in data:
                    gaps.append((terminal.at - last[0]) * 1000)
                    last[0] = terminal.at
                return f"P{size}p".encode() in data

            terminal.drain(0.3)
            last[0] = terminal.at
            began = terminal.write(b"\x1b[200~" + text + b"\x1b[201~", look)
            found = terminal.until(look, 10)
            took.append(10_000 if found is None else (found - began) * 1000)
    return took, gaps
