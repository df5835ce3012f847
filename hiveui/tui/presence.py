"""Where this screen is, as the daemon is told, and the words for who else is here. No Textual."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from hiveui.model.people import People
from hiveui.model.seat import Seat
from hiveui.model.state import Workspace
from hiveui.tui.desk import Desk
from hiveui.tui.typist import Tell

NAMED = 3
"""People that the first line names, at most."""
INITIALS = 3
"""Initials beside an agent in the roster, at most."""


class Detail(Enum):
    """How much is said of the people who are here."""

    NUMBER = 0
    NAMES = 1
    ROLES = 2
    """Their names, and what they may do."""


class Presence:
    """Sends `people/look` when this screen goes elsewhere."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._sent: dict[str, Any] = {}
        self.follows = 0
        """The screen that this one goes along with."""

    def look(self, workspace: Workspace, desk: Desk) -> None:
        """Be there, and tell the daemon if that is news."""
        place = {"workspace": workspace.id, "role": desk.role, "tab": desk.tab, "zoomed": desk.zoomed}
        said: dict[str, Any] = {**place, "follows": self.follows}
        if said != self._sent:
            self._sent = said
            self._tell("people/look", **said)

    def forget(self) -> None:
        """Tell everything anew at the next look, and follow nobody: the daemon is another."""
        self._sent, self.follows = {}, 0


def gathered(people: People, detail: Detail) -> str:
    """Say how many people are here, and who the others are: `@2 ann viewer`; '' where there are no others."""
    seats = people.seats()
    if not seats or detail is Detail.NUMBER:
        return f"@{len(seats) + 1}" if seats else ""
    names = ", ".join(titled(seat) if detail is Detail.ROLES else seat.name for seat in seats[:NAMED])
    return f"@{len(seats) + 1} {names}{f' +{len(seats) - NAMED}' if len(seats) > NAMED else ''}"


def titled(seat: Seat) -> str:
    """Name a person with what they may do."""
    return seat.name if seat.name == seat.role else f"{seat.name} {seat.role}"


def initials(names: Sequence[str]) -> str:
    """Mark by whom an agent is looked at, in few cells: ` @AB`; '' for nobody."""
    found = [name[:1].upper() for name in names]
    return f" @{''.join(found[:INITIALS])}{'…' * (len(found) > INITIALS)}" if found else ""
