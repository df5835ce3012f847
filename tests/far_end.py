"""A hive whose panes print what a test says and tell what is typed, and the real TUI on terminals of the test's own."""

import contextlib
import itertools
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from hiveui.model.layout import Leaf, Rect, Split, arrange
from tests import cells
from tests.robot import WITHIN, Robot, World
from tests.waiting import until

WIRE = Path(__file__).with_name("journeys") / "wire.py"
ROLES = ("left", "upper", "lower")
TABS = [{"title": "far", "split": "columns", "panes": ["left", {"split": "rows", "panes": ["upper", "lower"]}]}]
GRID = Split("columns", (Leaf("left"), Split("rows", (Leaf("upper"), Leaf("lower")), (1, 1))), (1, 1))
END = b"\x1b\\\x18"
"""Ends whatever sequence or string was begun; tmux ends a DCS by ST alone."""
ANEW = END + b"\x1b[?1049l\x1bc"
"""Leaves the alternate screen and resets."""
SHAPE = re.compile(rb"\x1b\[([0-6]) q")
Ask = Callable[..., str]
"""Asks a tmux server."""


def numbers(ask: Ask, target: str, *fields: str) -> tuple[int, ...]:
    said = ask("display-message", "-p", "-t", target, " ".join(f"#{{{field}}}" for field in fields))
    return tuple(map(int, said.split()))


def screen(ask: Ask, target: str) -> list[cells.Row]:
    """Give a pane's screen in cells."""
    columns, lines = numbers(ask, target, "pane_width", "pane_height")
    captured = ask("capture-pane", "-p", "-e", "-N", "-t", target).split("\n")
    return cells.read((captured + [""] * lines)[:lines], columns)


class FarWorld(World):
    """A hive with a workspace of `ROLES`, up: a role runs its program, else one that the test speaks through."""

    def __init__(self, programs: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__("far")
        self._programs = dict(programs or {})
        self._wires: dict[str, socket.socket] = {}
        self._marks = itertools.count(1)

    def __enter__(self) -> Self:
        wire = (sys.executable, "-I", "-S", str(WIRE))
        try:
            with contextlib.ExitStack() as stack:
                waiting = {
                    role: stack.enter_context(_listening(self.home / role))
                    for role in ROLES
                    if role not in self._programs
                }
                programs = {role: self._programs.get(role, (*wire, str(self.home / role))) for role in ROLES}
                self.up(programs, tabs=TABS)
                self._wires = {role: listener.accept()[0] for role, listener in waiting.items()}
        except BaseException:
            self.__exit__()
            raise
        for link in self._wires.values():
            link.settimeout(WITHIN)
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._wires.values():
            link.close()
        super().__exit__()

    def show(self, role: str, data: bytes) -> None:
        """Have a pane, begun anew, print `data`, and wait until its tmux has taken it all."""
        self._wires[role].sendall(ANEW)
        self.prints(role, data)

    def prints(self, role: str, data: bytes) -> None:
        """Have a pane print more, and wait until its tmux has taken it all; a title is the mark for that."""
        mark = f"settled-{next(self._marks)}"
        self._wires[role].sendall(data + END + b"\x1b]2;" + mark.encode() + b"\x1b\\")
        said = ("display-message", "-p", "-t", self.pane(role), "#{pane_title}")
        until(lambda: self.tmux(*said).strip() == mark, WITHIN, f"{mark} of {role}")

    def typed(self, role: str) -> bytes:
        """Wait for something that was typed into a pane."""
        return self._wires[role].recv(1 << 20)

    def typed_until(self, role: str, mark: bytes, data: bytes = b"") -> bytes:
        """Give all that was typed into a pane before a mark; `data` was read already."""
        said = bytearray(data)
        while not said.endswith(mark):
            got = self.typed(role)
            assert got, "the program has ended"
            said += got
        return bytes(said.removesuffix(mark))


class FarEnd:
    """The real TUI in a tmux pane: a terminal that can be asked what it shows."""

    def __init__(self, world: FarWorld, columns: int = 120, lines: int = 32) -> None:
        self.world = world
        self.robot: Robot = world.opens("attach", columns=columns, lines=lines)
        self.size = (columns, lines)
        self.robot.sees("leave")

    @property
    def written(self) -> bytes:
        """All that the TUI wrote to its terminal."""
        return self.robot.bytes_file.read_bytes()

    def resize(self, columns: int, lines: int) -> None:
        self.size = (columns, lines)
        self.robot.resize(columns, lines)

    def interact(self) -> None:
        """Go into Interact in the pane with the focus."""
        self.robot.press("i")
        self.robot.sees("typing into")

    def supervise(self) -> None:
        """Go back to Supervise."""
        self.robot.press("F12")
        self.robot.misses("typing into")

    def places(self, role: str) -> dict[str, Rect]:
        """Give the rectangle of each visible pane's screen, in cells of the whole terminal; `role` has the focus."""
        columns, lines = self.size
        compact = columns < 100 or lines < 28
        area = Rect(0, 1, columns, lines - (3 if compact else 2))
        panes = {role: area} if compact else arrange(GRID, area).panes
        return {name: Rect(r.x, r.y + 1, r.width, r.height - 1) for name, r in panes.items()}

    def differences(self, role: str) -> str:
        """Say where the visible panes differ from what they mean; '' where they do not."""
        shown = screen(self.robot._ask, "outer")
        found = []
        for name, place in self.places(role).items():
            meant = screen(self.world.tmux, self.world.pane(name))
            rows = [row[place.x : place.x + place.width] for row in shown[place.y : place.y + place.height]]
            if len(meant) != place.height or len(meant[0]) != place.width:
                found.append(f"{name}: {len(meant[0])}×{len(meant)} in {place}")
            elif different := cells.difference(rows, meant):
                found.append(f"{name}: {different}")
        return "\n".join(found)

    def settles(self, role: str = "left", within: float = WITHIN) -> None:
        """Wait until every visible pane is shown exactly. Raises AssertionError that tells the cells which are not."""
        try:
            until(lambda: not self.differences(role), within)
        except AssertionError:
            raise AssertionError(self.differences(role) or "shown right, but late") from None

    def cursor(self) -> tuple[int, int, int]:
        """Give the terminal's cursor: column, line, whether it is visible."""
        x, y, visible = numbers(self.robot._ask, "outer", "cursor_x", "cursor_y", "cursor_flag")
        return (x, y, visible) if visible else (0, 0, 0)

    def meant_cursor(self, role: str) -> tuple[int, int, int]:
        """Give where the program's cursor is to stand."""
        place = self.places(role)[role]
        x, y, visible = numbers(self.world.tmux, self.world.pane(role), "cursor_x", "cursor_y", "cursor_flag")
        return (place.x + min(x, place.width - 1), place.y + y, visible) if visible else (0, 0, 0)

    def shape(self) -> int:
        """Give the cursor's shape as last written (DECSCUSR)."""
        shapes = SHAPE.findall(self.written)
        return int(shapes[-1]) if shapes else 0


@contextlib.contextmanager
def far_end(programs: Mapping[str, Sequence[str]] | None = None) -> Iterator[FarEnd]:
    """Open a hive of three panes and the real TUI on it."""
    with FarWorld(programs) as world:
        yield FarEnd(world)


def _listening(path: Path) -> Any:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    listener.settimeout(WITHIN)
    return listener
