"""What a command acts on: the screen of one workspace, as far as commands see it."""

from collections.abc import Callable
from typing import Protocol

from hiveui.model.agent import Agent
from hiveui.model.keys import Key
from hiveui.model.state import Workspace
from hiveui.tui.desk import Desk
from hiveui.tui.finding import Finding


class Past(Protocol):
    """The history of the pane with the focus."""

    def move(self, lines: int) -> None:
        """Go down by lines, up if negative."""

    def leave(self) -> None:
        """Return to the present."""

    def page(self) -> int:
        """Lines that a page has."""


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


class Palette(Protocol):
    """The palette, while it is open."""

    def open(self) -> None:
        """List everything."""

    def run(self) -> None:
        """Do what is chosen."""

    def move(self, by: int) -> None:
        """Choose another entry."""

    def move_page(self, by: int) -> None:
        """Choose an entry pages away."""

    def edit(self, change: Callable[[Finding], None]) -> None:
        """Change what was typed."""


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
    def prompt(self) -> Prompt:
        """The prompt that is being written."""

    @property
    def dialog(self) -> Dialog:
        """What is asked and what is read."""

    @property
    def palette(self) -> Palette:
        """The palette."""

    def move(self, desk: Desk) -> None:
        """Go to another place."""

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""

    def close(self) -> None:
        """Close what lies over the panes."""

    def leave(self) -> None:
        """End the TUI; the agents go on."""
