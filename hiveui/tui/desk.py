"""Where a person is in a workspace, and what stands where on the screen. Pure; no Textual."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hiveui.model.layout import Leaf, Node, Rect, Tab, arrange, roles
from hiveui.model.shape import complete, find
from hiveui.model.state import Workspace
from hiveui.model.text import visible

COMPACT_COLUMNS = 100
COMPACT_LINES = 28
"""Below either, one pane and the roster in one line."""
ROSTER_WIDTH = 34
_UNBOUNDED = Rect(0, 0, 1000, 1000)
"""An area in which directions are looked up: nothing in it is too small."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The place of one person; each client has its own."""

    tab: int = 0
    role: str = ""
    last: str = ""
    """The role that had the focus before."""
    zoomed: bool = False
    typing: bool = False
    """Keys go to the agent (Interact), not to HiveUI (Supervise)."""
    roster: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What is visible, in cells of the area between the first line of the screen and the last."""

    panes: Mapping[str, Rect]
    """By role. The first line of each is its title."""
    bars: tuple[Rect, ...]
    roster: Rect | None
    compact: bool
    area: Rect | None = None
    """What all panes have together; None where one of them stands for all, and there is no border to move."""


def tabs(workspace: Workspace) -> tuple[Tab, ...]:
    """Give the tabs; agents that have no place in them stand in one more."""
    return complete(workspace.tabs, (agent.role for agent in workspace.agents))


def sit(workspace: Workspace, role: str = "") -> Desk:
    """Go where the person was when they left, or to one role alone."""
    view = workspace.view
    desk = settle(workspace, Desk(view.tab, role or view.role, zoomed=view.zoomed))
    return replace(desk, zoomed=desk.zoomed or bool(role))


def settle(workspace: Workspace, desk: Desk) -> Desk:
    """Keep the tab and the role among those that there are; a role that stands elsewhere now leads there."""
    shown = tabs(workspace)
    tab = min(desk.tab, max(0, len(shown) - 1))
    known = {agent.role for agent in workspace.agents}
    there = find(shown, desk.role, tab)
    here = roles(shown[tab].root) if shown else ()
    nearest = desk.last if desk.last in here else here[0] if here else ""
    role, tab = (nearest, tab) if there is None else (desk.role, there)
    return replace(desk, tab=tab, role=role, last=desk.last if desk.last in known else "")


def go(workspace: Workspace, desk: Desk, role: str) -> Desk:
    """Give a role the focus, on the tab where it stands."""
    if role == desk.role or not role:
        return desk
    shown = tabs(workspace)
    tab = desk.tab
    if not shown or role not in roles(shown[tab].root):
        tab = next((i for i, t in enumerate(shown) if role in roles(t.root)), tab)
    return replace(desk, tab=tab, role=role, last=desk.role, zoomed=desk.zoomed and tab == desk.tab)


def go_number(workspace: Workspace, desk: Desk, number: int) -> Desk:
    """Go to the agent with a number, counted from 1; nowhere if there is none."""
    if not 1 <= number <= len(workspace.agents):
        return desk
    return go(workspace, desk, workspace.agents[number - 1].role)


def go_tab(workspace: Workspace, desk: Desk, by: int) -> Desk:
    """Go to the next tab (1) or the one before (-1), around the end, and to its first pane."""
    shown = tabs(workspace)
    if len(shown) < 2:
        return desk
    tab = (desk.tab + by) % len(shown)
    return replace(desk, tab=tab, role=roles(shown[tab].root)[0], last=desk.role, zoomed=False)


def go_next(workspace: Workspace, desk: Desk, by: int) -> Desk:
    """Go to the next pane of the tab in reading order, around the end."""
    order = roles(_root(workspace, desk))
    if desk.role not in order:
        return desk
    return go(workspace, desk, order[(order.index(desk.role) + by) % len(order)])


def go_toward(workspace: Workspace, desk: Desk, dx: int, dy: int) -> Desk:
    """Go to the nearest pane of the tab on one side, the one that lies most beside this one."""
    return go(workspace, desk, neighbour(_root(workspace, desk), desk.role, dx, dy))


def neighbour(root: Node, role: str, dx: int, dy: int) -> str:
    """Find the nearest pane on one side of a role's, the one that lies most beside it; '' where there is none."""
    places = arrange(root, _UNBOUNDED).panes
    here = places.get(role)
    if here is None:
        return ""
    best: tuple[int, int, str] | None = None
    for other, there in places.items():
        gap = _gap(here, there, dx, dy)
        if other == role or gap < 0:
            continue
        candidate = (gap, -_shared(here, there, dx), other)
        if candidate[1] < 0 and (best is None or candidate[:2] < best[:2]):
            best = candidate
    return best[2] if best else ""


def scene(workspace: Workspace, desk: Desk, columns: int, lines: int) -> Scene:
    """Lay out everything between the first and the last line of a screen of that size."""
    compact = columns < COMPACT_COLUMNS or lines < COMPACT_LINES
    area = Rect(0, 0, columns, max(0, lines - 2))
    roster: Rect | None = None
    if compact:
        area = Rect(0, 0, columns, max(0, area.height - 1))
        roster = Rect(0, area.height, columns, 1)
    elif desk.roster:
        area = Rect(0, 0, columns - ROSTER_WIDTH, area.height)
        roster = Rect(area.width, 0, ROSTER_WIDTH, area.height)
    root = _root(workspace, desk)
    if not desk.role:
        return Scene({}, (), roster, compact)
    alone = compact or desk.zoomed or desk.role not in roles(root)
    placed = arrange(Leaf(desk.role) if alone else root, area)
    bars = placed.bars
    if roster and not compact:
        bars = (*bars, Rect(roster.x, 0, 1, roster.height))
        roster = Rect(roster.x + 1, 0, roster.width - 1, roster.height)
    return Scene(placed.panes, bars, roster, compact, None if alone else area)


def number(workspace: Workspace, role: str) -> int:
    """Give an agent's number, 0 where the role has no agent."""
    return next((i for i, agent in enumerate(workspace.agents, 1) if agent.role == role), 0)


def titled(workspace: Workspace, role: str) -> str:
    """Give an agent's number and its name, safe to show."""
    return f"{number(workspace, role)} {visible(role)}"


def _root(workspace: Workspace, desk: Desk) -> Node:
    shown = tabs(workspace)
    return shown[desk.tab].root if shown else Leaf(desk.role)


def _gap(here: Rect, there: Rect, dx: int, dy: int) -> int:
    if dx:
        return there.x - here.x - here.width if dx > 0 else here.x - there.x - there.width
    return there.y - here.y - here.height if dy > 0 else here.y - there.y - there.height


def _shared(here: Rect, there: Rect, dx: int) -> int:
    if dx:
        return min(here.y + here.height, there.y + there.height) - max(here.y, there.y)
    return min(here.x + here.width, there.x + there.width) - max(here.x, there.x)
