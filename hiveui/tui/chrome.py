"""The words around the panes: first line, titles, status line. Pure; no Textual."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from hiveui.model.agent import Agent, AgentId
from hiveui.model.attention import needing, needs_person, stamp
from hiveui.model.budget import used_up
from hiveui.model.feed import spark
from hiveui.model.hosts import Hosts
from hiveui.model.layout import Rect, roles
from hiveui.model.people import People
from hiveui.model.seat import Role
from hiveui.model.signs import AgentState
from hiveui.model.state import Workspace, tally
from hiveui.model.text import counted, visible
from hiveui.model.usage import money, together
from hiveui.tui.afar import began, spoken
from hiveui.tui.boxes import place
from hiveui.tui.commands.table import Keymap, Place
from hiveui.tui.desk import Desk, Scene, number, tabs
from hiveui.tui.presence import Detail, gathered
from hiveui.tui.words import age, pace, word

Words = tuple[tuple[str, str], ...]
"""Safe text with its tone, a component class of `widgets.line.Line`."""
Ends = tuple[Words, Words]
"""What stands at the left of a line, and what at the right."""
Piece = tuple[str, str, int]
"""A word with its tone and what a click on it means, counted from 0; -1 for nothing."""
SEPARATOR = "   "
OUTSIDE = "⊘"
"""Marks what was written outside of what its writer's role owns."""
NONE: Mapping[str | int, str] = MappingProxyType({})
SPENT: Mapping[int, str] = MappingProxyType({0: "quiet", 80: "warning", 100: "attention"})
"""Tones of what was spent, by the part of the budget that is used up, in per cent."""
DETAILS = ((True, Detail.ROLES), (False, Detail.NAMES), (False, Detail.NUMBER))
"""Whether counts have words, and how people are named; the less, the less room there is."""
SPARK = 10
"""Cells of what an agent changed of late: one a minute."""
_LEAVING = frozenset({"back", "keys"})
"""What the status line says of the keys that lead away, and to all the others."""
SHORTEST_NAME = 6
"""Cells of a role, with its number, that are not given up for its state."""


class Moment(NamedTuple):
    """What the words depend on besides state and desk."""

    now: datetime
    turn: int = 0
    """Steps of the spinner."""
    elsewhere: int = 0
    """Agents of other workspaces that need a person."""
    bars: Mapping[AgentId, Sequence[int]] = MappingProxyType({})
    """How much each agent changed in files of late, oldest first."""
    hosts: Hosts = MappingProxyType({})
    """Other hosts that agents are on."""
    people: People = People()
    """Who is here."""
    following: str = ""
    """Whose screen this one goes along with."""

    @property
    def stamp(self) -> str:
        """The time as events carry it."""
        return stamp(self.now)


class Count(NamedTuple):
    """How many there are of something, in the first line."""

    short: str
    """Its glyph and how many; '' where only words say it."""
    words: str
    """What follows where there is room."""
    tone: str


def top(
    workspace: Workspace,
    desk: Desk,
    scene: Scene,
    moment: Moment,
    labels: Mapping[str | int, str] = NONE,
    *,
    columns: int = 0,
) -> Ends:
    """Name the workspace and its tabs, with their letters in jump mode; count who needs a person, is done or works.

    The counts have words where the screen has room for them: `columns`, 0 for as many as it takes.
    """
    left = words_of(tab_pieces(workspace, desk, scene, moment, labels))
    right: Words = ()
    for words, detail in DETAILS[scene.compact :]:
        right = _tallies(workspace, moment, detail, words=words)
        if not (columns and cut((left, right), columns)):
            break
    return left, right


