"""Who is at the hive: the screens that show it, whose each is, and where it looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hiveui.model.agent import WorkspaceId
from hiveui.model.seat import Role, Seat


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen that shows the hive."""

    id: int
    seat: Seat
    since: str
    """When it came (RFC 3339, UTC)."""
    workspace: WorkspaceId
    tab: int = 0
    role: str = ""
    """The agent that has its focus."""
    zoomed: bool = False
    typing: str = ""
    """The agent that its person types into just now."""
    follows: int = 0
    """The screen that it goes along with; 0 for none."""
    sizes: bool = False
    """Its panes have the sizes that it gives them; others see them cropped."""

    @property
    def name(self) -> str:
        """What its person is called, safe and short."""
        return self.seat.name


@dataclass(frozen=True, slots=True)
class People:
    """Everybody's screens, as one client is told of them."""

    you: int = 0
    """The client's own screen; 0 where it shows nothing."""
    screens: tuple[Screen, ...] = ()

    def screen(self, id_: int) -> Screen | None:
        """Find a screen."""
        return next((screen for screen in self.screens if screen.id == id_), None)

    @property
    def mine(self) -> Seat:
        """The client's own seat."""
        me = self.screen(self.you)
        return me.seat if me is not None else Seat()

    def others(self) -> Iterator[Screen]:
        """Give the screens of other people, not the person's own."""
        mine = self.mine
        return (screen for screen in self.screens if screen.id != self.you and not screen.seat.same(mine))

    def seats(self) -> list[Seat]:
        """List the other people, each once, however many screens they have."""
        found: list[Seat] = []
        for screen in self.others():
            if not any(screen.seat.same(seat) for seat in found):
                found.append(screen.seat)
        return found

    def typists(self, workspace: WorkspaceId) -> Mapping[str, tuple[str, ...]]:
        """Name who else types in a workspace, by the role of the agent that they type into."""
        return _gathered((s.typing, s.name) for s in self.others() if s.workspace == workspace and s.typing)

    def lookers(self, workspace: WorkspaceId) -> Mapping[str, tuple[str, ...]]:
        """Name who else looks at which agent of a workspace, by its role."""
        return _gathered((s.role, s.name) for s in self.others() if s.workspace == workspace and s.role)

    def sizer(self, workspace: WorkspaceId) -> str:
        """Name whose screen sets the sizes of a workspace's panes; '' where it is the client's own, or is to be."""
        found = [screen for screen in self.screens if screen.workspace == workspace and screen.sizes]
        if not found:  # whoever did has left, and nobody who only looks on takes their place
            return "" if self.mine.role.may(Role.DRIVER) else "nobody here"
        others = (screen for screen in found if screen.id != self.you)
        return next(("your other screen" if s.seat.same(self.mine) else s.name for s in others), "")

    def leads(self, id_: int) -> bool:
        """Tell whether a screen goes along with the client's own, straight or by way of others."""
        seen: set[int] = set()
        while id_ not in seen and id_ != self.you:
            seen.add(id_)
            screen = self.screen(id_)
            id_ = screen.follows if screen is not None else 0
        return id_ == self.you != 0


def _gathered(pairs: Iterator[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for role, name in pairs:
        names = found.setdefault(role, [])
        if name not in names:
            names.append(name)
    return {role: tuple(names) for role, names in found.items()}
