"""The words around the panes: first line, titles, roster, status line. Pure; no Textual."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from hiveui.model.agent import NEEDS_PERSON, Agent, AgentState
from hiveui.model.layout import Rect
from hiveui.model.state import Workspace, tally
from hiveui.model.text import visible
from hiveui.tui.commands import Keymap, Place
from hiveui.tui.desk import Desk, Scene, number, tabs, waiting
from hiveui.tui.words import age, word

Words = tuple[tuple[str, str], ...]
"""Safe text with its tone, a component class of `widgets.line.Line`."""
Ends = tuple[Words, Words]
"""What stands at the left of a line, and what at the right."""
SEPARATOR = "   "


class Moment(NamedTuple):
    """What the words depend on besides state and desk."""

    now: datetime
    turn: int = 0
    """Steps of the spinner."""


def top(workspace: Workspace, desk: Desk, scene: Scene, moment: Moment) -> Ends:
    """Name the workspace and its tabs; count who needs a person and who works."""
    left: list[tuple[str, str]] = [(f" {visible(workspace.name)}", "strong"), (" ▸ ", "quiet")]
    shown = tabs(workspace)
    for i, tab in enumerate(shown):
        if scene.compact and i != desk.tab:
            continue
        if len(left) > 2:
            left.append((" │ ", "quiet"))
        left.append((visible(tab.title), "strong" if i == desk.tab else "quiet"))
    needing, working = len(waiting(workspace)), tally(workspace).get(AgentState.WORKING, 0)
    right: list[tuple[str, str]] = []
    if needing:
        right.append((f"▲ {needing}" if scene.compact else f"▲ {needing} need{'s' * (needing == 1)} you", "attention"))
    if not scene.compact:
        count = len(workspace.agents)
        right.append((f"{count} agent{'s' * (count != 1)}", "quiet"))
    if working:
        right.append((f"◐ {working}" if scene.compact else f"◐ {working} working", "working"))
    right.append((moment.now.astimezone().strftime("%H:%M"), "quiet"))
    spaced = [part for piece in right for part in ((SEPARATOR, "quiet"), piece)]
    return tuple(left), (*spaced, (" ", "quiet"))


def title(workspace: Workspace, desk: Desk, role: str, moment: Moment, past: str = "") -> Ends:
    """Name a pane: number, role, kind, state, and how long; `past` says where the person looks back."""
    agent = workspace.role(role)
    focused = role == desk.role
    said = word(agent, moment.turn)
    name_tone = "lit" if focused else said.tone if said.tone == "attention" else "strong"
    left = (
        (f" {number(workspace, role) or '·'} {visible(role)}", name_tone),
        (f"  {visible(agent.kind)}  " if agent else "  ", "quiet"),
        (f"{said.glyph} {said.word}", said.tone),
        (f"  {visible(agent.note)}" if agent and agent.note and agent.pane else "", "quiet"),
    )
    if past:
        right = f"{past} "
    elif focused and desk.typing:
        return left, ((" typing ", "typing"),)
    else:
        right = f"{age(agent.reading.since, moment.now)} " if agent else " "
    return left, ((f"  {right}", "quiet"),)


def absent(agent: Agent | None) -> str:
    """Say why there is no screen."""
    if agent is None:
        return "No agent has this role."
    return f"{visible(agent.note)}  r starts it." if agent.note else "Not started."


def roster(workspace: Workspace, desk: Desk, scene: Scene, moment: Moment) -> list[Ends]:
    """List all agents: one a line, or all in one line where the screen is small."""
    if scene.compact:
        words: list[tuple[str, str]] = []
        for i, agent in enumerate(workspace.agents, 1):
            said = word(agent, moment.turn)
            words.append((f" {i} {visible(agent.role)}", "lit" if agent.role == desk.role else "quiet"))
            words.append((f"{said.glyph} ", said.tone))
        return [(tuple(words), ())]
    return [_roster_line(i, agent, desk, moment) for i, agent in enumerate(workspace.agents, 1)]


def _roster_line(i: int, agent: Agent, desk: Desk, moment: Moment) -> Ends:
    said = word(agent, moment.turn)
    name = visible(agent.role)
    name = set_cell_size(name, 11) if cell_len(name) <= 11 else set_cell_size(name, 10) + "…"
    left = (
        (f"{i:>2} {name} ", "lit" if agent.role == desk.role else "plain"),
        (f"{said.glyph} {said.word}", said.tone),
    )
    return left, ((f" {age(agent.reading.since, moment.now)} ", "quiet"),)


def status(keymap: Keymap, place: Place, typing_into: str, columns: int) -> Ends:
    """Name the keys that work here, as many as there is room for; the last two always."""
    hints = keymap.hints(place)
    if place is Place.INTERACT:
        back = " or ".join(key for key, hint in hints if hint == "back")
        left: Words = ((" typing into ", "quiet"), (typing_into, "typing"), (f"  ·  {back} ", "key"), ("back", "quiet"))
        rest = [hint for hint in hints if hint[1] != "back"]
        return left, _keys(rest)
    always = hints[-2:] if place is Place.SUPERVISE else ()
    room = columns - sum(cell_len(key) + cell_len(hint) + 4 for key, hint in always)
    fitting = []
    for key, hint in hints[: len(hints) - len(always)]:
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


def edges(workspace: Workspace, desk: Desk) -> dict[str, str]:
    """Tell whose edges have a colour: the pane with the focus, then those that need a person."""
    tones = {desk.role: "typing" if desk.typing else "focus"}
    for agent in workspace.agents:
        if agent.reading.state in NEEDS_PERSON:
            tones.setdefault(agent.role, "attention")
    return tones


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(UTC)