def _tallies(workspace: Workspace, moment: Moment, detail: Detail, *, words: bool) -> Words:
    """Count, what the person is called for first; with words, or with glyphs alone. Before that, who else is here."""
    right = [(f"{c.short}{c.words if words else ''}", c.tone) for c in _counts(workspace, moment) if c.short or words]
    if moment.following:
        right.insert(0, (f"following {moment.following}", "typing"))
    elif here := gathered(moment.people, detail):
        right.insert(0, (here, "plain"))
    spent = together(agent.spend for agent in workspace.agents)
    if spent.usd:
        right.append((money(spent), SPENT[used_up(workspace, spent.usd)]))
    right.append((moment.now.astimezone().strftime("%H:%M"), "quiet"))
    return (*(part for piece in right for part in ((SEPARATOR, "quiet"), piece)), (" ", "quiet"))


def _counts(workspace: Workspace, moment: Moment) -> Iterator[Count]:
    here, elsewhere = len(needing(workspace.agents, moment.stamp)), moment.elsewhere
    working, unread = (tally(workspace).get(state, 0) for state in (AgentState.WORKING, AgentState.DONE))
    standing, outside = workspace.radar.standing, len(workspace.ownership.unseen())
    if here or elsewhere:
        yield Count(f"▲ {here + elsewhere}", _calls(here, elsewhere), "attention")
    if standing:
        tone = "attention" if any(one.calls for one in standing) else "warning"
        yield Count(f"⇄ {len(standing)}", f" collision{'s' * (len(standing) != 1)}", tone)
    if outside:
        yield Count(f"{OUTSIDE} {outside}", " outside", "warning")
    yield Count("", counted(len(workspace.agents), "agent"), "quiet")
    if unread:
        yield Count(f"● {unread}", " done", "done")
    if working:
        yield Count(f"◐ {working}", " working", "working")


def _calls(here: int, elsewhere: int) -> str:
    """Say what they do of whom there are so many: ` need you, 1 elsewhere`."""
    said = f" need{'s' * (here + elsewhere == 1)} you"
    return said + (f", {elsewhere} elsewhere" if here and elsewhere else " elsewhere" if elsewhere else "")


def tab_pieces(
    workspace: Workspace, desk: Desk, scene: Scene, moment: Moment, labels: Mapping[str | int, str] = NONE
) -> list[Piece]:
    """Name the workspace and its tabs; a hidden one where somebody needs the person is marked. A click means one."""
    pieces: list[Piece] = [(f" {visible(workspace.name)}", "strong", -1), (" ▸ ", "quiet", -1)]
    calling = {agent.role for agent in needing(workspace.agents, moment.stamp)}
    for i, tab in enumerate(tabs(workspace)):
        if scene.compact and i != desk.tab:
            continue
        if len(pieces) > 2:
            pieces.append((" │ ", "quiet", -1))
        if i in labels:
            pieces += [(f" {labels[i]} ", "typing", i), (" ", "quiet", i)]
        pieces.append((visible(tab.title), "strong" if i == desk.tab else "quiet", i))
        if i != desk.tab and not calling.isdisjoint(roles(tab.root)):
            pieces.append((" ▲", "attention", i))
    return pieces


def under(pieces: Sequence[Piece], x: int) -> int:
    """Tell what a click on column `x` means; -1 for nothing."""
    for text, _, meaning in pieces:
        x -= cell_len(text)
        if x < 0:
            return meaning
    return -1


def words_of(pieces: Sequence[Piece]) -> Words:
    return tuple((text, tone) for text, tone, _ in pieces)


