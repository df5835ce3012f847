"""A hive that plays its part from a script, in the shape of the gateway's client."""

import asyncio
from collections.abc import Callable
from typing import Any

from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.cells import clean
from hiveui.model.codec import from_json, to_json
from hiveui.model.events import TabsArranged, event_to_json
from hiveui.model.layout import Leaf, Split, Tab
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, View, Workspace, apply

SINCE = "2026-01-01T00:00:00+00:00"


def agent(number: int, role: str, state: AgentState = AgentState.IDLE, kind: str = "claude", **more: Any) -> Agent:
    return Agent(
        AgentId(f"a{number}"),
        role,
        kind,
        "/project",
        pane=PaneId(f"%{number}"),
        pid=number,
        reading=Reading(state, since=SINCE),
        **more,
    )


def workspace(*roles: str, view: str = "") -> Workspace:
    """Four panes in two columns and a second tab, or the roles given in an even grid."""
    if roles:
        agents = tuple(agent(i, role) for i, role in enumerate(roles, 1))
        return Workspace(WorkspaceId("w"), "shop", "/project", "", agents=agents, view=View(role=view or roles[0]))
    left = Split("rows", (Leaf("planner"), Leaf("frontend")), (1, 1))
    right = Split("rows", (Leaf("backend"), Leaf("tests")), (1, 1))
    return Workspace(
        WorkspaceId("w"),
        "shop",
        "/project",
        "team",
        tabs=(Tab("build", Split("columns", (left, right), (1, 1))), Tab("review", Leaf("review"))),
        agents=(
            agent(1, "planner", AgentState.DONE),
            agent(2, "backend", AgentState.WORKING),
            agent(3, "frontend", AgentState.APPROVAL, "codex"),
            agent(4, "tests", AgentState.WORKING),
            agent(5, "review", AgentState.EXITED, "gemini", exit_status=1),
        ),
        view=View(0, "frontend"),
    )


class ScriptedHive:
    """Answers what it knows, remembers what it was told, and draws each pane as its name and size."""

    def __init__(self, shown: Workspace) -> None:
        self.state = State({shown.id: shown})
        self.seq = 7
        self.daemon: dict[str, Any] = {"role": "owner"}
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {  # a future is an answer that comes late
            "prompt/queue": {"prompt": "p", "receipt": {"sent": 1, "removed": 0}, "ahead": 0, "why": ""}
        }
        self.modes: dict[str, Any] = dict.fromkeys(
            ("alternate", "mouse_click", "mouse_drag", "mouse_move", "mouse_sgr", "dead"), False
        )
        self.history = 100
        self.printed: list[str] = []
        """What stands above the screens, where it is not `old line`; a row that the next one continues ends in ⏎."""
        self.still: list[str] = []
        self.screens: dict[str, tuple[int, list[str]]] = {}
        self._callbacks: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._gone = asyncio.Event()

    async def call(self, method: str, **params: Any) -> Any:
        self.asked.append((method, params))
        if method == "state/subscribe":
            return {"seq": self.seq, "state": to_json(self.state)}
        if method == "tabs/arrange":
            return {"arranged": self._arranged(**params)}
        if method == "still/take":
            columns, screen = self.screens[params["pane"]]
            old = [] if self.modes["alternate"] else [f"old line {i}" for i in range(self.history)]
            self.still = [*(self.printed or old), *screen]
            total = len(self.still)
            return {"still": 1, "total": total, "size": [columns, len(screen)], "cursor": [0, 0]}
        if method == "still/rows":
            first = params["start"]
            rows = self.still[first : first + params["count"]]
            return {
                "first": first,
                "rows": [[text.rstrip("⏎"), clean(text)[1] - text.count("⏎"), "⏎" in text] for text in rows],
            }
        answer = self.answers.get(method, {})
        return await answer if isinstance(answer, asyncio.Future) else answer

    def _arranged(self, workspace: str, before: Any, after: Any) -> bool:
        """As the daemon does: only where the client knew how the tabs stand."""
        if to_json(self.state.workspaces[WorkspaceId(workspace)].tabs) != before:
            return False
        self.happen(TabsArranged(WorkspaceId(workspace), from_json(tuple[Tab, ...], after)))
        return True

    def notify(self, method: str, **params: Any) -> None:
        self.told.append((method, params))
        if method == "pane/view" and params["size_owner"]:
            for view in params["panes"]:
                self.draw(view["pane"], view["columns"], view["rows"])

    def on(self, method: str, callback: Callable[[dict[str, Any]], None]) -> None:
        self._callbacks[method] = callback

    async def closed(self) -> None:
        await self._gone.wait()

    async def close(self) -> None:
        self._gone.set()

    def die(self) -> None:
        self._gone.set()

    def draw(self, pane: str, columns: int, rows: int, first: str = "", cursor: tuple[int, int] = (0, 0)) -> None:
        text = (first or f"{pane} {columns}x{rows}")[:columns]
        self.screens[pane] = (columns, [text, *[""] * (rows - 1)])
        self._callbacks["pane/rows"](
            {
                "pane": pane,
                "size": [columns, rows],
                "rows": {str(y): [text if y == 0 else "", len(text) if y == 0 else 0] for y in range(rows)},
                "cursor": [*cursor, True, 0],
                "modes": self.modes,
                "history": self.history,
            }
        )

    def happen(self, event: Any) -> None:
        self.seq += 1
        self.state = apply(self.state, event)
        self._callbacks["event"]({"seq": self.seq, "time": SINCE, "event": event_to_json(event)})

    def send(self, method: str, params: dict[str, Any]) -> None:
        """Notify the client."""
        self._callbacks[method](params)

    def heard(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.told if name == method]
