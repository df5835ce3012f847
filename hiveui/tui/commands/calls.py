"""What commands about agents' states act on: who needs the person, and a state that is wrong."""

from typing import Protocol


class Attention(Protocol):
    """Who needs the person, and answering them in place."""

    def open(self) -> None:
        """List them."""

    def answer(self) -> None:
        """Ask for an answer to the agent with the focus, or to the most urgent one."""

    def move(self, by: int) -> None:
        """Go to another agent of the list."""

    def pick(self, digit: int) -> None:
        """Pick an answer by its number."""

    def enter(self) -> None:
        """Give the answer that was picked; where none was, go to the agent."""

    def write(self) -> None:
        """Have a text written that goes with the answer."""

    def send(self) -> None:
        """Give the answer with the text."""

    def leave_text(self) -> None:
        """Go back from the text."""

    def hush(self) -> None:
        """Put an agent off for a while, or not any more."""

    def mute(self) -> None:
        """Never hear of an agent, or hear of it again."""

    def read(self) -> None:
        """Mark what an agent did as read."""


class Rounds(Protocol):
    """Going round those that need the person."""

    def next(self, by: int) -> None:
        """Go to the next one, or the one before."""

    def back(self) -> None:
        """Go back to where the person came from."""


class Misreading(Protocol):
    """An agent whose state is wrong."""

    def ask(self) -> None:
        """Ask what it really does."""

    def move(self, by: int) -> None:
        """Choose another state."""

    def keep(self) -> None:
        """Keep the screen with the state that was chosen."""


class Calls(Protocol):
    """Where commands on who needs the person act."""

    @property
    def attention(self) -> Attention:
        """Who needs the person."""

    @property
    def rounds(self) -> Rounds:
        """Going round those that need the person."""

    @property
    def misreading(self) -> Misreading:
        """An agent whose state is wrong."""
