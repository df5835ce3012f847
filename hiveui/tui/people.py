"""The people at the hive: who is here and where each looks, and going along with one of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rich.cells import cell_len

from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import from_json
from hiveui.model.people import People as Everybody
from hiveui.model.people import Screen
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui import desk as places
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.presence import titled
from hiveui.tui.widgets.card import ALONE, Ends, Page
from hiveui.tui.widgets.line import Words
from hiveui.tui.words import age

WHERE = 40
"""Cells of where somebody looks, at most."""
Workspaces = Mapping[WorkspaceId, Workspace]


class People:
    """Shows who is here, and follows one of them (`commands.gathering.People`)."""

    def __init__(
        self, ground: Ground, workspaces: Callable[[], Workspaces], cross: Callable[[WorkspaceId], None]
    ) -> None:
        """`workspaces` gives all that there are, `cross` shows another one on this screen."""
        self._ground = ground
        self._screen = ground.screen
        self._overlay = ground.screen.overlay
        self._presence = ground.screen.presence
        self._workspaces = workspaces
        self._cross = cross
        self._chosen = 0
        self._going = False
        """This screen moves because the one that it follows did."""
        ground.moved = self._moved

    def take(self, params: Mapping[str, Any]) -> None:
        """Take a `people` notification. Raises ValueError where it is none."""
        self._screen.people = from_json(Everybody, params)
        if self._screen.workspace is not None:
            self.follow_up()
            self._screen.dress()

    # the card

    def open(self) -> None:
        """Show everybody."""
        self._chosen = next((screen.id for screen in self._everybody.others()), self._everybody.you)
        self._show()

    def move(self, by: int) -> None:
        """Go to another one."""
        ids = [screen.id for screen in self._everybody.screens]
        at = ids.index(self._chosen) if self._chosen in ids else 0
        self._chosen = ids[max(0, min(at + by, len(ids) - 1))] if ids else 0
        self._show()

    def go(self) -> None:
        """Go where the chosen one is, once."""
        chosen = self._somebody()
        if chosen is not None:
            self._overlay.close()
            self._moved()
            self._go(chosen)

    # following

    def follow(self) -> None:
        """Go along with the chosen one; where that is done already, no longer."""
        chosen = self._somebody()
        if chosen is None:
            return
        self._overlay.close()
        if chosen.id == self._presence.follows:
            self._moved()
        elif self._everybody.leads(chosen.id):
            self._screen.notice(f"{chosen.name} follows you: there is nowhere to go.", "warning")
        else:
            self._screen.following = chosen.name
            self._presence.follows = chosen.id
            self._go(chosen)
            self._screen.look()
            self._screen.notice(f"Your screen goes where {chosen.name}'s goes, until you go elsewhere yourself.")

    def follow_up(self) -> None:
        """Go where the one who is followed is; keep the card up to date.

        While something is read, written or asked here it waits: that belongs to where this screen is.
        """
        if self._overlay.chooses(Place.PEOPLE):
            self.move(0)
        follows = self._presence.follows
        if not follows:
            return
        leader = self._everybody.screen(follows)
        if leader is None:
            self._end(f"{self._screen.following} has left; you follow nobody.")
        elif self._everybody.leads(leader.id):
            self._end(f"{self._screen.following} follows you now; you follow nobody.")
        elif self._screen.place is Place.SUPERVISE:
            self._go(leader)

    def forget(self) -> None:
        """Follow nobody: the daemon is another, and so are the numbers of screens."""
        self._screen.following = ""
        self._screen.people = Everybody()

    def _go(self, there: Screen) -> None:
        """Show what a screen shows; what the person here types goes nowhere else for it."""
        workspaces = self._workspaces()
        if there.workspace not in workspaces:
            return
        self._going = True
        try:
            if there.workspace != self._ground.workspace.id:
                self._cross(there.workspace)
            desk = replace(self._ground.desk, tab=there.tab, zoomed=there.zoomed, typing=False)
            if there.role and there.role != desk.role:
                desk = replace(desk, role=there.role, last=desk.role)
            desk = places.settle(self._ground.workspace, desk)
            if desk != self._ground.desk:
                if self._presence.follows:
                    self._screen.sight.led()
                self._screen.desk = desk
                self._screen.refresh_scene()
        finally:
            self._going = False

    def _moved(self) -> None:
        """End following: the person here went elsewhere."""
        if self._presence.follows and not self._going:
            self._end(f"You follow {self._screen.following} no longer.")

    def _end(self, why: str) -> None:
        self._presence.follows, self._screen.following = 0, ""
        self._screen.look()
        self._screen.notice(why)

    @property
    def _everybody(self) -> Everybody:
        return self._screen.people

    def _somebody(self) -> Screen | None:
        """Give the chosen screen; where it is this one, say so."""
        if self._chosen == self._everybody.you:
            self._screen.notice("That is your own screen; j k choose another.")
            return None
        return self._everybody.screen(self._chosen)

    def _show(self) -> None:
        here, columns = self._ground.workspace.id, self._screen.size.width
        page = people_page(self._everybody, self._workspaces(), here, self._chosen, columns)
        ids = [screen.id for screen in self._everybody.screens]
        self._overlay.choose(page, ids.index(self._chosen) if self._chosen in ids else 0, Place.PEOPLE)


def people_page(people: Everybody, workspaces: Workspaces, here: WorkspaceId, chosen: int, columns: int) -> Page:
    """List every screen: whose it is, where it looks, what its person does, since when.

    The workspace `here` is not named; the address that somebody comes from is, where there are the columns for it.
    """
    room = max((cell_len(_named(people, screen)) for screen in people.screens), default=0)
    looks = {screen.id: chrome.shortened(_where(screen, workspaces, here), WHERE) for screen in people.screens}
    wide = max(map(cell_len, looks.values()), default=0)
    body: list[Ends] = []
    for screen in people.screens:
        tone = "lit" if screen.id == chosen else "plain"
        left = (
            (f" {'▸' if screen.id == chosen else ' '} ", "lit"),
            (f"{chrome.fitted(_named(people, screen), room)}  ", tone),
            (f"{chrome.fitted(looks[screen.id], wide)}  ", "quiet"),
            *_does(people, screen),
        )
        where = visible(screen.seat.where)[:WHERE] if columns >= ALONE else ""
        since = f"  {where}{'  ' * bool(where)}{age(screen.since, chrome.now()):>3} "
        body.append((left, ((since, "quiet"),)))
    if len(people.screens) < 2:
        body += [((), ()), (((" Nobody else is here; `hive share` lets somebody in.", "quiet"),), ())]
    return Page(((" Who is here", "lit"), ("   and what each looks at", "quiet")), body, wide=True)


def _named(people: Everybody, screen: Screen) -> str:
    if screen.id == people.you:
        return f"you, {screen.seat.role}"
    return f"you elsewhere, {screen.seat.role}" if screen.seat.same(people.mine) else titled(screen.seat)


def _where(screen: Screen, workspaces: Workspaces, here: WorkspaceId) -> str:
    """Say where a screen is: workspace, tab, and the agent with its focus."""
    workspace = workspaces.get(screen.workspace)
    if workspace is None:
        return "elsewhere"
    shown = places.tabs(workspace)
    name = visible(workspace.name) if workspace.id != here else ""
    tab = visible(shown[screen.tab].title) if len(shown) > 1 and screen.tab < len(shown) else ""
    agent = f"{places.titled(workspace, screen.role)}{' alone' * screen.zoomed}" if screen.role else ""
    return " ▸ ".join(filter(None, (name, tab, agent)))


def _does(people: Everybody, screen: Screen) -> Words:
    """Say what somebody does: types, follows, sets the sizes of panes."""
    led, me = people.screen(screen.follows), people.screen(people.you)
    said = [(f"types into {visible(screen.typing)}", "typing")] if screen.typing else []
    said += [("you follow them", "lit")] if me is not None and me.follows == screen.id else []
    said += [(f"follows {'you' if led.id == people.you else led.name}", "quiet")] if led is not None else []
    said += [("sets the sizes", "quiet")] if screen.sizes and len(people.screens) > 1 else []
    return tuple(part for piece in said for part in (piece, ("  ", "quiet")))
