"""What keys about proofs and the project's memory need (`commands.at.At`)."""

from typing import Protocol


class Proof(Protocol):
    """The check of the agent with the focus, and what it was given to read."""

    def open(self) -> None:
        """Show what it came to."""

    def run(self) -> None:
        """Run the one that is shown."""

    def stop(self) -> None:
        """End it."""

    def brief(self) -> None:
        """Show what the agent was given to read."""


class Memory(Protocol):
    """What all agents are to know."""

    def open(self) -> None:
        """Show it."""

    def next(self) -> None:
        """Show the next file of it."""

    def write(self) -> None:
        """Write on the file that is shown."""

    def save(self) -> None:
        """Save what was written."""

    def leave(self) -> None:
        """Read again."""

    def decide(self) -> None:
        """Have a decision written down."""

    def scroll(self, by: int) -> None:
        """Scroll what is read."""


class Proving(Protocol):
    """Where commands on them act."""

    @property
    def proof(self) -> Proof:
        """What proves an agent's work."""

    @property
    def memory(self) -> Memory:
        """The project's memory."""
