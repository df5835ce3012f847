"""Jump mode: letters over the panes and tabs; one or two keys lead to one of them."""

import itertools
import string
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hiveui.model.layout import roles
from hiveui.model.text import visible
from hiveui.tui import desk as places
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import word

HOME = "asdfjklghqwertyuiopzxcvbnm"
"""Letters in the order in which they are given out."""

assert set(HOME) == set(string.ascii_lowercase)  # noqa: S101  the keys of `commands.shape`

Target = str | int
"""A role, or the number of a tab."""


def labels(targets: Sequence[Target]) -> Mapping[str, Target]:
    """Give each target letters, none of which begin another's: one while there are enough, else two."""
    length = 1 if len(targets) <= len(HOME) else 2
    return dict(zip(map("".join, itertools.product(HOME, repeat=length)), targets, strict=False))


class Jump:
    """Leads to a pane or tab by its letters (`commands.at.Jump`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._labels: Mapping[str, Target] = {}
        self._typed = ""

    def begin(self) -> None:
        """Show the letters: over panes and tabs, or in a list of all agents where one pane fills the screen."""
        screen, desk = self._ground.screen, self._ground.desk
        scene = screen.scene()
        self._typed = ""
        if scene.area is not None:
            others = [tab for tab in range(len(places.tabs(self._ground.workspace))) if tab != desk.tab]
            self._labels = labels([*scene.panes, *others])
            screen.labels = {target: code for code, target in self._labels.items()}
            screen.overlay.ask(((" Jump to the pane or tab with the letter", "strong"),), Place.JUMP)
        else:
            self._labels = labels([agent.role for agent in self._ground.workspace.agents])
            screen.overlay.read(self._page(wide=scene.compact), Place.JUMP)

    def press(self, letter: str) -> None:
        """Take a letter; go where it leads once it is clear."""
        self._typed += letter
        target = self._labels.get(self._typed)
        if target is not None:
            self._leave()
            self._go(target)
        elif not any(code.startswith(self._typed) for code in self._labels):
            self._leave()
            self._ground.screen.notice(f"Nothing has the letter {self._typed}.")

    def _leave(self) -> None:
        self._ground.screen.overlay.close()

    def _go(self, target: Target) -> None:
        workspace, desk = self._ground.workspace, self._ground.desk
        if isinstance(target, int):
            shown = places.tabs(workspace)
            target = target if target < len(shown) else desk.tab
            first = roles(shown[target].root)[0]
            self._ground.move(replace(desk, tab=target, role=first, last=desk.role, zoomed=False))
        elif workspace.role(target) is not None:
            self._ground.move(replace(places.go(workspace, desk, target), zoomed=desk.zoomed))

    def _page(self, *, wide: bool) -> Page:
        body: list[Ends] = []
        for code, target in self._labels.items():
            agent = self._ground.workspace.role(str(target))
            said = word(agent)
            name = f"{places.number(self._ground.workspace, str(target)):>3} {visible(str(target))}"
            body.append((((f" {code} ", "typing"), (name, "plain"), (f"  {said.glyph} {said.word}", said.tone)), ()))
        return Page(((" Jump to the agent with the letter", "lit"),), body, wide)
