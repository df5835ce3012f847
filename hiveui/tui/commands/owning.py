"""What commands on owners and contracts act on."""

from typing import Protocol


class Owners(Protocol):
    """Who owns what, and writes outside of that."""

    def open(self) -> None:
        """Show them."""

    def move(self, by: int) -> None:
        """Go to another write."""

    def go(self) -> None:
        """Go to the agent that wrote."""

    def tell(self) -> None:
        """Tell the owner of the path who wrote there."""

    def read(self) -> None:
        """Take all of them as seen."""


class Contracts(Protocol):
    """Contracts, their changes, and who took note."""

    def open(self) -> None:
        """Show them."""

    def move(self, by: int) -> None:
        """Go to another change."""

    def read(self) -> None:
        """Show what the chosen change changed."""


class Owning(Protocol):
    """Where commands on owners and contracts act."""

    @property
    def owners(self) -> Owners:
        """Who owns what."""

    @property
    def contracts(self) -> Contracts:
        """Contracts and their changes."""
