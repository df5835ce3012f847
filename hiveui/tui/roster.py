"""The words of the roster: every agent of a workspace, what it does and how long already. Pure; no Textual."""

from collections.abc import Sequence

from rich.cells import cell_len

from hiveui.model.agent import Agent
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui.afar import began, spoken
from hiveui.tui.boxes import place
from hiveui.tui.chrome import Ends, Moment, Piece, changes, fitted, marks, shortened, words_of
from hiveui.tui.desk import Desk, Scene
from hiveui.tui.presence import initials
from hiveui.tui.words import age, pace

SHORT_SPARK, LEAST_SPARK = 5, 3
"""Cells of it in the roster: as many as there is room for."""
NAME = 11
"""Cells of a role in the roster, at most."""


def lines(workspace: Workspace, desk: Desk, scene: Scene, moment: Moment) -> list[Ends]:
    """List all agents: one a line, or all in one line where the screen is small."""
    if scene.compact:
        return [(words_of(pieces(workspace, desk, scene, moment)), ())]
    columns = scene.roster.width if scene.roster else 0
    name = min(NAME, max((cell_len(visible(agent.role)) for agent in workspace.agents), default=0))
    looked = moment.people.lookers(workspace.id)
    agents = [
        (i, agent, marks(workspace, agent) + initials(looked.get(agent.role, ())), place(workspace, agent))
        for i, agent in enumerate(workspace.agents, 1)
    ]
    return [_line(i, agent, desk, moment, marks=more, cells=(name, columns)) for i, agent, *more in agents]


def pieces(workspace: Workspace, desk: Desk, scene: Scene, moment: Moment) -> list[Piece]:
    """List all agents in one line, without their names where they are too many; a click means an agent's place."""
    columns = scene.roster.width if scene.roster else 0
    everyone, looked = list(enumerate(workspace.agents)), moment.people.lookers(workspace.id)
    named = sum(cell_len(f" {i + 1} {visible(agent.role)}▲ ") for i, agent in everyone) <= columns
    found: list[Piece] = []
    for i, agent in everyone:
        said = spoken(agent, moment.hosts, moment.turn, moment.stamp)
        focused = agent.role == desk.role
        name = f" {visible(agent.role)}" if named or focused else ""
        tone = "lit" if focused else "attention" if said.tone == "attention" else "quiet"
        found.append((f" {i + 1}{name}", tone, i))
        met = "⇄" if agent.id in workspace.radar.met else ""
        found.append((f"{said.glyph}{met}{'@' if agent.role in looked else ''} ", said.tone, i))
    return found


def _line(i: int, agent: Agent, desk: Desk, moment: Moment, *, marks: Sequence[str], cells: tuple[int, int]) -> Ends:
    """Write an agent's line, with `cells` for the names and for all of it; of its state the end is given up first."""
    (wide, columns), (mark, there) = cells, marks
    said = spoken(agent, moment.hosts, moment.turn, moment.stamp)
    name = f"{i:>2} {fitted(visible(agent.role), wide)} "
    since = f" {age(began(agent, moment.hosts), moment.now, pace(agent)):>3} "
    state = shortened(f"{said.glyph} {said.word}", max(2, columns - cell_len(name + mark + since)))
    host = there if cell_len(name + state + mark + there + since) <= columns else ""
    left = (
        (name, "lit" if agent.role == desk.role else "plain"),
        (state, said.tone),
        (mark, "warning"),
        (host, "quiet"),
    )
    room = columns - cell_len(since) - sum(cell_len(text) for text, _ in left)
    bars = changes(agent, moment, min(SHORT_SPARK, room - 1)) if room > LEAST_SPARK else ""
    return left, ((bars, "working"), (since, "quiet"))
