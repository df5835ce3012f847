import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import os

from scripted import ScriptedHive, workspace

from hiveui.model.agent import WorkspaceId
from hiveui.model.keys import parse_chord
from hiveui.model.state import Workspace
from hiveui.paths import Paths
from hiveui.tui import chrome
from hiveui.tui.app import HiveApp
from hiveui.tui.clipboard import Clipboard
from hiveui.tui.decoder import KeyInput
from hiveui.tui.driver import TerminalInput
from hiveui.tui.premises import Premises
from hiveui.tui.settings import Settings


class Desktop:
    """What stands around the app: programs that keep what they are given, and the terminal."""

    def __init__(self) -> None:
        self.programs: dict[str, str] = {}
        self.answers: dict[tuple[str, ...], str] = {}

    def has(self, program: str) -> bool:
        return program in self.programs

    def run(self, argv: Any, text: str) -> bool:
        self.programs[argv[0]] = text
        return True

    def ask(self, argv: Any) -> str:
        return self.answers.get(tuple(argv), "")


class Seat:
    """A person in front of the app, and the hive behind it."""

    def __init__(self, app: HiveApp, hives: list[ScriptedHive], desktop: Desktop) -> None:
        self.app = app
        self.hives = hives
        self.desktop = desktop

    @property
    def copied(self) -> str:
        """What was copied last."""
        return self.desktop.programs["wl-copy"]

    @property
    def hive(self) -> ScriptedHive:
        return self.hives[-1]

    @property
    def bench(self) -> Any:
        return self.app.workbench

    def press(self, *chords: str) -> None:
        """All in one read, as when typed fast."""
        self.send(*(KeyInput(parse_chord(chord)) for chord in chords))

    def send(self, *items: Any) -> None:
        self.app.post_message(TerminalInput(items))

    def text(self) -> str:
        """What the screen shows, line by line, without trailing blanks."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def until(self, holds: Callable[[], object], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s; the screen shows:\n{self.text()}")
            await asyncio.sleep(0.005)

    async def shows(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text() for text in texts))


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Open the app on a scripted hive: `async with sit(workspace, size, settings) as seat`."""
    from datetime import UTC, datetime

    monkeypatch.setattr(chrome, "now", lambda: datetime(2026, 1, 1, 0, 4, tzinfo=UTC))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()

    @asynccontextmanager
    async def opened(
        shown: Workspace | None = None,
        size: tuple[int, int] = (120, 32),
        settings: Settings | None = None,
        role: str = "owner",
    ) -> AsyncIterator[Seat]:
        hives: list[ScriptedHive] = []

        async def connect() -> ScriptedHive:
            hives.append(ScriptedHive(shown or workspace()))
            hives[-1].daemon["role"] = role
            return hives[-1]

        async def ensure() -> None:
            raise AssertionError("the scripted hive always answers")

        desktop = Desktop()
        desktop.programs["wl-copy"] = ""
        clipboard = Clipboard({"WAYLAND_DISPLAY": "wayland-0"}, tmp_path / "copied.txt", desktop, "linux")
        premises = Premises(os.environ, Paths.find(os.environ), clipboard)
        app = HiveApp(connect, ensure, WorkspaceId("w"), settings or Settings(motion=False), premises=premises)
        async with app.run_test(size=size):
            seat = Seat(app, hives, desktop)
            await seat.until(lambda: app.workbench.workspace is not None)
            yield seat

    return opened
