"""The list of workspaces, and going from one to another."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType

from rich.cells import cell_len

from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import needing, stamp
from hiveui.model.signs import NEEDS_PERSON, AgentState
from hiveui.model.state import Workspace, tally
from hiveui.model.text import counted, visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.finding import Entry
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words
from hiveui.tui.words import WORDS

NAME = 24
"""Cells of a workspace's name, at most."""
NOTABLE = NEEDS_PERSON | {AgentState.DONE, AgentState.EXITED}
"""States that a person wants to hear of once."""


class Switcher:
    """Shows the workspaces, the one that was left last first (`commands.at.Switcher`)."""

    def __init__(
        self,
        ground: Ground,
        workspaces: Callable[[], Mapping[WorkspaceId, Workspace]],
        go: Callable[[WorkspaceId], None],
    ) -> None:
        """`workspaces` gives all that there are, `go` shows another one on this screen."""
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._workspaces = workspaces
        self._go = go
        self._left: list[WorkspaceId] = []
        """Those that this screen has shown, the last one first."""
        self._looked: dict[WorkspaceId, datetime] = {}
        """When this screen showed each of them last; one that it did not show yet is unread as a whole."""
        self._line = 0

    def open(self) -> None:
        """Show the list."""
        if len(self._workspaces()) < 2:
            self._ground.screen.notice("This is the only workspace; `hive up` in another folder opens one.")
        else:
            self._line = 0
            self._show()

    def move(self, by: int) -> None:
        """Go to another line."""
        self._line = max(0, min(self._line + by, len(self._listed()) - 1))
        self._show()

    def go(self) -> None:
        """Go to the workspace of the line."""
        listed = self._listed()
        self._overlay.close()
        self.go_to(listed[min(self._line, len(listed) - 1)].id)

    def go_to(self, chosen: WorkspaceId) -> None:
        """Go to a workspace, wherever it stands in the list."""
        here = self._ground.workspace.id
        if chosen != here and chosen in self._workspaces():
            self._ground.moved()
            self._looked[here] = chrome.now()
            self._left = [here, *(id_ for id_ in self._left if id_ != here)]
            self._go(chosen)

    def entries(self) -> Iterator[Entry]:
        """Give the palette the other workspaces."""
        here = self._ground.workspace.id
        for workspace in self._listed():
            if workspace.id != here:
                title = f"Go to the workspace {visible(workspace.name)}"
                yield Entry(title, visible(workspace.path), "", partial(self.go_to, workspace.id))

    def follow(self) -> None:
        """Keep the list up to date while it is shown."""
        if self._overlay.chooses(Place.WORKSPACES):
            self.move(0)

    def _show(self) -> None:
        here, listed = self._ground.workspace.id, self._listed()
        news = {w.id: unread(w, self._looked.get(w.id)) for w in listed if w.id != here}
        self._overlay.choose(page(listed, self._line, here, news), self._line, Place.WORKSPACES)

    def _listed(self) -> list[Workspace]:
        """List them: those that were left, the last one first; the others by name; this one at the end."""
        here = self._ground.workspace.id
        order = {id_: i for i, id_ in enumerate(self._left)}
        everyone = self._workspaces().values()
        return sorted(everyone, key=lambda w: (w.id == here, order.get(w.id, len(order)), w.name, w.path))


def unread(workspace: Workspace, looked: datetime | None) -> int:
    """Count the agents that have come to a notable state since somebody looked; all that are in one for None."""
    return sum(
        agent.reading.state in NOTABLE and (looked is None or _after(agent.reading.since, looked))
        for agent in workspace.agents
    )


def _after(since: str, looked: datetime) -> bool:
    try:
        return datetime.fromisoformat(since) > looked
    except (ValueError, TypeError):
        return True


def page(
    workspaces: list[Workspace],
    chosen: int,
    here: WorkspaceId,
    unread: Mapping[WorkspaceId, int] = MappingProxyType({}),
) -> Page:
    """List workspaces with what their agents need and do, and how many have news in those that are `unread`."""
    columns = min(NAME, max(cell_len(visible(workspace.name)) for workspace in workspaces))
    body: list[Ends] = []
    for i, workspace in enumerate(workspaces):
        name = chrome.fitted(visible(workspace.name), columns)
        left = (
            (f" {'▸' if i == chosen else ' '} {name}  ", "lit" if i == chosen else "plain"),
            *_news(unread.get(workspace.id, 0)),
            *_marks(workspace),
        )
        right = (f"  {'here  ' if workspace.id == here else ''}{visible(workspace.path)} ", "quiet")
        body.append((left, (right,)))
    return Page(((" Workspaces", "lit"),), body, wide=True)


def _news(count: int) -> Words:
    return ((f"{count} unread  ", "lit"),) if count else ()


def _marks(workspace: Workspace) -> Words:
    """Say what calls a person there: who needs them, who is done, who works; or that the agents are gone."""
    if workspace.note:
        return (("✕ its agents are gone; enter, then enter restores them", "warning"),)
    counts = tally(workspace)
    words = [("▲", len(needing(workspace.agents, stamp(chrome.now()))), "need you", "attention")]
    words += [
        (WORDS[state].glyph, counts.get(state, 0), WORDS[state].word, WORDS[state].tone)
        for state in (AgentState.DONE, AgentState.WORKING)
    ]
    said = tuple((f"{glyph} {count} {word}  ", tone) for glyph, count, word, tone in words if count)
    agents = len(workspace.agents)
    return said or ((counted(agents, "agent"), "quiet"),)
