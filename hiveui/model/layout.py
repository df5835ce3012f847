"""Layouts: agents as a person declares them, and tabs of split trees over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hiveui.model.box import Box
from hiveui.model.hosts import HostSpec

Direction = Literal["columns", "rows"]


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """One entry of a layout's `agents`."""

    role: str
    kind: str = "shell"
    command: tuple[str, ...] = ()
    """Argv that replaces the kind's own; the kind's reading rules stay."""
    dir: str = "."
    """Relative to the workspace's folder, or absolute."""
    env: Mapping[str, str] = field(default_factory=dict)
    brief: str = ""
    constraints: tuple[str, ...] = ()
    """What it is to keep to, a line each."""
    done: tuple[str, ...] = ()
    """What has to be true before it says that it is done, a line each."""
    memory: str = ""
    """`quiet`: it is not told when the project's memory changes."""
    model: str = ""
    replicas: int = 1
    checkout: str = "shared"
    copy: tuple[str, ...] = ()
    """What a fresh worktree gets copies of, as paths below the repository's top."""
    link: tuple[str, ...] = ()
    """What it gets links to, in the same form."""
    setup: tuple[tuple[str, ...], ...] = ()
    """Argvs that are run once in a fresh worktree."""
    history: int | None = None
    """Lines of scrollback; None for the kind's own figure."""
    inline: bool = True
    """Launch without the alternate screen where the kind can."""
    budget: float | None = None
    """USD that it may use, all its conversations together."""
    on_stuck: str = ""
    """`flag` or `interrupt` once it is stuck; '' as the person chose for all."""
    stuck_minutes: int | None = None
    """Minutes without output after which it is; None as the person chose for all."""
    allow: tuple[str, ...] = ()
    """Rules that answer its routine permission prompts (`permits`)."""
    notify: str = ""
    """What the person is notified of (`alerts.Level`); '' for what they chose."""
    owns: tuple[str, ...] | None = None
    """Globs of what it may write (`globs`): () is nothing, None is anything."""
    mode: str = ""
    """What becomes of a write outside of that (`ownership.Mode`); '' is `warn`."""
    tell: bool = False
    """It hears of its own writes outside."""
    depends: tuple[str, ...] = ()
    """Globs of the contracts that it hears of when they change."""
    check: tuple[str, ...] = ()
    """What proves its work where it ends with 0; '' for nothing."""
    on_fail: str = ""
    """`tell` has the agent told that it failed; else the person is."""
    host: str = "local"
    """The name of the host that it runs on."""
    hosts: tuple[str, ...] = ()
    """What its replicas are spread over; counted out where `host` is known."""
    sandbox: str = ""
    """The name of the sandbox that it runs in; '' for none."""
    box: Box = field(default_factory=Box)
    """What it may reach from there."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A pane: the role whose agent it shows."""

    role: str


@dataclass(frozen=True, slots=True)
class Split:
    """Two or more nodes beside (`columns`) or below (`rows`) one another."""

    direction: Direction
    children: tuple["Node", ...]
    sizes: tuple[int, ...]
    """Relative weights, one for each child, each at least 1."""


Node = Leaf | Split


@dataclass(frozen=True, slots=True)
class Tab:
    """One screenful of panes."""

    title: str
    root: Node


@dataclass(frozen=True, slots=True)
class Layout:
    """A named arrangement of agents; `version` of the file format is 1."""

    name: str
    agents: tuple[AgentSpec, ...]
    tabs: tuple[Tab, ...]
    description: str = ""
    worktrees: str = ""
    """The folder of its worktrees, relative to the workspace's or absolute; '' for HiveUI's own."""
    budget: float | None = None
    """USD that its agents may use together."""
    contracts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Globs of files that agents agree on, with the roles that depend on them; none named: all."""
    collisions: str = ""
    """`tell` where agents that meet in a path are told so unasked."""
    check: tuple[str, ...] = ()
    """What proves the work of each agent that has no check of its own."""
    hosts: Mapping[str, HostSpec] = field(default_factory=dict)
    """Other hosts, by name."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of cells; `x` and `y` count from 0."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything of one tab stands."""

    panes: Mapping[str, Rect]
    """By role. The first line of each rectangle is the pane's title, the rest its screen."""
    bars: tuple[Rect, ...]
    """Vertical separators between columns, one cell wide."""


MIN_WIDTH = 8
MIN_HEIGHT = 2


def roles(node: Node) -> tuple[str, ...]:
    """Roles of a tree in reading order."""
    if isinstance(node, Leaf):
        return (node.role,)
    return tuple(role for child in node.children for role in roles(child))


def shares(total: int, weights: tuple[int, ...], least: tuple[int, ...]) -> list[int]:
    """Divide `total` cells by `weights`, each part at least its `least` while there is room, exactly `total` in sum."""
    room = max(0, total)
    parts = [room * weight // sum(weights) for weight in weights]
    for i in range(room - sum(parts)):
        parts[i % len(parts)] += 1
    for i in range(len(parts)):
        while parts[i] < least[i]:
            giver = max(range(len(parts)), key=lambda j: parts[j] - least[j])
            if parts[giver] <= least[giver]:
                break
            parts[giver] -= 1
            parts[i] += 1
    return parts


def needed(node: Node) -> tuple[int, int]:
    """Columns and rows without which some pane of a tree could not be read."""
    if isinstance(node, Leaf):
        return MIN_WIDTH, MIN_HEIGHT
    widths, heights = zip(*map(needed, node.children), strict=True)
    if node.direction == "columns":
        return sum(widths) + len(widths) - 1, max(heights)
    return max(widths), sum(heights)


def divide(split: Split, area: Rect) -> tuple[tuple[Rect, ...], tuple[Rect, ...]]:
    """Give each child of a split its part of `area`, and the bars between columns. Every cell belongs to one."""
    columns = split.direction == "columns"
    gaps = min(len(split.children) - 1, area.width) if columns else 0
    total = (area.width if columns else area.height) - gaps
    at = area.x if columns else area.y
    least = tuple(needed(child)[0 if columns else 1] for child in split.children)
    parts: list[Rect] = []
    bars: list[Rect] = []
    for i, size in enumerate(shares(total, split.sizes, least)):
        if 0 < i <= gaps:
            bars.append(Rect(at, area.y, 1, area.height))
            at += 1
        parts.append(Rect(at, area.y, size, area.height) if columns else Rect(area.x, at, area.width, size))
        at += size
    return tuple(parts), tuple(bars)


def arrange(node: Node, area: Rect) -> Arrangement:
    """Place a tree in `area`. Every cell belongs to one pane or one bar."""
    if isinstance(node, Leaf):
        return Arrangement({node.role: area}, ())
    parts, bars = divide(node, area)
    panes: dict[str, Rect] = {}
    for child, part in zip(node.children, parts, strict=True):
        inner = arrange(child, part)
        panes |= inner.panes
        bars += inner.bars
    return Arrangement(panes, bars)


def even_grid(names: tuple[str, ...]) -> Node:
    """Build a near-square grid: columns of rows."""
    if len(names) == 1:
        return Leaf(names[0])
    columns = 1
    while columns * columns < len(names):
        columns += 1
    groups: list[Node] = []
    start = 0
    for i in range(columns):
        size = (len(names) - start + columns - i - 1) // (columns - i)
        group = names[start : start + size]
        start += size
        if group:
            groups.append(
                Leaf(group[0]) if len(group) == 1 else Split("rows", tuple(map(Leaf, group)), (1,) * len(group))
            )
    return groups[0] if len(groups) == 1 else Split("columns", tuple(groups), (1,) * len(groups))
