"""What commands on the people at the hive act on."""

from typing import Protocol


class People(Protocol):
    """Everybody who is here."""

    def open(self) -> None:
        """Show them."""

    def move(self, by: int) -> None:
        """Go to another one."""

    def go(self) -> None:
        """Go where the chosen one is, once."""

    def follow(self) -> None:
        """Go along with the chosen one, or no longer."""


class Gathering(Protocol):
    """Where commands on people act."""

    @property
    def people(self) -> People:
        """Everybody who is here."""
