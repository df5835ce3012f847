"""The full-screen app: one screen on one workspace, kept up to date over one connection."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.color import ColorSystem
from textual.app import App

from hiveui.config.files import Config
from hiveui.errors import HiveError
from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.events import Noticed, WorkspaceClosed
from hiveui.model.seat import Role
from hiveui.paths import Paths
from hiveui.tui import chrome
from hiveui.tui.afar import Afar
from hiveui.tui.alerts import Alerts
from hiveui.tui.caption import Caption
from hiveui.tui.commands.table import Keymap
from hiveui.tui.decoder import FocusInput
from hiveui.tui.driver import BackgroundSaid, Paced, TerminalDriver, TerminalInput
from hiveui.tui.ground import Ground
from hiveui.tui.hand import Hand
from hiveui.tui.link import MALFORMED, NOT_UNDERSTOOD, Callbacks, Client, Connect, Ensure, Link
from hiveui.tui.mirror import Mirror
from hiveui.tui.preferences import LOOK, Choices, Preferences
from hiveui.tui.premises import Premises
from hiveui.tui.reception import Reception
from hiveui.tui.rounds import Rounds
from hiveui.tui.screens.workspace import WorkspaceScreen
from hiveui.tui.settings import DARK_TRUE, Settings, Terminal
from hiveui.tui.sheets import Sheets
from hiveui.tui.switcher import Switcher
from hiveui.tui.typist import Typist

log = logging.getLogger(__name__)

EMPTY = 0.25
"""Seconds after which a screen without panes is drawn: to draw it costs part of the time until they are there."""


class HiveApp(App[int], inherit_bindings=False):
    """Wires the connection, the copy of the state and the screen."""

    CSS_PATH = Path(__file__).parent / "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None

    def __init__(
        self,
        connect: Connect,
        ensure: Ensure,
        workspace: WorkspaceId,
        settings: Settings,
        *,
        premises: Premises | None = None,
        choices: Choices | None = None,
        terminal: Terminal = DARK_TRUE,
        at: str = "",
    ) -> None:
        """`choices` replace `settings` where there are any, and are looked at while the screen is open.

        `premises` is the machine that this screen may act on: that of the person, without one.
        `at` is the role that is shown at first, and alone; where the person was when they left without one.
        """
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.stylesheet = Sheets(variables=self.get_css_variables())
        self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001  the driver knows how many there are
        self.farewell = ""
        """One line for the person after the screen is gone."""
        self.here = True
        """The person came by a command on this machine, and can again."""
        self._workspace = workspace
        self._at = at
        self._linked = asyncio.Event()
        self._mirror = Mirror()
        self._key_table = keymap = Keymap(())
        callbacks: Callbacks = {
            "event": self._event,
            "pane/rows": self._frame,
            "alert": self._alert,
            "files/feed": self._files,
            "people": self._people,
        }
        safe = {method: self._understood(take) for method, take in callbacks.items()}
        self._link = Link(connect, ensure, self, safe)
        self.workbench = WorkspaceScreen(self._link.tell, keymap)
        typist = Typist(self._tell, Afar(lambda: self._mirror.state.hosts, self._tell, self.workbench.notice).bars)
        self._preferences = Preferences(self, self.workbench, keymap, terminal, choices)
        self._preferences.apply(choices.config if choices else Config(settings))
        ground = Ground(self.workbench, self._link)
        switcher = Switcher(ground, lambda: self._mirror.state.workspaces, self._switch)
        rounds = Rounds(ground, lambda: self._mirror.state, switcher.go_to)
        premises = premises or Premises(os.environ, Paths.find(os.environ))
        self._hand = Hand(ground, typist, keymap, self._leave, rounds=rounds, switcher=switcher, premises=premises)
        write = self._hand.outer.write
        self._caption = Caption(write)
        self._alerts = Alerts(ground, write, terminal.environ, premises.outside, lambda: self._preferences.settings)
        self._reception = Reception(self.workbench, self._hand, typist, keymap)

    def get_default_screen(self) -> WorkspaceScreen:
        """Give the one screen."""
        return self.workbench

    async def on_mount(self) -> None:
        """Connect, and leave in good order when asked to end. Textual draws nothing before this is done."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, 0)
        self.set_interval(LOOK, self._preferences.look)
        self.set_interval(LOOK, self._follow)
        self.run_worker(self._connected())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EMPTY):
                await self._linked.wait()

    def on_terminal_input(self, message: TerminalInput) -> None:
        """Hand on what the person did."""
        self._reception.take(message.items)
        if any(isinstance(item, FocusInput) for item in message.items):
            self._alerts.look()

    def on_background_said(self, message: BackgroundSaid) -> None:
        """Take colours that suit the terminal."""
        self._preferences.suit(light=message.light)

    def on_paced(self, message: Paced) -> None:
        """Ask for as many frames as the line takes."""
        self.workbench.sight.pace(message.frames)

    def on_hung_up(self) -> None:
        """Leave: nobody is there any more."""
        self.exit(1)

    # The connection

    def link_up(self, client: Client, snapshot: dict[str, Any]) -> None:  # noqa: ARG002
        """Take the state as it is; the panes follow. Who can do nothing for agents is not called to them."""
        self._linked.set()
        self._key_table.role = self._link.role
        self._understood(self._load)(snapshot)
        if self._link.role.may(Role.APPROVER):
            self._alerts.introduce()

    def _load(self, snapshot: dict[str, Any]) -> None:
        self._mirror.load(snapshot)
        self.workbench.sight.forget()
        self.workbench.presence.forget()
        self._hand.people.forget()
        again = self.workbench.workspace is not None
        self.workbench.notice("The daemon was gone and runs again; your agents went on." if again else "")
        self._preferences.tell()
        self._show()
        if again:
            self._hand.feed.begin()

    def link_down(self, reason: str) -> None:
        """Say so; what was on the screen stays."""
        self.workbench.notice(reason, "warning")

    def _understood(self, take: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        """Have what the daemon sent taken; what is not understood is said, and ends nothing."""

        def taken(params: dict[str, Any]) -> None:
            try:
                take(params)
            except MALFORMED:
                log.exception("what the daemon sent was not understood")
                self.workbench.notice(NOT_UNDERSTOOD, "attention")

        return taken

    async def _connected(self) -> None:
        try:
            await self._link.run()
        except HiveError as error:
            self.farewell = " ".join(filter(None, (str(error), error.hint)))
            self.exit(1)
        finally:
            self._linked.set()

    def _event(self, params: dict[str, Any]) -> None:
        try:
            event = self._mirror.take(params)
        except ValueError as error:
            log.warning("an event was not understood: %s", error)
            event = None
            self._mirror.whole = False
        if not self._mirror.whole:
            self._hand.ground.run("loading the state…", self._link.subscribe())
        elif isinstance(event, Noticed):
            self.workbench.notice(event.text, "quiet" if event.level == "info" else "warning")
        elif isinstance(event, WorkspaceClosed) and event.id == self._workspace:
            self.farewell = "The workspace was taken down."
            self.exit(0)
        elif event is not None:
            self._show()

    def _frame(self, params: dict[str, Any]) -> None:
        self.workbench.frame(params)
        if self.workbench.workspace is not None:
            self._hand.past.bookmarks.seen(params["pane"])

    def _files(self, params: dict[str, Any]) -> None:
        self._hand.feed.take(params)

    def _people(self, params: dict[str, Any]) -> None:
        self._hand.people.take(params)

    def _alert(self, params: dict[str, Any]) -> None:
        self._alerts.take(params)

    def _show(self) -> None:
        workspace = self._mirror.state.workspaces.get(self._workspace)
        if workspace is None:
            self.farewell = "That workspace is not open; hive ls lists those that are."
            self.exit(2)
            return
        first = self.workbench.workspace is None
        if first:
            self._hand.past.bookmarks.remember(workspace.backs)
        others = (other for other in self._mirror.state.workspaces.values() if other is not workspace)
        self.workbench.hosts = self._mirror.state.hosts
        self.workbench.elsewhere = [agent for other in others for agent in other.agents]
        self.workbench.show(workspace, self._at)
        self._hand.morning.follow(first=first)
        self._hand.switcher.follow()
        self._follow()
        self._hand.outbox.follow()
        self._hand.proof.follow()
        self._hand.review.follow()
        self._hand.merging.follow()
        self._hand.owners.follow()
        self._hand.contracts.follow()
        if first:
            self._hand.feed.begin()
            self.call_after_refresh(_settle)

    def _follow(self) -> None:
        """Keep up to date what time changes too: who needs the person, and for how long already."""
        if self.workbench.workspace is not None:
            self._hand.attention.follow()
            self._hand.radar.follow()
            self._hand.people.follow_up()
            self._caption.say(self._mirror.state, self._workspace, stamp(chrome.now()))

    def _switch(self, id_: WorkspaceId) -> None:
        """Show another workspace on this screen."""
        self._hand.past.bookmarks.keep()
        self._hand.rounds.leave()
        self._workspace, self._at = id_, ""
        self.workbench.clear()
        self._show()

    def _tell(self, method: str, **params: Any) -> None:
        """Tell the daemon what the person typed, or the person that it went nowhere."""
        if not self._link.tell(method, **params):
            self.workbench.notice("Not sent: the daemon is being started. Type it again once it is there.", "warning")

    def _leave(self) -> None:
        if self.workbench.workspace is not None:
            self.farewell = chrome.farewell(self.workbench.workspace, here=self.here)
        self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """Leave with one line; the traceback goes to the log, without locals."""
        log.error("the screen failed", exc_info=error)
        self.farewell = "The screen failed and was closed; your agents go on. hive logs tells why."
        with contextlib.suppress(Exception):
            self.exit(1)


def _settle() -> None:
    """Let no later look for garbage go through what stays as long as the screen."""
    gc.collect()
    gc.freeze()