def title(
    workspace: Workspace,
    desk: Desk,
    role: str,
    moment: Moment,
    *,
    columns: int,
    past: str = "",
    cropped: bool = False,
) -> Ends:
    """Name a pane: number, role, kind, state, why it ended, branch, and how long; who else types there.

    Where there is no room for all, the state is kept longest. `past` says where the person looks back, `cropped` that
    the pane has a size that is not this screen's.
    """
    agent = workspace.role(role)
    focused = role == desk.role
    said = spoken(agent, moment.hosts, moment.turn, moment.stamp)
    since = f"  {age(began(agent, moment.hosts), moment.now, pace(agent)):>3} " if agent else " "
    typists = _typists(moment.people.typists(workspace.id).get(role, ()), mine=focused and desk.typing and not past)
    sizer = moment.people.sizer(workspace.id) if cropped and not past else ""
    right = (f"  {past} " if past else f"  sized by {sizer}{since}" if sizer else since, "quiet")
    if typists:
        right = (f" {typists}{f', sized by {sizer}' if sizer else ''} ", "typing")
    room = columns - cell_len(right[0])
    state = f"  {said.glyph} {said.word}"
    if role in workspace.queues:
        state += f" ⋯{len(workspace.queues[role])}"
    state += marks(workspace, agent) if agent else ""
    name = f" {number(workspace, role) or '·'} {visible(role)}"
    elsewhere = place(workspace, agent)
    kind = f"  {visible(agent.kind)}{elsewhere}" if agent else ""
    if cell_len(name + kind + state) > room:
        kind = elsewhere if cell_len(name + elsewhere + state) <= room else ""
        name = shortened(name, max(SHORTEST_NAME, room - cell_len(kind + state)))
    note = f"  {visible(agent.note)}" if agent and agent.note and agent.pane else ""
    branch = f"  {visible(agent.branch)}{'  ' * (right[1] == 'typing')}" if agent and agent.branch else ""
    if cell_len(name + kind + state + note + branch) > room:
        branch = ""
    bars = f"  {changes(agent, moment, SPARK)}" if agent else ""
    if cell_len(name + kind + state + note + branch + bars) > room:
        bars = ""
    name_tone = "lit" if focused else said.tone if said.tone == "attention" else "strong"
    left = ((name, name_tone), (kind, "quiet"), (state, said.tone), (note, "quiet"))
    return left, ((bars.rstrip(), "working"), (branch, "quiet"), right)


def _typists(others: Sequence[str], *, mine: bool) -> str:
    """Say who types into a pane: this screen's person, others, or both; '' for nobody."""
    return f"{', '.join(others)}{' and you' * mine} typing" if others else "typing" * mine


def changes(agent: Agent, moment: Moment, cells: int) -> str:
    """Draw how much an agent changed in files in the last ten minutes, beside who changed most; '' for nothing."""
    found = _gathered(moment.bars.get(agent.id, ()), cells)
    most = max((max(_gathered(bars, cells), default=0) for bars in moment.bars.values()), default=0)
    return spark(found, cells, most) if any(found) else ""


