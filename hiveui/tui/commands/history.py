"""What commands ask of a pane's history: looking back, searching, and picking up what stands there."""

from typing import Protocol

from hiveui.tui.selection import Shape


class Past(Protocol):
    """The history of the pane with the focus."""

    def move(self, lines: int) -> None:
        """Go down by lines, up if negative."""

    def leave(self) -> None:
        """Return to the present."""

    def page(self) -> int:
        """Lines that a page has."""

    def begin(self) -> None:
        """Look back without leaving the place: to select and copy."""

    def motion(self, name: str) -> None:
        """Move the cursor, as `motions.MOTIONS` names it."""

    def digit(self, digit: str) -> None:
        """Take a digit of the count before a key."""

    def select(self, shape: Shape) -> None:
        """Begin or end selecting."""

    def other_end(self) -> None:
        """Go to the other end of what is selected."""

    def copy(self) -> None:
        """Copy what is selected, or the line, and return to the present."""

    def step(self, by: int) -> None:
        """Go to the next match, or to the one before."""

    def escape(self) -> None:
        """End the selection; where nothing is selected, return to the present."""


class Search(Protocol):
    """Finding what panes printed."""

    def ask(self, *, up: bool) -> None:
        """Ask what to find in the pane with the focus."""

    def ask_all(self) -> None:
        """Ask what to find in all panes."""

    def kind(self) -> None:
        """Take what is typed for a regular expression, or for a text again."""

    def go(self) -> None:
        """Find what was typed."""

    def choose(self, by: int) -> None:
        """Choose another line of what was found."""

    def open(self) -> None:
        """Go to the line that is chosen."""


class Picking(Protocol):
    """Picking up what stands on the screen."""

    def begin(self) -> None:
        """Label what stands in the pane with the focus."""

    def press(self, letter: str) -> None:
        """Take a letter of a label."""

    def end(self) -> None:
        """Take the labels away."""

    def open(self) -> None:
        """Open the link that was asked about."""


class Histories(Protocol):
    """Where commands on a pane's history act."""

    @property
    def past(self) -> Past:
        """The history of the pane with the focus."""

    @property
    def search(self) -> Search:
        """Finding what panes printed."""

    @property
    def picking(self) -> Picking:
        """Picking up what stands on the screen."""
