"""What commands on checkpoints act on."""

from typing import Protocol


class Checkpoints(Protocol):
    """The checkpoints of one agent's files."""

    def open(self) -> None:
        """Show those of the agent with the focus."""

    def show(self) -> None:
        """Go back to the list."""

    def choose(self, by: int) -> None:
        """Go to another one."""

    def difference(self) -> None:
        """Show what changed since."""

    def ask(self) -> None:
        """Show what a roll back would do, and ask."""

    def roll_back(self) -> None:
        """Do what was asked."""


class Keeping(Protocol):
    """Where commands on checkpoints act."""

    @property
    def checkpoints(self) -> Checkpoints:
        """The checkpoints of one agent's files."""
