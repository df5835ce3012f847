"""What agents wrote outside of what their roles own, and the contracts that they agreed on, shown over the panes."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from hiveui.model.agent import Agent
from hiveui.model.contracts import ContractChange, Note
from hiveui.model.ownership import Trespass, Wall, mode_of
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import go
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page, difference
from hiveui.tui.words import age

WIDE = 100
"""Columns from which there is room for what is not enforced, and why."""
ROLE = 14
"""Cells of a role, at most."""
NOTES: dict[Note, tuple[str, str]] = {
    Note.QUEUED: ("⋯", "quiet"),
    Note.TOLD: ("◐", "working"),
    Note.NOTED: ("✓", "done"),
    Note.NOT_TOLD: ("✕", "warning"),
}


class Listing:
    """A page over the panes of which one line, that has an id, is chosen."""

    place: Place

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._chosen = ""

    def open(self, chosen: str = "") -> None:
        """Show it, from the newest line, or from one."""
        self._chosen = chosen or next(iter(self._ids()), "")
        self._show()

    def move(self, by: int) -> None:
        """Go to another line."""
        ids = self._ids()
        at = ids.index(self._chosen) if self._chosen in ids else 0
        self._chosen = ids[max(0, min(at + by, len(ids) - 1))] if ids else ""
        self._show()

    def follow(self) -> None:
        """Keep what is shown up to date."""
        if self._overlay.chooses(self.place):
            self._show()

    def _show(self) -> None:
        page, line = self._page()
        self._overlay.choose(page, line, self.place)

    def _ids(self) -> Sequence[str]:
        raise NotImplementedError

    def _page(self) -> tuple[Page, int]:
        raise NotImplementedError


class Owners(Listing):
    """Who owns what, and writes outside of that (`commands.owning.Owners`)."""

    place = Place.OWNERS

    def go(self) -> None:
        """Go to the agent that wrote."""
        found = self._found
        if found is not None and self._ground.workspace.role(found.role) is not None:
            self._overlay.close()
            self._ground.move(go(self._ground.workspace, self._ground.desk, found.role))

    def tell(self) -> None:
        """Tell the owner of the path who wrote there."""
        found = self._found
        if found is not None:
            self._ground.run("telling its owner…", self._tell(found))

    async def _tell(self, trespass: Trespass) -> None:
        workspace = self._ground.workspace.id
        answer = await self._ground.link.call("owner/tell", workspace=workspace, trespass=trespass.id)
        self._ground.screen.notice(f"{visible(', '.join(answer['told']))} will be told.")

    def read(self) -> None:
        """Take all of them as seen."""
        self._ground.run("telling the daemon…", self._read())

    async def _read(self) -> None:
        await self._ground.link.call("owner/seen", workspace=self._ground.workspace.id)

    @property
    def _found(self) -> Trespass | None:
        return next((one for one in self._ground.workspace.ownership.trespasses if one.id == self._chosen), None)

    def _ids(self) -> Sequence[str]:
        return [one.id for one in reversed(self._ground.workspace.ownership.trespasses)]

    def _page(self) -> tuple[Page, int]:
        return owners_page(self._ground.workspace, self._chosen, self._ground.screen.size.width)


class ContractCard(Listing):
    """Contracts, their changes, and who took note (`commands.owning.Contracts`)."""

    place = Place.CONTRACTS

    def read(self) -> None:
        """Show what the chosen change changed."""
        found = self._ground.workspace.contracts.change(self._chosen)
        if found is not None:
            self._ground.run("reading it…", self._read(found))

    async def _read(self, change: ContractChange) -> None:
        asked: dict[str, Any] = {"workspace": self._ground.workspace.id, "change": change.id}
        lines = (await self._ground.link.call("contract/difference", **asked))["lines"]
        heading = ((f" {visible(change.path)}", "lit"), (f"  by {visible(change.by or 'somebody')}", "quiet"))
        self._overlay.read(Page(heading, difference(lines), wide=True))

    def _ids(self) -> Sequence[str]:
        return [one.id for one in reversed(self._ground.workspace.contracts.changes)]

    def _page(self) -> tuple[Page, int]:
        return contracts_page(self._ground.workspace, self._chosen)


def owners_page(workspace: Workspace, chosen: str, columns: int) -> tuple[Page, int]:
    """List roles with what they own, then what was written outside; and the line that is chosen."""
    declared = [agent for agent in workspace.agents if agent.spec is not None and agent.child_of is None]
    roles = {*(agent.role for agent in declared), *(one.role for one in workspace.ownership.trespasses)}
    room = min(ROLE, max((cell_len(visible(role)) for role in roles), default=0))
    body = [line for agent in declared for line in _owner(workspace, agent, room, wide=columns >= WIDE)]
    body.append(((), ()))
    listed = list(reversed(workspace.ownership.trespasses))
    ids, first = [one.id for one in listed], len(body)
    body += [_outside(one, room, chosen=one.id == chosen) for one in listed]
    if not any(mode_of(agent.spec) for agent in declared if agent.spec is not None):
        body.append((((" Each may write anything: `owns` in a layout says what is whose.", "quiet"),), ()))
    elif not listed:
        body.append((((" Nobody wrote outside of what they own.", "quiet"),), ()))
    heading = ((" Owners", "lit"), ("   and what was written outside", "quiet"))
    return Page(heading, body, wide=True), first + (ids.index(chosen) if chosen in ids else 0)


def _owner(workspace: Workspace, agent: Agent, room: int, *, wide: bool) -> list[Ends]:
    """Say what a role owns, how it is held to that, and, where there is room, what that lacks."""
    if agent.spec is None:
        return []
    owns = "anything" if agent.spec.owns is None else ", ".join(agent.spec.owns) or "nothing: it is read-only"
    bounds, mode = workspace.ownership.bounds.get(agent.role), mode_of(agent.spec)
    held, tone = _held(bounds.wall if bounds else Wall.NONE, mode or "")
    left = ((f" {_name(agent.role, room)}  ", "plain"), (visible(owns), "quiet" if mode is None else "plain"))
    notes = bounds.notes if bounds is not None and wide else ()
    return [(left, ((f"{mode or ''}{held} ", tone),)), *((((f"   {note}", "quiet"),), ()) for note in notes)]


def _outside(one: Trespass, room: int, *, chosen: bool) -> Ends:
    tone = "lit" if chosen else "quiet" if one.seen else "warning"
    whose = f", which {visible(' and '.join(one.owners))} own{'s' * (len(one.owners) == 1)}" if one.owners else ""
    left = (
        (f" {'▸' if chosen else ' '} ", "lit"),
        (f"{' ' if one.seen else chrome.OUTSIDE} ", "warning"),
        (f"{_name(one.role, room)}  {one.deed} {visible(one.path)}", tone),
        (f"{whose}{f', {visible(one.note)}' if one.note else ''}", "quiet"),
    )
    return left, ((f"  {age(one.time, chrome.now())} ", "quiet"),)


def contracts_page(workspace: Workspace, chosen: str) -> tuple[Page, int]:
    """List contracts with who depends on them, then their changes; and the line that is chosen."""
    found = workspace.contracts
    body: list[Ends] = [
        (((f" {visible(one.glob)}", "plain"), (f"   for {visible(', '.join(one.roles) or 'everybody')}", "quiet")), ())
        for one in found.agreed
    ] or [(((" There are none: `contracts` in a layout names them.", "quiet"),), ())]
    body.append(((), ()))
    listed, now = list(reversed(found.changes)), chrome.now()
    first = len(body)
    for one in listed:
        mark = "▸" if one.id == chosen else " "
        tone = "lit" if one.id == chosen else "quiet" if one.settled else "plain"
        notes = tuple(
            piece
            for role, note in one.notes.items()
            for piece in ((f"  {NOTES[note][0]} ", NOTES[note][1]), (f"{visible(role)} {note}", NOTES[note][1]))
        )
        said = f"{visible(one.by or 'somebody')} changed {visible(one.path)}  +{one.added} −{one.removed}"
        body.append((((f" {mark} ", "lit"), (said, tone), *notes), ((f"  {age(one.time, now)} ", "quiet"),)))
    if not listed and found.agreed:
        body.append((((" None has changed.", "quiet"),), ()))
    ids = [one.id for one in listed]
    line = first + (ids.index(chosen) if chosen in ids else 0)
    return Page(((" Contracts", "lit"), ("   and who took note of changes", "quiet")), body, wide=True), line


def _held(wall: Wall, mode: str) -> tuple[str, str]:
    if wall is not Wall.NONE:
        return f" by {wall}" if wall is not Wall.HOOK else ", by its hook", "done"
    return (", not enforced", "warning") if mode in {"ask", "block"} else ("", "quiet")


def _name(role: str, room: int) -> str:
    return chrome.fitted(visible(role), room)
