"""Telling that an agent's state is wrong: its screen is kept with what it really does."""

import asyncio
from typing import Any

from hiveui.config.misreadings import Kept, keep
from hiveui.model.agent import AgentState
from hiveui.model.events import to_json
from hiveui.model.text import visible
from hiveui.paths import Paths
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import number
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import WORDS, word

STATES = tuple(state for state in AgentState if state not in (AgentState.STARTING, AgentState.UNSURE))
"""What an agent can really do."""


class Misreading:
    """Asks what an agent really does, and keeps that (`commands.at.Misreading`)."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground = ground
        self._paths = paths
        self._line = 0
        self._heading = ""
        self._seen: dict[str, Any] = {}
        """Kind, reading and screen, as they were when the person said that they do not fit."""

    def ask(self) -> None:
        """Ask what the agent with the focus really does."""
        if self._ground.agent is not None:
            self._ground.run("reading its screen…", self._ask())

    def move(self, by: int) -> None:
        """Choose another state."""
        self._line = max(0, min(self._line + by, len(STATES) - 1))
        self._show()

    def keep(self) -> None:
        """Keep the screen with the state that was chosen."""
        self._ground.screen.overlay.close()
        self._ground.run("keeping the screen…", self._keep())

    async def _ask(self) -> None:
        agent, workspace = self._ground.agent, self._ground.workspace
        if agent is None:
            return
        reading = to_json(agent.reading)
        shown = await self._ground.link.call("agent/read", workspace=workspace.id, role=agent.role)
        self._seen = {"kind": agent.kind, "reading": reading, "rows": shown["lines"]}
        name = f"{number(workspace, agent.role)} {visible(agent.role)}"
        self._heading = f" {name} is not {word(agent).word}. What does it really do?"
        self._line = 0
        self._show()

    def _show(self) -> None:
        body: list[Ends] = []
        for i, state in enumerate(STATES):
            chosen = i == self._line
            left = ((f" {'▸' if chosen else ' '} ", "lit"), (f"{WORDS[state].glyph} ", WORDS[state].tone))
            body.append(((*left, (WORDS[state].word, "lit" if chosen else "plain")), ()))
        page = Page(((self._heading, "lit"),), body)
        self._ground.screen.overlay.choose(page, self._line, Place.WRONG)

    async def _keep(self) -> None:
        kept = await asyncio.to_thread(keep, self._paths, **self._seen, really=STATES[self._line])
        self._ground.screen.overlay.read(_kept_page(kept, self._seen["kind"]))


def _kept_page(kept: Kept, kind: str) -> Page:
    """Say where the screen is, and what is to be mended."""
    facts = (
        ("The screen, how it was read, and what it really is:", str(kept.fixture)),
        (f"Your rules for {kind}, in place of the shipped ones; `hive wrong` begins them:", str(kept.rules)),
    )
    lines = [line for said, path in facts for line in ((f" {said}", "plain"), (f"   {path}", "strong"), ("", "plain"))]
    body: list[Ends] = [(((visible(text), tone),), ()) for text, tone in lines]
    return Page(((" Kept for mending", "lit"),), body, wide=True)
