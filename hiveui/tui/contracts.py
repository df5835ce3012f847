"""The contracts that agents agreed on, their changes and who took note of them, shown over the panes."""

from collections.abc import Sequence
from typing import Any

from hiveui.model.contracts import ContractChange, Note
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.listing import Listing
from hiveui.tui.widgets.card import Ends, Page, difference
from hiveui.tui.words import age

NOTES: dict[Note, tuple[str, str]] = {
    Note.QUEUED: ("⋯", "quiet"),
    Note.TOLD: ("◐", "working"),
    Note.NOTED: ("✓", "done"),
    Note.NOT_TOLD: ("✕", "warning"),
}


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
