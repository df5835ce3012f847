"""What the daemon is told about the panes on this screen: which, how large, and who sets their size."""

from collections.abc import Mapping
from dataclasses import dataclass

from hiveui.tui.typist import Tell


@dataclass(frozen=True, slots=True)
class Seen:
    """One pane on this screen."""

    columns: int
    rows: int
    focused: bool


class Sight:
    """Sends `pane/view` when something in it changed.

    The client that acted last sets the sizes. One that sees a pane of its own taken to another size has
    lost them, and claims them back with the next thing that its person does.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._panes: Mapping[str, Seen] = {}
        self._frames = 0
        self._sent: tuple[Mapping[str, Seen], bool] | None = None
        self._settled: set[str] = set()
        self.owner = True

    def look(self, panes: Mapping[str, Seen]) -> None:
        """Show these panes, and tell the daemon if that is news."""
        for pane, seen in panes.items():
            before = self._panes.get(pane)
            if before is None or (before.columns, before.rows) != (seen.columns, seen.rows):
                self._settled.discard(pane)
        self._panes = dict(panes)
        if self._sent != (self._panes, self.owner):
            self._send()

    def pace(self, frames: int) -> None:
        """Be sent so many frames a second at most; 0 for as many as there are."""
        if frames != self._frames:
            self._frames = frames
            if self._sent is not None:
                self._send()

    def forget(self) -> None:
        """Tell everything anew at the next look: the daemon is another."""
        self._sent = None

    def framed(self, pane: str, size: tuple[int, int]) -> None:
        """Note the size of a frame that came."""
        seen = self._panes.get(pane)
        if seen is None:
            return
        if size == (seen.columns, seen.rows):
            self._settled.add(pane)
        elif pane in self._settled:
            self.owner = False
            self._sent = (self._panes, False)

    def acted(self) -> None:
        """The person did something here."""
        if not self.owner:
            self.owner = True
            self._send()

    def led(self) -> None:
        """This screen goes where another one does: it claims no sizes by that."""
        self.owner = False

    def _send(self) -> None:
        self._sent = (self._panes, self.owner)
        self._tell(
            "pane/view",
            panes=[
                {"pane": pane, "columns": s.columns, "rows": s.rows, "focused": s.focused}
                for pane, s in self._panes.items()
            ],
            size_owner=self.owner,
            **({"frames": self._frames} if self._frames else {}),
        )
