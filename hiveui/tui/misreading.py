"""Telling that an agent's state is wrong: its screen is kept with what it really does, and the rules are opened."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hiveui.model.codec import to_json
from hiveui.model.signs import AgentState
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.editor import Spot
from hiveui.tui.ground import Ground
from hiveui.tui.premises import Premises
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import WORDS, word

_NOT_ITSELF = (AgentState.STARTING, AgentState.UNSURE, AgentState.FAILED)
STATES = tuple(state for state in AgentState if state not in _NOT_ITSELF)
"""What an agent can really do."""


class Misreading:
    """Asks what an agent really does, and keeps that (`commands.calls.Misreading`)."""

    def __init__(self, ground: Ground, premises: Premises, run: Callable[[str], None]) -> None:
        """`run` types a command line into a new shell beside the pane with the focus, in its folder."""
        self._ground = ground
        self._run = run
        self._premises = premises
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
        name = titled(workspace, agent.role)
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
        state = STATES[self._line]
        kept, line = await asyncio.to_thread(self._premises.keep, self._seen, state)
        folder = Path(self._ground.agent.dir) if self._ground.agent is not None else kept.rules.parent
        self._run(self._premises.opening(Spot(kept.rules, line), folder))
        self._ground.screen.notice(f"The screen is kept as {state.value}; `hive wrong --check` reads it anew.")
