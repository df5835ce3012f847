"""One prompt for several agents: who gets it, what each gets, and what became of it."""

from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from hiveui.errors import HiveError
from hiveui.model.agent import Agent
from hiveui.model.layout import roles
from hiveui.model.templates import filled, of_agent
from hiveui.model.text import visible
from hiveui.model.weighing import RESTING
from hiveui.tui import desk as places
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import number, titled
from hiveui.tui.ground import Ground
from hiveui.tui.prompt import Prompt
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import word


class Broadcast:
    """Sends one prompt to several agents, each when it is at rest (`commands.sending.Broadcast`)."""

    def __init__(self, ground: Ground, prompt: Prompt) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._prompt = prompt
        self._marked: frozenset[str] = frozenset()
        self._line = 0
        self._text = ""

    def open(self) -> None:
        """Show who may get it; those that were marked last are marked still."""
        self._line = 0
        self._show()

    def choose(self, by: int) -> None:
        """Go to another agent."""
        self._line = max(0, min(self._line + by, len(self._agents) - 1))
        self._show()

    def toggle(self) -> None:
        """Mark the agent, or take its mark away, and go to the next one."""
        self._marked ^= {self._agents[self._line].role}
        self.choose(1)

    def take(self, which: str) -> None:
        """Mark a set of agents; none where just these are marked."""
        tabs = places.tabs(self._ground.workspace)
        shown = roles(tabs[self._ground.desk.tab].root) if self._ground.desk.tab < len(tabs) else ()
        sets = {
            "all": {agent.role for agent in self._agents if not agent.person},
            "rest": {agent.role for agent in self._agents if agent.reading.state in RESTING},
            "tab": {agent.role for agent in self._agents if agent.role in shown and not agent.person},
        }
        self._marked = frozenset() if self._marked == sets[which] else frozenset(sets[which])
        self._show()

    def write(self) -> None:
        """Write what they get."""
        marked = self._addressed
        if not marked:
            self._ground.screen.notice("Nobody is marked: space marks an agent, a all of them.")
            return
        heading = f" To {', '.join(visible(agent.role) for agent in marked)}"
        self._prompt.ask(heading, self._text, self._preview)

    def send(self) -> None:
        """Send it to each."""
        self._overlay.close()
        self._ground.run("sending…", self._send(self._texts()))

    @property
    def _agents(self) -> tuple[Agent, ...]:
        return self._ground.workspace.agents

    @property
    def _addressed(self) -> list[Agent]:
        return [agent for agent in self._agents if agent.role in self._marked]

    def _texts(self) -> Mapping[str, str]:
        name = self._ground.workspace.name
        return {agent.role: filled(self._text, of_agent(agent, name)) for agent in self._addressed}

    def _show(self) -> None:
        body = [self._row(i, agent) for i, agent in enumerate(self._agents)]
        heading = ((f" Who gets it? {len(self._addressed)} marked", "lit"),)
        self._overlay.choose(Page(heading, body, wide=True), self._line, Place.AUDIENCE)

    def _row(self, line: int, agent: Agent) -> Ends:
        tone = "lit" if line == self._line else "plain"
        said = word(agent)
        mark = "[x]" if agent.role in self._marked else "[ ]"
        place = f" {'▸' if line == self._line else ' '} {mark} {number(self._ground.workspace, agent.role)}"
        width = max(cell_len(visible(each.role)) for each in self._agents)
        name = set_cell_size(visible(agent.role), width)
        return ((f"{place} {name}   ", tone), (f"{said.glyph} {said.word}", said.tone)), ()

    def _preview(self, text: str) -> None:
        self._text = text
        body: list[Ends] = []
        for role, each in self._texts().items():
            body.append((((f" {titled(self._ground.workspace, role)}", "strong"),), ()))
            body += [(((f"   {visible(line)}", "plain"),), ()) for line in each.split("\n")]
        self._overlay.read(Page(((" Send this? Each gets it when it is at rest", "attention"),), body), Place.PREVIEW)

    async def _send(self, texts: Mapping[str, str]) -> None:
        workspace, report = self._ground.workspace, []
        for role, text in texts.items():
            try:
                answer = await self._ground.link.call("prompt/queue", workspace=workspace.id, role=role, text=text)
            except HiveError as error:
                report.append((role, f"not sent: {error}", "attention"))
            else:
                report.append((role, *_became(answer)))
        if all(tone != "attention" for _, _, tone in report):
            self._text = ""
        body: list[Ends] = [
            (((f" {titled(workspace, role)}  ", "plain"), (visible(said), tone)), ()) for role, said, tone in report
        ]
        self._overlay.read(Page(((" What became of it", "lit"),), body))


def _became(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Say what became of a prompt from the answer of `prompt/queue`."""
    if not answer["prompt"]:
        return "typed", "done"
    if answer["why"]:
        return f"waits: {answer['why']}", "quiet"
    return ("waits behind others", "quiet") if answer["ahead"] else ("goes out now", "done")
