"""What a command acts on: the screen of one workspace, as far as commands see it."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from hiveui.model.agent import Agent
from hiveui.model.keys import Key
from hiveui.model.layout import Direction
from hiveui.model.state import Workspace
from hiveui.tui.commands.calls import Calls
from hiveui.tui.commands.colliding import Colliding
from hiveui.tui.commands.filing import Filing
from hiveui.tui.commands.gathering import Gathering
from hiveui.tui.commands.history import Histories
from hiveui.tui.commands.integrating import Integrating
from hiveui.tui.commands.keeping import Keeping
from hiveui.tui.commands.owning import Owning
from hiveui.tui.commands.proving import Proving
from hiveui.tui.commands.reviewing import Reviewing
from hiveui.tui.commands.sending import Sending
from hiveui.tui.desk import Desk
from hiveui.tui.finding import Finding


class Outer(Protocol):
    """The terminal."""

    def hand_mouse(self) -> None:
        """Leave the mouse to it, or take it back."""


class Dialog(Protocol):
    """What is asked and what is read."""

    def ask(self, question: str, title: str, method: str, **more: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""

    def answer(self, yes: bool) -> None:
        """Answer the question."""

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""

    def help(self) -> None:
        """Show every key."""

    def keys(self) -> None:
        """Show the keys of what lies over the panes."""

    def performance(self) -> None:
        """Show or hide the performance display."""

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""


class Shaping(Protocol):
    """The panes and tabs of the workspace."""

    def resize(self, direction: Direction, by: int) -> None:
        """Move the border next to the pane with the focus by cells."""

    def rotate(self) -> None:
        """Have each pane of the tab take the place of the next."""

    def preset(self, name: str) -> None:
        """Stand the panes of the tab as a preset says."""

    def ask_move(self) -> None:
        """Wait for a key that says where the pane with the focus is to go."""

    def ask_preset(self) -> None:
        """Wait for a key that names a preset."""

    def swap(self, dx: int, dy: int) -> None:
        """Have the pane with the focus change places with its neighbour."""

    def to_edge(self, dx: int, dy: int) -> None:
        """Stand the pane with the focus along one side of the tab."""

    def to_tab(self, there: int) -> None:
        """Move the pane with the focus to a tab, counted from 0."""

    def to_next_tab(self, by: int) -> None:
        """Move the pane with the focus some tabs on."""

    def to_new_tab(self) -> None:
        """Move the pane with the focus to a tab of its own."""

    def pin(self) -> None:
        """Show the pane with the focus in every tab, or in this one alone again."""

    def name_tab(self) -> None:
        """Have the title of the tab written."""

    def named(self) -> None:
        """Take the title that was written."""


class Company(Protocol):
    """Who is there."""

    def add(self, where: str) -> None:
        """Open a shell right of the pane with the focus (`columns`), below it (`rows`), or in a `tab`."""

    def close(self) -> None:
        """Close the pane with the focus."""

    def close_tab(self) -> None:
        """Close all panes of the tab."""

    def undo(self) -> None:
        """Undo what was arranged, closed or stopped last."""


class Jump(Protocol):
    """Letters over the panes."""

    def begin(self) -> None:
        """Show them."""

    def press(self, letter: str) -> None:
        """Take one."""


class Library(Protocol):
    """Layouts: the workspace's own, and those that there are."""

    def show(self) -> None:
        """List those that there are."""

    def choose(self, by: int) -> None:
        """Look at another one of them."""

    def compare(self) -> None:
        """Show what saving would change, and ask."""

    def save(self) -> None:
        """Save what was shown."""

    def ask_open(self) -> None:
        """Show what opening the chosen one would start, and ask."""

    def ask_save_as(self) -> None:
        """Have a name written to save what runs under."""

    def ask_rename(self) -> None:
        """Have another name written for the chosen one."""

    def named(self) -> None:
        """Take the name that was written."""

    def ask_delete(self) -> None:
        """Ask whether the chosen one is to be deleted."""

    def agree(self) -> None:
        """Do what was asked."""


class Morning(Protocol):
    """The plan to restore a workspace whose agents are gone."""

    def open(self) -> None:
        """Show it."""

    def move(self, by: int) -> None:
        """Go to another agent of it."""

    def leave_out(self) -> None:
        """Leave the agent out, or take it in again."""

    def choose(self) -> None:
        """Choose the agent's next conversation, or a new one."""

    def restore(self) -> None:
        """Do it."""


class Summary(Protocol):
    """What all agents together did and used."""

    def cost(self) -> None:
        """Show what they use and cost."""

    def since(self) -> None:
        """Show what changed while the person was away."""


class Switcher(Protocol):
    """The list of workspaces."""

    def open(self) -> None:
        """Show it."""

    def move(self, by: int) -> None:
        """Go to another line."""

    def go(self) -> None:
        """Go to the workspace of the line."""


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


class At(
    Calls,
    Colliding,
    Filing,
    Gathering,
    Histories,
    Integrating,
    Keeping,
    Owning,
    Proving,
    Reviewing,
    Sending,
    Protocol,
):
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
    def outer(self) -> Outer:
        """The terminal."""

    @property
    def dialog(self) -> Dialog:
        """What is asked and what is read."""

    @property
    def shaping(self) -> Shaping:
        """The panes and tabs of the workspace."""

    @property
    def company(self) -> Company:
        """Who is there."""

    @property
    def jump(self) -> Jump:
        """Letters over the panes."""

    @property
    def library(self) -> Library:
        """The workspace's layout."""

    @property
    def morning(self) -> Morning:
        """The plan to restore the workspace."""

    @property
    def summary(self) -> Summary:
        """What all agents together did and used."""

    @property
    def switcher(self) -> Switcher:
        """The list of workspaces."""

    @property
    def palette(self) -> Palette:
        """The palette."""

    def move(self, desk: Desk) -> None:
        """Go to another place."""

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""

    def work(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do work beside the screen, as `Ground.run` does."""

    def close(self) -> None:
        """Close what lies over the panes."""

    def leave(self) -> None:
        """End the TUI; the agents go on."""
