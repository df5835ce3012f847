"""Who owns what, and what agents wrote outside of that, shown over the panes."""

from collections.abc import Sequence

from rich.cells import cell_len

from hiveui.model.agent import Agent
from hiveui.model.ownership import Trespass, Wall, mode_of
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import go
from hiveui.tui.listing import Listing
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import age

WIDE = 100
"""Columns from which there is room for what is not enforced, and why."""
ROLE = 14
"""Cells of a role, at most."""


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
    box = workspace.boxes.get(agent.role)
    notes = [*(bounds.notes if bounds is not None else ()), *(box.notes if box is not None else ())] if wide else []
    return [(left, ((f"{mode or ''}{held} ", tone),)), *((((f"   {visible(note)}", "quiet"),), ()) for note in notes)]


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


def _held(wall: Wall, mode: str) -> tuple[str, str]:
    if wall is not Wall.NONE:
        return f" by {wall}" if wall is not Wall.HOOK else ", by its hook", "done"
    return (", not enforced", "warning") if mode in {"ask", "block"} else ("", "quiet")


def _name(role: str, room: int) -> str:
    return chrome.fitted(visible(role), room)
