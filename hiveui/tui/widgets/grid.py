"""Panes, their titles and the bars between them, placed by a scene."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from hiveui.model.layout import Rect
from hiveui.tui.desk import Scene
from hiveui.tui.widgets.bar import Bar
from hiveui.tui.widgets.line import Line
from hiveui.tui.widgets.pane import Pane
from hiveui.tui.widgets.parting import put_away


class _Placed(Layout):
    """Puts each widget where the grid's scene says; one that is not in it is hidden."""

    name = "placed"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,  # noqa: ARG002  the scene knows
        greedy: bool = True,  # noqa: ARG002
    ) -> ArrangeResult:
        """Place the children of a Grid."""
        assert isinstance(parent, Grid)  # noqa: S101  only a Grid has this layout
        return [
            WidgetPlacement(Region(*place), NULL_OFFSET, NULL_SPACING, widget)
            for widget, place in parent.places()
            if widget in children
        ]


class Grid(Widget):
    """The panes of one tab. Widgets live as long as their agents; a scene only moves them."""

    def __init__(self, roster: Line) -> None:
        super().__init__()
        self.panes: dict[str, Pane] = {}
        self.titles: dict[str, Line] = {}
        self.bars: list[Bar] = []
        self.roster = roster
        self.scene = Scene({}, (), None, compact=False)
        self._placed = _Placed()

    @property
    def layout(self) -> Layout:
        """The layout by scene."""
        return self._placed

    def render(self) -> str:
        """Show nothing of its own while there are no panes: a widget shows its name."""
        return ""

    def arrange_scene(self, scene: Scene) -> None:
        """Show another scene, with new widgets for what is new in it."""
        if scene == self.scene:
            return
        self.scene = scene
        fresh: list[Widget] = [] if self.roster.is_attached else [self.roster]
        for role in scene.panes:
            if role not in self.panes:
                self.panes[role] = Pane(role)
                self.titles[role] = Line(classes="title")
                fresh += [self.panes[role], self.titles[role]]
        while len(self.bars) < len(scene.bars):
            self.bars.append(Bar())
            fresh.append(self.bars[-1])
        if fresh:
            self.mount(*fresh)
        self._clear_arrangement_cache()  # `refresh` forgets those of its ancestors only
        self.refresh(layout=True)

    def keep(self, roles: AbstractSet[str]) -> None:
        """Let go of panes whose role is no longer there."""
        for role in [role for role in self.panes if role not in roles]:
            put_away(self.panes.pop(role))
            put_away(self.titles.pop(role))

    def clear(self) -> None:
        """Let go of all panes."""
        self.keep(set())
        self.scene = Scene({}, (), None, compact=False)

    def places(self) -> Iterator[tuple[Widget, tuple[int, int, int, int]]]:
        """Give every visible widget with its rectangle: x, y, width, height."""
        for role, place in self.scene.panes.items():
            yield self.titles[role], (place.x, place.y, place.width, min(1, place.height))
            yield self.panes[role], _screen(place)
        for bar, place in zip(self.bars, self.scene.bars, strict=False):
            yield bar, (place.x, place.y, place.width, place.height)
        if self.scene.roster is not None:
            place = self.scene.roster
            yield self.roster, (place.x, place.y, place.width, place.height)


def _screen(place: Rect) -> tuple[int, int, int, int]:
    return place.x, place.y + 1, place.width, max(0, place.height - 1)
