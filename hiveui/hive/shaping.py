"""The verbs that shape a workspace: where panes stand, plain shells, closing, and undoing it."""

import itertools
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import launch
from hiveui.errors import UsageError
from hiveui.hive.deeds import Deed, Deeds, Ended
from hiveui.hive.opening import agent_id
from hiveui.hive.panes import find
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.model import shape
from hiveui.model.agent import Agent, Reading, WorkspaceId
from hiveui.model.events import AgentRemoved, Event, TabsArranged, WorkspaceClosed, from_json
from hiveui.model.layout import AgentSpec
from hiveui.model.shape import Tabs
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.model.tree import tidy
from hiveui.paths import Paths

SHELL = "shell"
NEW_TAB = "tab"
SPLITS = ("columns", "rows")


class Shaping:
    """Owns the tabs of every running workspace. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, paths: Paths, around: Surroundings, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._paths = paths
        self._bus = around.bus
        self._supervisors = supervisors
        self._deeds: defaultdict[WorkspaceId, Deeds] = defaultdict(Deeds)
        self._bus.listen(self._heard)

    async def arrange(self, *, workspace: str, before: list[Any], after: list[Any]) -> dict[str, Any]:
        """Put panes where a client wants them, unless they no longer stand as it thought: then nothing is done."""
        found = self._bus.workspace(WorkspaceId(workspace))
        if _tabs(before) != found.tabs:
            return {"arranged": False}
        tabs = _tabs(after)
        flaw = shape.flaw(tabs, _roles(found))
        if flaw:
            raise UsageError(f"Panes cannot stand like this. {flaw}", "Nothing was changed.")
        tabs = tuple(replace(tab, root=tidy(tab.root)) for tab in tabs)
        if tabs != found.tabs:
            self._bus.publish(TabsArranged(found.id, tabs))
            self._deeds[found.id].note(found.tabs, tabs)
        return {"arranged": True}

    async def add(self, *, workspace: str, where: str, beside: str = "", tab: int = 0) -> dict[str, Any]:
        """Open a plain shell in the folder and environment of the agent `beside`, on its right, below, or in a tab."""
        if where not in (*SPLITS, NEW_TAB):
            raise UsageError(f"A pane cannot stand at {where!r}.", f"Say one of {', '.join((*SPLITS, NEW_TAB))}.")
        supervisor = self._supervisor(workspace)
        found = supervisor.workspace
        host = find(self._supervisors, workspace, beside)[1] if beside else None
        folder = _there(host.dir if host else found.path)
        role = self._free(found)
        known = supervisor.launch_of(host.id) if host else None
        spec = AgentSpec(role=role, dir=folder, env=known.role_env if known else {})
        way = launch(catalog(self._paths.kinds)[SHELL], spec, Path(found.path))
        tabs = shape.complete(found.tabs, (agent.role for agent in found.agents))
        here = shape.find(tabs, beside, tab) if host else None
        if here is None or where == NEW_TAB:
            tabs = shape.open_tab(tabs, role, role)
        else:
            tabs = shape.split(tabs, beside, here, role, "columns" if where == "columns" else "rows")
        agent = Agent(
            id=agent_id(found.id, role),
            role=role,
            kind=SHELL,
            dir=way.cwd,
            argv=way.argv,
            newline=way.newline,
            person=way.person,
            added=True,
        )
        self._bus.publish(TabsArranged(found.id, tabs))
        await supervisor.declare([(agent, way)])
        await supervisor.start(agent.id)
        return {"role": role}

    async def close(self, *, workspace: str, role: str) -> dict[str, Any]:
        """End an agent and take its pane away; `undo` brings it back."""
        supervisor, agent = find(self._supervisors, workspace, role)
        before = supervisor.workspace.tabs
        ended = _ended(supervisor, agent, closed=True)
        if ended is not None:
            self._deeds[supervisor.id].note(before, shape.close(before, role), ended)
        await supervisor.remove(agent.id)
        return {"undoable": ended is not None}

    def stopped(self, supervisor: Supervisor, agent: Agent) -> None:
        """Remember an agent that is about to be stopped."""
        ended = _ended(supervisor, agent, closed=False)
        if ended is not None and agent.pid is not None:
            tabs = supervisor.workspace.tabs
            self._deeds[supervisor.id].note(tabs, tabs, ended)

    async def undo(self, *, workspace: str) -> dict[str, Any]:
        """Undo what was arranged, closed or stopped last; an agent is resumed where its conversation is known."""
        supervisor = self._supervisor(workspace)
        found = supervisor.workspace
        while (deed := self._deeds[found.id].take(found.tabs)) is not None:
            if deed.ended is None:
                self._bus.publish(TabsArranged(found.id, deed.before))
                return {"role": "", "resumed": False}
            if deed.ended.closed:
                return await self._reopened(supervisor, deed, deed.ended)
            agent = found.agent(deed.ended.agent.id)
            if agent is not None and agent.pid is None:
                await supervisor.start(agent.id, resume=True)
                return {"role": agent.role, "resumed": _resumes(deed.ended, agent)}
        raise UsageError("Nothing was arranged, closed or stopped here in the last 10 minutes.")

    async def _reopened(self, supervisor: Supervisor, deed: Deed, ended: Ended) -> dict[str, Any]:
        """Bring a closed agent back to its place; under another name where its own is taken."""
        found = supervisor.workspace
        role = ended.agent.role if found.role(ended.agent.role) is None else self._free(found, ended.agent.role)
        agent = replace(
            ended.agent,
            id=agent_id(found.id, role),
            role=role,
            pane=None,
            pid=None,
            reading=Reading(),
            exit_status=None,
            note="",
            added=ended.agent.added or role != ended.agent.role,
        )
        if found.tabs == deed.after and role == ended.agent.role:
            tabs = deed.before
        elif role == ended.agent.role:
            tabs = shape.put_back(found.tabs, role, deed.before)
        else:
            tabs = shape.open_tab(found.tabs, role, role)
        self._bus.publish(TabsArranged(found.id, tabs))
        await supervisor.declare([(agent, ended.launch)], ended.place)
        await supervisor.start(agent.id, resume=True)
        return {"role": role, "resumed": _resumes(ended, agent)}

    def _supervisor(self, workspace: str) -> Supervisor:
        supervisor = self._supervisors.get(WorkspaceId(workspace))
        if supervisor is None:
            raise UsageError("That workspace does not run.", "See `hive ls`; `hive up` starts it.")
        return supervisor

    def _free(self, workspace: Workspace, stem: str = SHELL) -> str:
        """Find a name that nobody has, and nobody who may come back."""
        taken = {*_roles(workspace), *self._deeds[workspace.id].roles()}
        names = (f"{stem} {number}" if number > 1 else stem for number in itertools.count(1))
        return next(name for name in names if name not in taken)

    def _heard(self, event: Event) -> None:
        """Take the panes of those that left out of the tabs."""
        if isinstance(event, WorkspaceClosed):
            self._deeds.pop(event.id, None)
        elif isinstance(event, AgentRemoved) and event.workspace in self._bus.state.workspaces:
            found = self._bus.workspace(event.workspace)
            tabs = shape.only(found.tabs, _roles(found))
            if tabs != found.tabs:
                self._bus.publish(TabsArranged(found.id, tabs))


def _ended(supervisor: Supervisor, agent: Agent, *, closed: bool) -> Ended | None:
    """Note how an agent comes back; None for one that nobody here started."""
    way = supervisor.launch_of(agent.id)
    if way is None or agent.child_of is not None:
        return None
    place = supervisor.workspace.agents.index(agent)
    return Ended(agent, way, place, closed)


def _resumes(ended: Ended, agent: Agent) -> bool:
    return bool(agent.conversation and ended.launch.resume)


def _there(folder: str) -> str:
    """Give a folder back. Raises UsageError where it is gone."""
    if not os.path.isdir(folder):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
        raise UsageError(f"The folder {visible(folder)} is not there.", "Make it again, or go to another agent.")
    return folder


def _roles(workspace: Workspace) -> set[str]:
    return {agent.role for agent in workspace.agents}


def _tabs(data: list[Any]) -> Tabs:
    """Read tabs from the wire. Raises UsageError."""
    try:
        tabs: Tabs = from_json(Tabs, data)
    except ValueError as error:
        raise UsageError(f"These are no tabs: {error}.") from error
    return tabs
