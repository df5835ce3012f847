"""A screen that is shown to nobody: what is learned by the first of a process is then there for all that it forks."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.layout import Leaf, Split, Tab
from hiveui.model.rows import Modes
from hiveui.model.seat import Role
from hiveui.model.signs import Reading
from hiveui.model.state import State, View, Workspace
from hiveui.tui.app import HiveApp
from hiveui.tui.premises import Kiosk
from hiveui.tui.settings import Settings

COLUMNS, ROWS = 120, 32
"""Size of the screen that nobody sees."""
DRAWN = 0.05
"""Seconds in which it is drawn once all is there."""


class _Hive:
    """A hive of two agents that print a word each, and do nothing else."""

    def __init__(self, drawn: Callable[[], object]) -> None:
        roles = ("one", "two")
        pid, since = 1, "2026-01-01T00:00:00+00:00"
        agents = tuple(
            Agent(AgentId(role), role, "claude", "/", pane=PaneId(f"%{role}"), pid=pid, reading=Reading(since=since))
            for role in roles
        )
        tabs = (Tab("all", Split("columns", tuple(Leaf(role) for role in roles), (1, 1))),)
        workspace = Workspace(WorkspaceId("w"), "all", "/", "", tabs=tabs, agents=agents, view=View(role="one"))
        self.daemon: Mapping[str, Any] = {"role": Role.OWNER}
        self._snapshot = {"seq": 1, "state": to_json(State({workspace.id: workspace}))}
        self._drawn = drawn
        self._callbacks: dict[str, Callable[[dict[str, Any]], None]] = {}

    async def call(self, method: str, **_: Any) -> Any:
        return self._snapshot if method == "state/subscribe" else {}

    def notify(self, method: str, **params: Any) -> None:
        if method == "pane/view":
            for view in params["panes"]:
                self._print(view["pane"], view["columns"], view["rows"])
            self._drawn()

    def _print(self, pane: str, columns: int, rows: int) -> None:
        modes = asdict(Modes())
        frame = {"pane": pane, "size": [columns, rows], "cursor": [0, 0, True, 0], "modes": modes, "history": 0}
        self._callbacks["pane/rows"]({**frame, "rows": {"0": ["\x1b[1mone\x1b[m", 3]}})

    def on(self, method: str, callback: Callable[[dict[str, Any]], None]) -> None:
        self._callbacks[method] = callback

    async def closed(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


def rehearse() -> None:
    """Show it until it is drawn. Leaves no loop and no thread."""

    async def connect() -> _Hive:
        return _Hive(lambda: app.set_timer(DRAWN, app.exit))

    async def ensure() -> None:
        """Nothing: it is there."""

    app = HiveApp(connect, ensure, WorkspaceId("w"), Settings(), premises=Kiosk({}))
    app.run(headless=True, size=(COLUMNS, ROWS))
