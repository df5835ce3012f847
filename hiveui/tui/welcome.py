"""The screen of a folder where nothing runs yet."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.color import ColorSystem
from textual.app import App, ComposeResult

from hiveui.config.palette import AUTO, Palette, palette
from hiveui.tui.decoder import KeyInput
from hiveui.tui.driver import BackgroundSaid, TerminalDriver, TerminalInput
from hiveui.tui.settings import Terminal, terminal
from hiveui.tui.start import Ends, Start
from hiveui.tui.themes import theme
from hiveui.tui.widgets.line import Line

MOVES: Mapping[str, int] = {"down": 1, "j": 1, "tab": 1, "up": -1, "k": -1, "shift+tab": -1}
LEAVES = frozenset({"ctrl+c", "q"})
HINTS: Mapping[str, str] = {
    "theme": "enter take it   up down choose   esc go on",
    "back": "enter take it   esc keep what there is   ctrl+c leave",
    "": "enter open   e edit   up down choose   ? keys   q leave",
    "keys": "any key goes back   q leave",
}
Ask = Callable[[str], str]
"""Gives the version of a program, '' where it does not say; called in a thread."""


class WelcomeApp(App[Start], inherit_bindings=False):
    """Shows a `Start`, and ends with the one that the person left it in."""

    CSS_PATH = Path(__file__).parent / "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(
        self,
        start: Start,
        *,
        chosen: str,
        own: Mapping[str, Palette],
        back: tuple[str, ...],
        ask: Ask,
        terminal: Terminal | None = None,
    ) -> None:
        """`chosen` is the theme that holds, `own` the person's own, `back` the chords that lead back now."""
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001  the driver knows how many there are
        self.start = start
        self._chosen = chosen
        self._own = own
        self._back = back
        self._ask = ask
        self._terminal = terminal or _terminal()
        self._lines = Line(id="start")
        self._dress_colours()

    def compose(self) -> ComposeResult:
        """Put the one widget that there is."""
        yield self._lines

    def on_mount(self) -> None:
        """Ask every program for its version."""
        for program in self.start.programs:
            if program.found:
                self.run_worker(self._version(program.name))
        self._show()

    def on_resize(self) -> None:
        """Fill the screen."""
        self._show()

    def on_background_said(self, message: BackgroundSaid) -> None:
        """Take colours that suit the terminal."""
        self._terminal = self._terminal._replace(light=message.light)
        self._dress_colours()

    def on_hung_up(self) -> None:
        """Leave: nobody is there any more."""
        self.exit(self.start)

    def on_terminal_input(self, message: TerminalInput) -> None:
        """Do what the keys say."""
        for item in message.items:
            if not isinstance(item, KeyInput) or self.start.opened:
                continue
            chord, typing = item.key.chord, self.start.question == "back"
            if chord == "ctrl+c" or (chord in LEAVES and not typing):
                self.exit(self.start)
                return
            self.start = self.start.move(MOVES[chord]) if chord in MOVES and not typing else self._pressed(item)
        if self.start.opened:
            self.exit(self.start)
            return
        self._dress_colours()
        self._show()

    def _pressed(self, item: KeyInput) -> Start:
        return self.start.press(item.key, self._back)

    async def _version(self, program: str) -> None:
        self.start = self.start.named(program, await asyncio.to_thread(self._ask, program))
        self._show()

    def _dress_colours(self) -> None:
        name = self.start.theme or self._chosen or AUTO
        colours = palette(name, self._own, light=self._terminal.light, colours=self._terminal.colours)
        shown = theme(colours)
        self.register_theme(shown)
        self.theme = shown.name

    def _show(self) -> None:
        head: Ends = ((" HiveUI", "lit"),), ((f"{self.start.place} ", "quiet"),)
        foot: Ends = ((f" {HINTS['keys' if self.start.helps else self.start.question]}", "key"),), ()
        body = self.start.body(self._back)
        height = max(3, self.size.height)
        room = height - 4
        top = max(0, min(len(body) - room, self._chosen_line(body) - room // 2))
        shown = body[top : top + room]
        self._lines.say(head, ((), ()), *shown, *[((), ())] * (room - len(shown)), ((), ()), foot)

    @staticmethod
    def _chosen_line(body: list[Ends]) -> int:
        return next((i for i, (left, _) in enumerate(body) if left[:1] == ((" ▸ ", "attention"),)), 0)

    def _handle_exception(self, error: Exception) -> None:
        """Leave without a traceback on the terminal; what was answered is kept."""
        self.log.error(error)
        with contextlib.suppress(Exception):
            self.exit(self.start)


def _terminal() -> Terminal:
    return terminal(os.environ)


def answer(start: Start) -> dict[str, Any]:
    """Give what a person decided, as JSON has it."""
    return {"answers": {key: list(value) for key, value in start.answers.items()}, "open": start.opened}
