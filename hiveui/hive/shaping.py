"""The verbs that shape a workspace: where panes stand, plain shells, closing, and undoing it."""

import itertools
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import launch
from hiveui.errors import UsageError
from hiveui.hive import store
from hiveui.hive.deeds import Deed, Deeds, Ended
from hiveui.hive.opening import agent_id
from hiveui.hive.panes import find, running
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.model import shape
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.codec import from_json
from hiveui.model.events import AgentRemoved, Event, TabsArranged, WorkspaceClosed
from hiveui.model.hosts import LOCAL, folder_on, folder_there
from hiveui.model.layout import AgentSpec
from hiveui.model.shape import Tabs
from hiveui.model.signs import Reading
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.model.tree import tidy
from hiveui.paths import Paths

log = logging.getLogger(__name__)

KEPT = "HIVE_DEEDS"
"""The variable of tmux that holds what can be undone."""
SHELL = "shell"
NEW_TAB = "tab"
SPLITS = ("columns", "rows")


class Shaping:
    """Owns the tabs of every running workspace. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, paths: Paths, around: Surroundings, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._paths = paths
        self._bus = around.bus
        self._supervisors = supervisors
        self._deeds: dict[WorkspaceId, Deeds] = {}
        self._bus.listen(self._heard)

    async def arrange(self, *, workspace: str, before: list[Any], after: list[Any]) -> dict[str, Any]:
        """Put panes where a client wants them, unless they no longer stand as it thought: then nothing is done."""
        supervisor = self._supervisors.get(WorkspaceId(workspace))
        deeds = await self._known(supervisor) if supervisor is not None else Deeds()
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
            deeds.note(found.tabs, tabs)
        return {"arranged": True}

    async def add(self, *, workspace: str, where: str, beside: str = "", tab: int = 0) -> dict[str, Any]:
        """Open a plain shell in the folder and environment of the agent `beside`, on its right, below, or in a tab."""
        if where not in (*SPLITS, NEW_TAB):
            raise UsageError(f"A pane cannot stand at {where!r}.", f"Say one of {', '.join((*SPLITS, NEW_TAB))}.")
        supervisor = running(self._supervisors, workspace)
        deeds = await self._known(supervisor)
        found = supervisor.workspace
        host = find(self._supervisors, workspace, beside)[1] if beside else None
        on = host.host if host is not None else LOCAL
        folder = folder_there(on, host.dir if host else found.path)
        folder = _there(folder) if on == LOCAL else folder
        role = _free(found, deeds)
        known = supervisor.launches.get(host.id) if host else None
        spec = AgentSpec(role=role, dir=folder, host=on, env=known.role_env if known else {})
        way = launch(catalog(self._paths.kinds)[SHELL], spec, Path(found.path))
        way = way if on == LOCAL else replace(way, cwd=folder)
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
            dir=folder_on(on, way.cwd),
            argv=way.argv,
            host=on,
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
        undoable = await self._note(supervisor, agent, closed=True)
        await supervisor.remove(agent.id)
        return {"undoable": undoable}

    async def stop(self, *, workspace: str, role: str) -> dict[str, Any]:
        """End an agent's program; its pane stays with its last screen, and `undo` starts it again."""
        supervisor, agent = find(self._supervisors, workspace, role)
        if agent.pid is not None:
            await self._note(supervisor, agent, closed=False)
        return {"agent": asdict(await supervisor.stop(agent.id))}

    async def undo(self, *, workspace: str) -> dict[str, Any]:
        """Undo what was arranged, closed or stopped last; an agent is resumed where its conversation is known."""
        supervisor = running(self._supervisors, workspace)
        deeds = await self._known(supervisor)
        found = supervisor.workspace
        while (deed := deeds.take(found.tabs)) is not None:
            if deed.ended is None:
                self._bus.publish(TabsArranged(found.id, deed.before))
                return {"role": "", "resumed": False}
            await _keep(supervisor, deeds)
            agent = found.agent(deed.ended.agent.id)
            if deed.ended.closed and agent is None:
                return await self._reopened(supervisor, deed, deed.ended)
            if not deed.ended.closed and agent is not None and agent.pid is None:
                return _back(agent, await supervisor.start(agent.id))
        raise UsageError("Nothing was arranged, closed or stopped here in the last 10 minutes.")

    async def _reopened(self, supervisor: Supervisor, deed: Deed, ended: Ended) -> dict[str, Any]:
        """Bring a closed agent back to its place."""
        found, role = supervisor.workspace, ended.agent.role
        tabs = deed.before if found.tabs == deed.after else shape.put_back(found.tabs, role, deed.before)
        agent = replace(ended.agent, pane=None, pid=None, reading=Reading(), exit_status=None, note="")
        self._bus.publish(TabsArranged(found.id, tabs))
        await supervisor.declare([(agent, ended.launch)], ended.place)
        return _back(agent, await supervisor.start(agent.id))

    async def _known(self, supervisor: Supervisor) -> Deeds:
        """Give the deeds of a workspace; at first those that an earlier daemon kept."""
        if supervisor.id not in self._deeds:
            try:
                deeds = Deeds(await _kept(supervisor))
            except ValueError:
                log.warning("%s: what can be undone cannot be read any more", supervisor.id)
                deeds = Deeds()
            self._deeds.setdefault(supervisor.id, deeds)
        return self._deeds[supervisor.id]

    async def _note(self, supervisor: Supervisor, agent: Agent, *, closed: bool) -> bool:
        """Note an agent that is about to end; False for one that cannot come back: nobody here started it."""
        deeds = await self._known(supervisor)
        way, found = supervisor.launches.get(agent.id), supervisor.workspace
        place = next((i for i, other in enumerate(found.agents) if other.id == agent.id), None)
        if way is None or agent.child_of is not None or place is None:
            return False
        after = shape.close(found.tabs, agent.role) if closed else found.tabs
        deeds.note(found.tabs, after, Ended(found.agents[place], way, place, closed))
        await _keep(supervisor, deeds)
        return True

    def _heard(self, event: Event) -> None:
        """Take the panes of those that left out of the tabs."""
        if isinstance(event, WorkspaceClosed):
            self._deeds.pop(event.id, None)
        elif isinstance(event, AgentRemoved) and event.workspace in self._bus.state.workspaces:
            found = self._bus.workspace(event.workspace)
            tabs = shape.only(found.tabs, _roles(found))
            if tabs != found.tabs:
                self._bus.publish(TabsArranged(found.id, tabs))


async def _keep(supervisor: Supervisor, deeds: Deeds) -> None:
    """Keep in tmux's memory what the next daemon may undo. Raises TmuxError."""
    (await supervisor.here.session.client.ask(store.put(supervisor.id, KEPT, deeds.kept()))).checked()


async def _kept(supervisor: Supervisor) -> object:
    """Give what an earlier daemon kept. Raises TmuxError, or ValueError where that is no JSON."""
    answer = await supervisor.here.session.client.ask(store.ask(supervisor.id, KEPT))
    return store.value(answer.lines[0]) if answer.ok and answer.lines else ()


def _free(workspace: Workspace, deeds: Deeds) -> str:
    """Find a name for a shell that nobody has, and nobody who may come back."""
    taken = {*_roles(workspace), *deeds.roles()}
    names = (f"{SHELL} {number}" if number > 1 else SHELL for number in itertools.count(1))
    return next(name for name in names if name not in taken)


def _back(before: Agent, now: Agent) -> dict[str, Any]:
    """Say who came back, and whether into the conversation that they had."""
    return {"role": now.role, "resumed": bool(before.conversation) and now.conversation == before.conversation}


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
