"""What a command acts on: the screen of one workspace, as far as commands see it."""

from typing import Protocol

from hiveui.model.agent import Agent
from hiveui.model.keys import Key
from hiveui.model.state import Workspace
from hiveui.tui.desk import Desk
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


class Outer(Protocol):
    """The terminal."""

    def hand_mouse(self) -> None:
        """Leave the mouse to it, or take it back."""


class Prompt(Protocol):
    """A prompt that is being written."""

    def write(self, text: str) -> None:
        """Begin one to the agent with the focus, with a text behind what was put away."""

    def send(self) -> None:
        """Send it."""

    def newline(self) -> None:
        """Break its line."""


class Dialog(Protocol):
    """What is asked and what is read."""

    def ask(self, question: str, title: str, method: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""

    def answer(self, yes: bool) -> None:
        """Answer the question."""

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""

    def help(self) -> None:
        """Show every key."""

    def performance(self) -> None:
        """Show or hide the performance display."""

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""


class At(Protocol):
    """Where a command acts."""

    @property
    def desk(self) -> Desk:
        """Where the person is."""

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""

    @property
    def agent(self) -> Agent | None:
        """The agent that has the focus."""

    @property
    def past(self) -> Past:
        """The history of the pane with the focus."""

    @property
    def search(self) -> Search:
        """Finding what panes printed."""

    @property
    def picking(self) -> Picking:
        """Picking up what stands on the screen."""

    @property
    def outer(self) -> Outer:
        """The terminal."""

    @property
    def prompt(self) -> Prompt:
        """The prompt that is being written."""

    @property
    def dialog(self) -> Dialog:
        """What is asked and what is read."""

    def move(self, desk: Desk) -> None:
        """Go to another place."""

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""

    def close(self) -> None:
        """Close what lies over the panes."""

    def leave(self) -> None:
        """End the TUI; the agents go on."""