def _gathered(bars: Sequence[int], cells: int) -> list[int]:
    step = -(-len(bars) // cells) or 1
    return [sum(bars[max(0, i - step) : i]) for i in range(len(bars), 0, -step)][::-1]


def labelled(ends: Ends, letters: str) -> Ends:
    """Put the letters that lead to a pane in front of its title."""
    return ((((f" {letters} ", "typing"), *ends[0])), ends[1]) if letters else ends


def cut(ends: Ends, columns: int) -> bool:
    """Tell whether a line of so many columns has no room for all of its words."""
    return sum(cell_len(text) for words in ends for text, _ in words) > columns


def shortened(text: str, columns: int) -> str:
    """Give safe text in at most so many columns; what is cut ends in `…`."""
    return text if cell_len(text) <= columns else set_cell_size(text, columns - 1) + "…"


def fitted(text: str, columns: int) -> str:
    """Give safe text in exactly so many columns, as Textual counts them (`model.text.fitted` is for other programs)."""
    return set_cell_size(shortened(text, columns), columns)


def tail(path: str, columns: int) -> str:
    """Give the end of a safe path, which tells the most, in at most so many columns: folders are cut before names."""
    if cell_len(path) <= columns:
        return path
    kept = path
    while cell_len(kept) > columns - 2 and "/" in kept:
        kept = kept.split("/", 1)[1]
    if cell_len(kept) <= columns - 2:
        return f"…/{kept}"
    while cell_len(kept) > columns - 1:
        kept = kept[1:]
    return f"…{kept}"


def farewell(workspace: Workspace, *, here: bool) -> str:
    """Say what goes on without the screen, and how to return; who came by ssh knows how they came."""
    count = sum(agent.pid is not None for agent in workspace.agents)
    goes_on = "no agent runs" if count == 0 else "1 agent goes on" if count == 1 else f"{count} agents go on"
    name = visible(workspace.name)
    return f"{name}: {goes_on}" + (f"; `hive attach {shlex.quote(name)}` returns." if here else ".")


def absent(agent: Agent | None, *, startable: bool) -> str:
    """Say why there is no screen, in lines, and what starts the agent if that can be done."""
    if agent is None:
        return "No agent has this role."
    said = word(agent)
    ended = f"The program {said.word}." if said.tone == "ended" else "Not started."
    return (visible(agent.note) or ended) + ("\nr starts it." if startable else "\nr restores all.")


def marks(workspace: Workspace, agent: Agent) -> str:
    """Mark what an agent does to files that is to be looked at: ` ⊘2` outside of its own, where others are."""
    unseen = len(workspace.ownership.unseen(agent.role))
    return f" {OUTSIDE}{unseen}" * bool(unseen) + (" ⇄" if agent.id in workspace.radar.met else "")


def seat(role: Role) -> Words:
    """Name what the person is, where that is not the owner."""
    return () if role is Role.OWNER else ((f" {role} ", "typing"),)


def cells(words: Words) -> int:
    """Count the cells of words."""
    return sum(cell_len(text) for text, _ in words)


def status(keymap: Keymap, place: Place, typing_into: str, columns: int, note: str = "") -> Ends:
    """Name the keys that work here, as many as there is room for; how to leave always. A note comes before keys."""
    hints = keymap.hints(place)
    if place is Place.INTERACT:
        back = " or ".join(key for key, hint in hints if hint == "back")
        left: Words = ((" typing into ", "quiet"), (typing_into, "typing"), (f"  ·  {back} ", "key"), ("back", "quiet"))
        rest = [hint for hint in hints if hint[1] != "back"]
        return left, _keys(rest)
    leaving = [hint for hint in hints if hint[1] in _LEAVING]
    always = hints[-2:] if place is Place.SUPERVISE else sorted(leaving, key=lambda hint: hint[1], reverse=True)
    hints = [hint for hint in hints if hint not in always]
    if note and place is Place.SUPERVISE:
        said: Ends = (((f" ▲ {visible(note)}", "attention"),), _keys(always))
        return (said[0], ()) if cut(said, columns) else said
    room = columns - sum(cell_len(key) + cell_len(hint) + 4 for key, hint in always)
    fitting = []
    for key, hint in hints:
        room -= cell_len(key) + cell_len(hint) + 4
        if room < 0:
            break
        fitting.append((key, hint))
    return _keys(fitting), _keys(always)


def _keys(hints: Sequence[tuple[str, str]]) -> Words:
    return tuple(part for key, hint in hints for part in ((f" {key}", "key"), (f" {hint}  ", "quiet")))


def bar_tones(scene: Scene, bar: Rect, tones: Mapping[str, str]) -> list[str]:
    """Colour each cell of a bar by the panes that it touches; the first of `tones` that matches wins."""
    cells = ["plain"] * bar.height
    for role, tone in reversed(list(tones.items())):
        place = scene.panes.get(role)
        if place is None or bar.x not in (place.x - 1, place.x + place.width):
            continue
        for y in range(max(bar.y, place.y), min(bar.y + bar.height, place.y + place.height)):
            cells[y - bar.y] = tone
    return cells


def edges(workspace: Workspace, desk: Desk, moment: Moment) -> dict[str, str]:
    """Tell whose edges have a colour: the pane with the focus, then those that need a person."""
    tones = {desk.role: "typing" if desk.typing else "focus"}
    for agent in workspace.agents:
        if needs_person(agent, moment.stamp):
            tones.setdefault(agent.role, "attention")
    return tones


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(UTC)
