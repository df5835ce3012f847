"""The radar, shown over the panes: where agents meet, and what the person does about it."""

from pathlib import Path
from typing import Any

from hiveui.model.collisions import Collision, Side
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.collisions import Details, Seen, differences, listed, write
from hiveui.tui.commands.table import Place
from hiveui.tui.company import Company
from hiveui.tui.desk import titled
from hiveui.tui.editor import Spot
from hiveui.tui.ground import Ground
from hiveui.tui.premises import Premises
from hiveui.tui.rounds import Rounds
from hiveui.tui.widgets.card import Card, Ends

EDGES = 4
"""Lines of the screen that are not the list's: the first, the last, the heading and what is under it."""


class Sweep(Card):
    """The card of the radar."""

    place = Place.RADAR

    def words(self, y: int) -> Ends:
        """Give the heading whole: its columns reach to the right."""
        left, right = super().words(y)
        return left, () if y == 0 else right


class Radar:
    """Shows collisions and reservations (`commands.colliding.Radar`)."""

    def __init__(self, ground: Ground, rounds: Rounds, company: Company, premises: Premises) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._rounds = rounds
        self._company = company
        self._premises = premises
        self._card = Sweep()
        self._settled = False
        """What is over is shown too."""
        self._chosen = ""
        """The id of the collision that is chosen."""
        self._line = 0
        self._skipped = 0
        self._details: tuple[Collision, Details] | None = None
        """What was looked up of a collision, and how that stood then."""
        self._asked: Collision | None = None

    # what is shown

    def open(self, chosen: str = "") -> None:
        """Show where agents meet, from the worst on, or from one."""
        self._settled = not self._ground.workspace.radar.standing
        self._chosen, self._line, self._skipped = chosen, 0, 0
        self._draw()

    def follow(self) -> None:
        """Keep what is shown up to date."""
        if self._overlay.card is self._card:
            self._draw()

    def move(self, by: int) -> None:
        """Go to another collision."""
        self._line += by
        self._chosen, self._skipped = "", 0
        self._draw()

    def scroll(self, by: int) -> None:
        """Scroll the differences."""
        self._skipped = max(0, self._skipped + by)
        self._draw()

    def toggle(self) -> None:
        """Show what is settled too, or not."""
        self._settled = not self._settled
        self._draw()

    # what is done

    def tell(self) -> None:
        """Have all that meet there told of it."""
        one = self._one()
        if one is not None:
            self._ground.run("telling them…", self._tell(one))

    def settle(self) -> None:
        """Take it as settled."""
        one = self._one()
        if one is not None:
            self._ground.run("settling it…", self._call("collision/settle", one))

    def hold(self) -> None:
        """Hold the prompts of who wrote there last; those of one that is held go on."""
        one = self._one()
        if one is None:
            return
        holds = self._ground.workspace.radar.holds
        side = next((side for side in one.named if side.role in holds), None) or one.latest
        if side is not None:
            self._ground.run("holding it…", self._hold(side, held=side.role not in holds))

    def go(self) -> None:
        """Go to the pane of who wrote there last."""
        one = self._one()
        side = one.latest if one is not None else None
        if side is not None:
            self._go(side.role)

    def owner(self) -> None:
        """Go to the pane of whose the path is."""
        one = self._one()
        details = self._known(one) if one is not None else None
        if details is None:
            self._ground.screen.notice("Whose that path is has not been looked up.")
        elif details["owners"]:
            self._go(details["owners"][0])
        else:
            self._ground.screen.notice("Nobody owns it: `owns` in the layout says whose a path is.")

    def edit(self) -> None:
        """Open the file in the person's editor, at the lines that meet."""
        one = self._one()
        side = one.latest if one is not None else None
        if one is None or side is None:
            return
        self._go(side.role)
        agent = self._ground.workspace.role(side.role)
        where = Spot(Path(side.top) / one.path, one.lines[0][0] if one.lines else 0)
        self._ground.run("opening…", self._edit(where, Path(agent.dir if agent is not None else side.top)))

    async def _edit(self, where: Spot, folder: Path) -> None:
        self._company.run(self._premises.opening(where, folder))

    async def _tell(self, one: Collision) -> None:
        told = (await self._call("collision/tell", one))["told"]
        self._ground.screen.notice(f"{' and '.join(map(visible, told))} will be told, once at rest.")

    async def _hold(self, side: Side, *, held: bool) -> None:
        workspace = self._ground.workspace
        await self._ground.link.call("prompt/hold", workspace=workspace.id, role=side.role, held=held)
        name = titled(workspace, side.role)
        said = f"What waits for {name} is held; h lets it go on." if held else f"What waits for {name} goes on."
        self._ground.screen.notice(said)

    async def _call(self, method: str, one: Collision) -> Any:
        return await self._ground.link.call(method, workspace=self._ground.workspace.id, collision=one.id)

    def _go(self, role: str) -> None:
        self._overlay.close()
        self._rounds.go(self._ground.workspace.id, role)

    # how it is drawn

    def _one(self) -> Collision | None:
        return self._ground.workspace.radar.find(self._chosen)

    def _known(self, one: Collision) -> Details | None:
        """Give what was looked up of a collision; None where that is of another, or was not done."""
        return self._details[1] if self._details is not None and self._details[0].id == one.id else None

    def _draw(self) -> None:
        """Draw the list: the chosen line stays with its collision, wherever that stands now."""
        workspace, screen = self._ground.workspace, self._ground.screen
        shown = listed(workspace, settled=self._settled)
        ids = [one.id for one in shown]
        self._line = ids.index(self._chosen) if self._chosen in ids else max(0, min(self._line, len(ids) - 1))
        self._chosen = ids[self._line] if ids else ""
        details = None
        if shown:
            one = shown[self._line]
            details = self._known(one)
            if one.open and self._asked != one:
                self._asked = one
                self._ground.run("comparing…", self._look(one))
        seen = Seen(chrome.now(), screen.size.width, screen.size.height - EDGES)
        if shown and self._skipped:
            last = len(differences(workspace, shown[self._line], details, seen)) - 1
            self._skipped = max(0, min(self._skipped, last))
            seen = seen._replace(skipped=self._skipped)
        self._card.turn_to(write(workspace, shown, self._line, details, seen))
        if self._overlay.card is not self._card:
            self._overlay.lay(self._card)

    async def _look(self, one: Collision) -> None:
        found = await self._call("collision/look", one)
        self._details = (one, found)
        self.follow()
