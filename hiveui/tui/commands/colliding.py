"""What commands on where agents meet act on."""

from typing import Protocol


class Radar(Protocol):
    """Where agents meet."""

    def open(self) -> None:
        """Show it."""

    def move(self, by: int) -> None:
        """Go to another path."""

    def scroll(self, by: int) -> None:
        """Scroll the differences."""

    def toggle(self) -> None:
        """Show what is settled too, or not."""

    def tell(self) -> None:
        """Have all that meet there told of it."""

    def settle(self) -> None:
        """Take it as settled."""

    def hold(self) -> None:
        """Hold the prompts of who wrote there last; those of one that is held go on."""

    def go(self) -> None:
        """Go to the pane of who wrote there last."""

    def owner(self) -> None:
        """Go to the pane of whose the path is."""

    def edit(self) -> None:
        """Open the file in the person's editor."""


class Colliding(Protocol):
    """Where commands on where agents meet act."""

    @property
    def radar(self) -> Radar:
        """Where agents meet."""
