"""What keys about files need (`commands.at.At`)."""

from typing import Protocol


class Feed(Protocol):
    """What agents do to files."""

    def open(self) -> None:
        """Show what all of them changed."""

    def toggle(self) -> None:
        """Show what the agent with the focus changed, or all again."""

    def choose(self, by: int) -> None:
        """Go to another change."""

    def edit(self) -> None:
        """Open the chosen file."""


class Filing(Protocol):
    """Where commands on files act."""

    @property
    def feed(self) -> Feed:
        """What agents do to files."""
