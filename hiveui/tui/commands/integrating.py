"""What keys on merging need (`commands.at.At`)."""

from typing import Protocol


class Merging(Protocol):
    """Bringing agents' work together."""

    def open(self) -> None:
        """Show what each agent has to merge."""

    def back(self) -> None:
        """Show it again."""

    def choose(self, by: int) -> None:
        """Go to another agent."""

    def take(self) -> None:
        """Take the agent in, or leave it out."""

    def move(self, by: int) -> None:
        """Give the agent another place in the order."""

    def turn(self) -> None:
        """Choose another way to merge."""

    def check(self) -> None:
        """Have the roles' checks run, or not."""

    def name(self) -> None:
        """Have the branch written that is merged into."""

    def ask(self) -> None:
        """Show what merging would do, and ask."""

    def agree(self) -> None:
        """Do what was asked."""

    def resume(self, *, skip: bool) -> None:
        """Go on with the step that stopped, or without it."""

    def undo(self) -> None:
        """Roll back to before, once the person said so."""


class Mishaps(Protocol):
    """What a merge stopped at."""

    def look(self) -> None:
        """Show what is in conflict, or what the check printed."""

    def stop(self) -> None:
        """End the check that runs for the merge."""

    def tell(self) -> None:
        """Ask the agent of the step in conflict to rebase."""


class Proposing(Protocol):
    """One agent's work."""

    def commit(self) -> None:
        """Commit what the agent changed."""

    def propose(self) -> None:
        """Push the agent's branch and open a pull request, once the person said so."""


class Integrating(Protocol):
    """Where commands on merging act."""

    @property
    def merging(self) -> Merging:
        """Bringing agents' work together."""

    @property
    def mishaps(self) -> Mishaps:
        """What a merge stopped at."""

    @property
    def proposing(self) -> Proposing:
        """One agent's work."""
