"""What keys about proofs need (`commands.at.At`)."""

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


class Proving(Protocol):
    """Where commands on proofs act."""

    @property
    def proof(self) -> Proof:
        """What proves an agent's work."""
