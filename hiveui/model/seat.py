"""What a connection to the daemon is bound to: what it may do, for whom, and from where."""

from dataclasses import dataclass
from enum import StrEnum

from hiveui.model.text import fitted, visible, width

NAME = 16
"""Cells of a person's name, at most: they chose it themselves."""


class Role(StrEnum):
    """What a connection may do. The first four are a ladder; `agent` stands beside it."""

    VIEWER = "viewer"
    APPROVER = "approver"
    DRIVER = "driver"
    OWNER = "owner"
    AGENT = "agent"
    """A program that the hive runs: it may report of itself, and call what is open to agents."""

    def may(self, need: "Role") -> bool:
        """Tell whether this role is enough for a method that needs `need`."""
        if Role.AGENT in (self, need):
            return self is need
        return LADDER.index(self) >= LADDER.index(need)


LADDER = (Role.VIEWER, Role.APPROVER, Role.DRIVER, Role.OWNER)
"""What a seat can be, the least first."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at the hive. Without one that is asked for: the person here, who owns it."""

    role: Role = Role.OWNER
    person: str = ""
    """Their name; '' for whoever sits here, and where nobody said one."""
    where: str = ""
    """The address that they come from; '' for here."""

    @property
    def name(self) -> str:
        """What they are called, safe and short."""
        name = visible(self.person.strip() or self.where or self.role)
        return fitted(name, min(width(name), NAME)).rstrip()

    def same(self, other: "Seat") -> bool:
        """Tell whether the same person sits there: by their name, and where there is none by where they come from."""
        return self.person == other.person and (self.person != "" or self.where == other.where)
