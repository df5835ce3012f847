"""The palette: everything that can be done or gone to, found by its name."""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from hiveui.model.text import visible
from hiveui.tui import desk as places
from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import Command, Keymap, Place, label
from hiveui.tui.finding import Entry, Finding
from hiveui.tui.overlay import Overlay
from hiveui.tui.words import word


class Palette:
    """Lists what there is when it is opened (`commands.at.Palette`)."""

    def __init__(self, at: At, overlay: Overlay, keymap: Keymap) -> None:
        self._at = at
        self._overlay = overlay
        self._keymap = keymap
        self.sources: list[Callable[[], Iterable[Entry]]] = [self._commands, self._agents, self._tabs]
        """What is listed, in this order; each is asked anew when the palette is opened."""
        self.later: list[Callable[[], Coroutine[Any, Any, Iterable[Entry]]]] = []
        """What is listed behind it, once the daemon has told."""

    def open(self) -> None:
        """List everything."""
        finding = Finding([entry for source in self.sources for entry in source()])
        self._overlay.find(finding)
        for source in self.later:
            self._at.work("looking for more…", self._add(finding, source()))

    async def _add(self, finding: Finding, coming: Coroutine[Any, Any, Iterable[Entry]]) -> None:
        finding.add(await coming)
        self._overlay.finder.refresh()

    def run(self) -> None:
        """Do what is chosen."""
        chosen = self._finding.chosen
        self._overlay.close()
        if chosen is not None:
            chosen.run()

    def move(self, by: int) -> None:
        """Choose another entry."""
        self._overlay.finder.scroll_lines(by)

    def move_page(self, by: int) -> None:
        """Choose an entry a page away."""
        self.move(by * max(1, self._overlay.finder.size.height - 2))

    def edit(self, change: Callable[[Finding], None]) -> None:
        """Change what was typed."""
        change(self._finding)
        self._overlay.finder.refresh()

    @property
    def _finding(self) -> Finding:
        return self._overlay.finder.finding

    def _commands(self) -> Iterator[Entry]:
        for command in self._keymap.table:
            if command.place is Place.SUPERVISE and command.listed and self._keymap.allows(command):
                keys = " ".join(map(label, command.keys[:2]))
                yield Entry(command.title, command.id, keys, self._runs(command))

    def _runs(self, command: Command) -> Callable[[], None]:
        return lambda: command.run(self._at, command.keys[0] if command.keys else "")

    def _agents(self) -> Iterator[Entry]:
        workspace = self._at.workspace
        for number, agent in enumerate(workspace.agents, 1):
            title = f"Go to {number} {visible(agent.role)}"
            about = f"{visible(agent.kind)} {word(agent).word}"
            yield Entry(title, about, str(number % 10) if number <= 10 else "", self._goes(agent.role))

    def _goes(self, role: str) -> Callable[[], None]:
        return lambda: self._at.move(places.go(self._at.workspace, self._at.desk, role))

    def _tabs(self) -> Iterator[Entry]:
        for index, tab in enumerate(places.tabs(self._at.workspace)):
            yield Entry(f"Go to the tab {visible(tab.title)}", "tab", "", self._turns(index))

    def _turns(self, index: int) -> Callable[[], None]:
        def turn() -> None:
            desk = self._at.desk
            self._at.move(places.go_tab(self._at.workspace, desk, index - desk.tab) if index != desk.tab else desk)

        return turn
