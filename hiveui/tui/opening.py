"""Opening a layout in the workspace that is on the screen, once the person has seen what that starts."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from hiveui.model.text import visible
from hiveui.tui.ground import Ground

DOES: Mapping[str, str] = {"start": "starts", "restart": "goes on as it runs", "end": "goes on beside them"}
"""What opening a layout in a running workspace does with an agent, by what `workspace/plan` says."""
Asks = Callable[[str, Sequence[str], Callable[[], None]], None]
"""Puts a question, with lines below, and does something after a yes."""


class Opening:
    """Brings the workspace to a layout; nothing that runs is ended."""

    def __init__(self, ground: Ground, env: Mapping[str, str], asks: Asks) -> None:
        """`env` is what agents will get: that of the shell which runs this screen."""
        self._ground = ground
        self._env = env
        self._asks = asks

    def ask(self, name: str) -> None:
        """Show what opening a layout would start, and ask."""
        self._ground.run("looking at what it starts…", self._plan(name))

    async def _plan(self, name: str) -> None:
        here = self._ground.workspace
        if here.scratch:
            self._ground.screen.notice("This repository is thrown away: open a layout in a folder of yours.", "warning")
            return
        wanted = {"folder": here.path, "layout": name, "name": here.name}
        plan = await self._ground.link.call("workspace/plan", **wanted)
        runs = {agent["role"]: " ".join(agent["argv"]) for agent in plan["agents"]}
        lines = [
            f"{change['role']}  {DOES[change['do']]}  {runs.get(change['role'], '')}" for change in plan["changes"]
        ]
        lines = lines or ["Every agent of it runs: panes and tabs are put where it has them."]
        lines += [f"host {host['name']}  {host['way']}  {' '.join(host['argv'])}" for host in plan.get("hosts", ())]
        lines += [] if plan["known"] else ["", f"You have not run {plan['file']} before."]
        agreed = {**wanted, "hash": plan["hash"]}
        self._asks(f" Open {visible(name)} here?", [visible(line) for line in lines], partial(self._open, agreed))

    def _open(self, wanted: Mapping[str, Any]) -> None:
        self._ground.run("opening the layout…", self._opened(wanted))

    async def _opened(self, wanted: Mapping[str, Any]) -> None:
        size = self._ground.screen.size
        place = {"env": dict(self._env), "size": [size.width, size.height]}
        answer = await self._ground.link.call("workspace/open", **place, **wanted)
        if answer["notes"]:
            self._ground.screen.notice(" ".join(map(visible, answer["notes"])), "warning")
