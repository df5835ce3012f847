"""Shaping the workspace: where its panes stand, worked out on the newest state."""

import asyncio
from collections.abc import Callable

from hiveui.model import borders, shape, tree
from hiveui.model.codec import to_json
from hiveui.model.layout import Direction, Node
from hiveui.model.shape import Tabs
from hiveui.model.text import visible
from hiveui.tui import desk as places
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import Desk
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Composer

Change = Callable[[Tabs, int], Tabs]
"""Gives other tabs; the second argument is the number of the one in which the pane with the focus stands."""

TRIES = 5
"""Times that a change is worked out anew because others changed the tabs meanwhile."""
STUCK = "It cannot go there."
SIDES: dict[tuple[int, int], tree.Side] = {(-1, 0): "left", (0, 1): "down", (0, -1): "up", (1, 0): "right"}


class Shaping:
    """Moves and resizes panes (`commands.at.Shaping`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._one_at_a_time = asyncio.Lock()
        self._naming = Desk()
        """Where the person is whose tab is being named."""

    # geometry

    def resize(self, direction: Direction, by: int) -> None:
        """Move the border next to the pane with the focus by cells."""
        area = self._ground.screen.scene().area
        role = self._ground.desk.role
        if area is None:
            self._ground.screen.notice("One pane fills the screen; there is nothing to resize.")
            return
        self._within(
            lambda root: borders.pushed(root, area, role, direction, by),
            "There is no border, or it is as far as it can be.",
        )

    def rotate(self) -> None:
        """Have each pane of the tab take the place of the next."""
        self._within(tree.rotate, "The only pane of this tab stands where it can.")

    def preset(self, name: str) -> None:
        """Stand the panes of the tab as a preset says: even, main, grid, turn."""
        self._overlay.close()
        role = self._ground.desk.role
        presets: dict[str, Callable[[Node], Node]] = {
            "even": tree.even,
            "main": lambda root: tree.main_left(root, role),
            "grid": tree.grid,
            "turn": lambda root: tree.turn(root, role),
        }
        self._within(presets[name], "The panes stand like that already.")

    def swap(self, dx: int, dy: int) -> None:
        """Have the pane with the focus change places with its neighbour; without one it goes to that edge."""
        role = self._ground.desk.role

        def swapped(root: Node) -> Node:
            other = places.neighbour(root, role, dx, dy)
            return tree.swap(root, role, other) if other else tree.to_edge(root, role, SIDES[dx, dy])

        self._overlay.close()
        self._within(swapped, STUCK)

    def to_edge(self, dx: int, dy: int) -> None:
        """Stand the pane with the focus along one side of the tab."""
        role = self._ground.desk.role
        self._overlay.close()
        self._within(lambda root: tree.to_edge(root, role, SIDES[dx, dy]), STUCK)

    # tabs

    def to_tab(self, there: int) -> None:
        """Move the pane with the focus to a tab, counted from 0, and go along."""
        role = self._ground.desk.role
        self._moved(lambda tabs, here: shape.move_to_tab(tabs, role, here, there))

    def to_next_tab(self, by: int) -> None:
        """Move the pane with the focus to the next tab (1) or the one before (-1), around the end."""
        role = self._ground.desk.role
        self._moved(lambda tabs, here: shape.move_to_tab(tabs, role, here, (here + by) % len(tabs)))

    def to_new_tab(self) -> None:
        """Move the pane with the focus to a tab of its own."""
        role = self._ground.desk.role
        self._moved(lambda tabs, here: shape.move_to_new_tab(tabs, role, here, role))

    def pin(self) -> None:
        """Show the pane with the focus in every tab, or in this one alone again."""
        role = self._ground.desk.role
        if len(places.tabs(self._ground.workspace)) < 2:
            self._overlay.close()
            self._ground.screen.notice("There is one tab only; T opens another.")
            return
        self._moved(lambda tabs, here: shape.pin(tabs, role, here))

    def name_tab(self) -> None:
        """Have the title of the tab written."""
        shown = places.tabs(self._ground.workspace)
        if shown:
            self._naming = self._ground.desk
            self._overlay.name(((" Name of this tab", "strong"),), shown[self._naming.tab].title)

    def named(self) -> None:
        """Take the title that was written."""
        card = self._overlay.card
        text = card.text if isinstance(card, Composer) else ""
        self._overlay.close()
        self._change(lambda tabs, here: shape.rename(tabs, here, text), "", self._naming)

    # menus

    def ask_move(self) -> None:
        """Wait for a key that says where the pane with the focus is to go."""
        self._ask(Place.MOVE, "Move")

    def ask_preset(self) -> None:
        """Wait for a key that names a preset."""
        self._ask(Place.PRESET, "Arrange the panes around")

    def _ask(self, place: Place, title: str) -> None:
        agent = self._ground.agent
        if agent is not None:
            name = f"{places.number(self._ground.workspace, agent.role)} {visible(agent.role)}"
            self._overlay.ask(((f" {title} {name}", "strong"),), place)

    # how

    def dragged(self, before: Tabs, after: Tabs) -> None:
        """Tell the daemon where panes stand after a border was dragged, and show its word on it from then on."""

        async def told() -> None:
            try:
                params = {"before": to_json(before), "after": to_json(after)}
                answer = await self._ground.link.call("tabs/arrange", workspace=self._ground.workspace.id, **params)
                if not answer["arranged"]:
                    self._ground.screen.notice("Somebody else arranged the panes meanwhile; theirs holds.", "warning")
            finally:
                self._ground.screen.preview(None)

        self._ground.run("arranging…", told())

    def _within(self, change: Callable[[Node], Node], nothing: str) -> None:
        alone = self._ground.screen.scene().area is None
        done = "The panes are arranged; you see one that fills the screen." if alone else ""
        self._change(lambda tabs, here: shape.reshape(tabs, here, change), nothing, done=done)

    def _moved(self, change: Change) -> None:
        self._overlay.close()
        self._change(change, STUCK)

    def _change(self, change: Change, nothing: str, desk: Desk | None = None, done: str = "") -> None:
        self._ground.run("arranging…", self._changed(change, desk or self._ground.desk, nothing, done))

    async def _changed(self, change: Change, desk: Desk, nothing: str, done: str) -> None:
        async with self._one_at_a_time:
            for _ in range(TRIES):
                workspace = self._ground.workspace
                shown = places.tabs(workspace)
                here = shape.find(shown, desk.role, desk.tab)
                after = change(shown, here) if here is not None else shown
                if after == shown:
                    self._ground.screen.notice(nothing)
                    return
                params = {"before": to_json(workspace.tabs), "after": to_json(after)}
                if (await self._ground.link.call("tabs/arrange", workspace=workspace.id, **params))["arranged"]:
                    self._ground.screen.notice(done)
                    return
            self._ground.screen.notice("Somebody else arranges these panes right now. Try again.", "warning")
