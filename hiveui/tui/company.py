"""Who is there: shells that the person opens, agents that they close, and what comes back."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from hiveui.model import shape
from hiveui.model.agent import Agent
from hiveui.model.layout import roles
from hiveui.model.text import visible
from hiveui.tui import desk as places
from hiveui.tui.dialog import Dialog
from hiveui.tui.ground import Ground

HELD = 3.0
"""Seconds, at most, for which what the person types waits for a pane that is being opened."""


class Company:
    """Opens shells, closes panes, and undoes it (`commands.at.Company`)."""

    def __init__(self, ground: Ground, dialog: Dialog) -> None:
        self._ground = ground
        self._dialog = dialog
        self.opening = False
        """A pane is being opened, and what the person types meanwhile is meant for it."""
        self.opened: Callable[[bool], None] = lambda _: None
        """Hears of the end of that: whether the pane is there."""
        self._patience: asyncio.TimerHandle | None = None

    def add(self, where: str) -> None:
        """Open a shell beside the pane with the focus (`columns`, `rows`) or in a `tab`, and go to it."""
        self._begin(where, "")

    def run(self, command: str) -> None:
        """Open a shell right of the pane with the focus, and run a command line in it that the person types into."""
        self._begin("columns", command)

    def _begin(self, where: str, command: str) -> None:
        desk = self._ground.desk
        beside = desk.role if self._ground.agent else ""
        self.opening = True
        self._patience = asyncio.get_running_loop().call_later(HELD, self._let_go)
        self._ground.run("opening a shell…", self._add(beside, desk.tab, where, command))

    def close(self) -> None:
        """Close the pane with the focus; where its program runs, after a yes."""
        agent = self._ground.agent
        if agent is None:
            return
        if agent.pid is None:
            self._ground.run("closing…", self._close([agent]))
        else:
            what = f"Close {places.number(self._ground.workspace, agent.role)} {visible(agent.role)}"
            back = "U brings it back" if agent.child_of is None else "nothing brings it back, HiveUI did not start it"
            self._dialog.put(f"{what}? Its program ends; {back}.", "closing…", lambda: self._close([agent]))

    def close_tab(self) -> None:
        """Close all panes of the tab but the pinned ones, after a yes."""
        workspace, tab = self._ground.workspace, self._ground.desk.tab
        shown = places.tabs(workspace)
        if not shown:
            return
        here = [role for role in roles(shown[tab].root) if role not in shape.pinned(shown)]
        agents = [agent for agent in workspace.agents if agent.role in here]
        if not agents:
            self._ground.screen.notice("Only pinned panes stand here; M p takes them off the other tabs.")
            return
        count = sum(agent.pid is not None for agent in agents)
        ends = "nothing runs in it" if count == 0 else "its program ends" if count == 1 else f"{count} programs end"
        question = f"Close the tab {visible(shown[tab].title)}? {ends[0].upper()}{ends[1:]}; U brings each back."
        self._dialog.put(question, "closing…", lambda: self._close(agents))

    def undo(self) -> None:
        """Undo what was arranged, closed or stopped last."""
        self._ground.run("undoing…", self._undo())

    async def _add(self, beside: str, tab: int, where: str, command: str) -> None:
        workspace = self._ground.workspace
        try:
            params = {"workspace": workspace.id, "where": where, "tab": tab} | ({"beside": beside} if beside else {})
            answer = await self._ground.link.call("agent/add", **params)
            desk = places.go(self._ground.workspace, self._ground.desk, str(answer["role"]))
            self._ground.move(replace(desk, zoomed=False, typing=bool(command)))
            if command:
                at = {"workspace": workspace.id, "role": str(answer["role"])}
                await self._ground.link.call("agent/send", **at, text=command)
            self._let_go(there=True)
        finally:
            self._let_go()

    def _let_go(self, *, there: bool = False) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
            self.opening = False
            self.opened(there)

    async def _close(self, agents: Iterable[Agent]) -> None:
        workspace = self._ground.workspace
        for agent in agents:  # one after the other, so that each is undone to the panes that it left
            await self._ground.link.call("agent/close", workspace=workspace.id, role=agent.role)
        if not self._ground.workspace.agents:
            self._ground.screen.notice("Nothing is left here: v opens a shell, U brings back what was closed.")

    async def _undo(self) -> None:
        answer = await self._ground.link.call("tabs/undo", workspace=self._ground.workspace.id)
        role, resumed = str(answer["role"]), bool(answer["resumed"])
        if role:
            self._ground.move(places.go(self._ground.workspace, self._ground.desk, role))
        how = "goes on with its conversation" if resumed else "was started anew"
        self._ground.screen.notice(f"{role} is back and {how}." if role else "The panes stand as they did before.")
