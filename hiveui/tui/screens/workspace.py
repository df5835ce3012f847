"""The screen of one workspace: what is shown of its state, and the frames of its panes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from hiveui.model.agent import Agent, AgentId
from hiveui.model.attention import needing
from hiveui.model.hosts import Hosts
from hiveui.model.people import People
from hiveui.model.rows import Cursor
from hiveui.model.shape import Tabs
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import chrome, roster
from hiveui.tui import desk as places
from hiveui.tui.afar import lost, why
from hiveui.tui.commands.table import Keymap, Place
from hiveui.tui.desk import Desk, Scene
from hiveui.tui.frames import Frames
from hiveui.tui.lookback import LookBack
from hiveui.tui.overlay import Overlay
from hiveui.tui.presence import Presence
from hiveui.tui.settings import Settings
from hiveui.tui.sight import Seen, Sight
from hiveui.tui.typist import Tell
from hiveui.tui.widgets.grid import Grid
from hiveui.tui.widgets.line import Line
from hiveui.tui.widgets.pane import Pane
from hiveui.tui.words import SPINNER

TURN = 0.25
"""Seconds that the spinner stands."""
REST = 0.15
"""Seconds that a dragged border must rest before the panes take their sizes."""
SETTLE = 0.05
"""Seconds that a size must hold before the panes take it."""


class WorkspaceScreen(Screen[None]):
    """Shows a workspace from a desk. Knows nothing of keys."""

    AUTO_FOCUS = ""

    def __init__(self, tell: Tell, keymap: Keymap) -> None:
        super().__init__()
        self.desk = Desk()
        self.workspace: Workspace | None = None
        self.elsewhere: Sequence[Agent] = ()
        self.hosts: Hosts = {}
        """Agents of other workspaces."""
        self.overlay = Overlay(self, self.dress)
        self.backs: dict[str, LookBack] = {}
        """Panes whose past is shown, by role."""
        self.frames = Frames(self, self._cursor, self.overlay.regions)
        self.sight = Sight(tell)
        self.presence = Presence(tell)
        self.people = People()
        """Everybody's screens."""
        self.following = ""
        """Whose screen this one goes along with."""
        self.outer_focus = True
        self.mouse_away = False
        """The mouse is left to the terminal."""
        self._keymap = keymap
        self._settings = Settings()
        self._turn = 0
        self._notice_turns = 0
        self._notice: tuple[str, str] = ("Connecting to the hive…", "quiet")
        self.bars: Mapping[AgentId, Sequence[int]] = {}
        """How much each agent changed in files of late."""
        self.labels: Mapping[str | int, str] = {}
        """Letters of roles and of tabs, in jump mode."""
        self._told: Workspace | None = None
        """The workspace as the daemon has it."""
        self._preview: Tabs | None = None
        self._resting: Timer | None = None
        """Set while a border is being dragged and has not rested yet."""
        self._panes: dict[str, str] = {}
        self._top = Line(id="top")
        self._status = Line(id="status")
        self._roster = Line(id="roster")
        self._grid = Grid(self._roster)

    def compose(self) -> ComposeResult:
        """Put the first line, the panes, the last line, and what lies over them at times."""
        yield self._top
        yield self._grid
        yield self._status
        yield self.overlay.page
        yield self.overlay.question
        yield self.overlay.choice
        yield self.overlay.finder

    def on_mount(self) -> None:
        """Begin to keep time; the state may have come before the widgets were there to show it."""
        self.set_interval(TURN, self._tick)
        self.refresh_scene()

    def on_resize(self) -> None:
        """Lay out anew at once; the daemon hears of it when the size has settled."""
        self._lay_out()
        self.dress()
        self.set_timer(SETTLE, self.look)

    def apply(self, settings: Settings) -> None:
        """Do as the person chose."""
        self._settings = settings
        if self.is_mounted:
            self.dress()

    # What is shown

    def show(self, workspace: Workspace, at: str = "") -> None:
        """Show the workspace as it is now; its note stands in the status line for as long as it holds.

        The first time, `at` is the role that is shown alone, if any.
        """
        first = self.workspace is None
        self._told = workspace
        if self._preview is not None:
            workspace = replace(workspace, tabs=self._preview)
        self.workspace = workspace
        self.desk = places.sit(workspace, at) if first else places.settle(workspace, self.desk)
        self._panes = {agent.pane: agent.role for agent in workspace.agents if agent.pane}
        self.backs = {role: back for role, back in self.backs.items() if workspace.role(role)}
        self.refresh_scene()

    def clear(self) -> None:
        """Forget the workspace that was shown: what comes next is another."""
        self.workspace, self.desk = None, Desk()
        self.backs.clear()
        self._grid.clear()

    def refresh_scene(self) -> None:
        """Bring everything on the screen in line with state and desk."""
        self._lay_out()
        self.look()
        self.dress()

    def preview(self, tabs: Tabs | None) -> None:
        """Show panes where a drag has them, until None; the daemon hears of sizes when the border rests."""
        self._preview = tabs
        if self._told is None:
            return
        if tabs is None:
            self.show(self._told)
            return
        self.workspace = replace(self._told, tabs=tabs)
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST, self.rested)
        self._lay_out()
        self.dress()

    def rested(self) -> None:
        """Tell the daemon what sizes a drag has led to."""
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        self.look()

    @property
    def place(self) -> Place:
        """Where a key would be pressed now."""
        if self.overlay.card is not None:
            return self.overlay.card.place
        if self.desk.typing:
            return Place.INTERACT
        back = self.backs.get(self.desk.role)
        return Place.SUPERVISE if back is None else Place.PICK if back.labels else Place.HISTORY

    def agent(self) -> Agent | None:
        """Find the agent with the focus."""
        return self.workspace.role(self.desk.role) if self.workspace else None

    def pane(self, role: str = "") -> Pane | None:
        """Find a role's pane, or the one with the focus."""
        return self._grid.panes.get(role or self.desk.role)

    def scene(self) -> Scene:
        """Give what is visible, in cells from the line under the first."""
        return self._grid.scene

    @property
    def noticed(self) -> str:
        """What the status line says instead of keys, or ''."""
        return self._notice[0]

    def acted(self) -> None:
        """The person did something here: a notice was read, and this screen's sizes count."""
        self.sight.acted()
        if self._notice[0]:
            self.notice("")

    def notice(self, text: str, tone: str = "quiet", seconds: float = 0) -> None:
        """Say one thing in the status line, until the person does something, at most so long (0: as they chose)."""
        self._notice = (visible(text), tone)
        self._notice_turns = round((seconds or self._settings.notice_seconds) / TURN)
        self.dress()

    def dress(self) -> None:
        """Write the words around the panes."""
        workspace, scene = self.workspace, self._grid.scene
        if workspace is None:
            self._status.say(self._status_line(""))
            return
        note = workspace.note
        moment = chrome.Moment(chrome.now(), self._turn if self._settings.motion else 0)
        away = len(needing(self.elsewhere, moment.stamp))
        moment = moment._replace(elsewhere=away, bars=self.bars, hosts=self.hosts)
        moment = moment._replace(people=self.people, following=self.following)
        labels = self.labels if self.place is Place.JUMP else {}
        left, right = chrome.top(workspace, self.desk, scene, moment, labels, columns=self.size.width)
        self._top.say((left, ((("  mouse: your terminal's", "warning"), *right) if self.mouse_away else right)))
        for role, place in scene.panes.items():
            past = self.backs[role].place if role in self.backs else ""
            line = self._grid.titles[role]
            agent, pane = workspace.role(role), self._grid.panes[role]
            cropped = not pane.blank and pane.live.size != (place.width, place.height - 1)
            title = chrome.title(workspace, self.desk, role, moment, columns=place.width, past=past, cropped=cropped)
            line.say(chrome.labelled(title, labels.get(role, "")))
            line.set_class(role == self.desk.role, "-focused")
            if agent is None or not agent.pane or (agent.pid is None and pane.blank):
                pane.say(chrome.absent(agent, startable=not workspace.note), place.width)
            elif role == self.desk.role and lost(agent, self.hosts):
                note = note or why(agent, self.hosts)
            elif agent.pid is None and role == self.desk.role and chrome.cut(title, place.width):
                note = note or agent.note
        tones = chrome.edges(workspace, self.desk, moment)
        for bar, place in zip(self._grid.bars, scene.bars, strict=False):
            bar.colour(chrome.bar_tones(scene, place, tones))
        if scene.roster is not None:
            self._roster.say(*roster.lines(workspace, self.desk, scene, moment))
        self._status.say(self._status_line(note))
        self.frames.place_cursor()

    # Frames

    def frame(self, params: dict[str, Any]) -> None:
        """Take a `pane/rows` notification."""
        role = self._panes.get(params["pane"])
        pane = self._grid.panes.get(role or "")
        if pane is not None:
            self.frames.take(pane, params)
            self.sight.framed(params["pane"], pane.live.size)

    def look(self) -> None:
        """Tell the daemon what is on this screen, unless that is on the move."""
        if self.workspace is None or self._resting is not None:
            return
        seen: dict[str, Seen] = {}
        for role, place in self._grid.scene.panes.items():
            agent = self.workspace.role(role)
            if agent is not None and agent.pane and place.width > 0 and place.height > 1:
                focused = self.outer_focus and role == self.desk.role
                seen[agent.pane] = Seen(place.width, place.height - 1, focused)
        self.sight.look(seen)
        self.presence.look(self.workspace, self.desk)

    def _cursor(self) -> Cursor | None:
        pane = self.pane()
        if not self.desk.typing or self.overlay.card is not None or pane is None or pane.live.modes.dead:
            return None
        return pane.cursor()

    def _lay_out(self) -> None:
        if self.workspace is None or not self._grid.is_attached:
            return
        width, height = self.size
        scene = places.scene(self.workspace, self.desk, width, height)
        self._grid.keep({agent.role for agent in self.workspace.agents} | set(scene.panes))
        self._grid.arrange_scene(scene)

    def _status_line(self, note: str) -> chrome.Ends:
        seat = chrome.seat(self._keymap.role)
        text, tone = self._notice
        if text:
            return (*seat, (f" {text}", tone)), ()
        workspace = self.workspace
        into = f"{places.number(workspace, self.desk.role)} {visible(self.desk.role)}" if workspace else ""
        left, right = chrome.status(self._keymap, self.place, into, self.size.width - chrome.cells(seat), note)
        return (*seat, *left), right

    def _tick(self) -> None:
        self._turn += 1
        self._notice_turns -= 1
        if self._notice[0] and self._notice_turns == 0:
            self.notice("")
        if self._turn % len(SPINNER) == 0 or (self._settings.motion and any(self._working())):
            self.dress()

    def _working(self) -> Iterable[bool]:
        agents = self.workspace.agents if self.workspace else ()
        return (agent.reading.state.value == "working" for agent in agents)
