"""Restoring workspaces whose tmux is gone: what that will do, and doing it."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.agents.environment import compose
from hiveui.agents.launch import Launch, launch
from hiveui.agents.transcripts import last_changes
from hiveui.errors import GitError, HiveError, LayoutError, TmuxError, UsageError
from hiveui.hive.boxing import at_home
from hiveui.hive.checkouts import Checkouts
from hiveui.hive.processes import obstacle, orphans
from hiveui.hive.services import read_for
from hiveui.hive.session import now
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.hive.workspaces import Workspaces
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.events import AgentAdded, AgentRemoved, WorkspaceOpened
from hiveui.model.hosts import LOCAL, folder_there
from hiveui.model.layout import AgentSpec, Layout, roles
from hiveui.model.morning import Do, Facts, Step, plan
from hiveui.model.names import quoted
from hiveui.model.signs import AgentState, Confidence, Reading, Source
from hiveui.model.state import Workspace
from hiveui.paths import Paths
from hiveui.storage.layouts import layout_hash
from hiveui.storage.secrets import MASK

log = logging.getLogger(__name__)

Env = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """One agent as it was saved, and how it is started again."""

    agent: Agent
    way: Launch
    stagger: float
    unset: tuple[str, ...]
    """Variables that its layout gave it, whose values are not kept and not to be had."""


class Morning:
    """Brings back workspaces as they were saved. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, paths: Paths, around: Surroundings, workspaces: Workspaces, damage: str) -> None:
        """`damage` says what of the saved state could not be read, or nothing."""
        self._paths = paths
        self._around = around
        self._bus = around.bus
        self._workspaces = workspaces
        self._damage = damage

    async def plan(
        self, *, workspace: str, env: dict[str, str] | None = None, wishes: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Say what `restore` would do."""
        found = self._bus.workspace(WorkspaceId(workspace))
        _, steps, notes = await asyncio.to_thread(self._plan, found, env or {}, wishes or {})
        return {
            "workspace": found.id,
            "name": found.name,
            "path": found.path,
            "running": self._workspaces.runs(found.id),
            "saved": found.saved or None,
            "generation": found.generation or None,
            "agents": [asdict(step) for step in steps],
            "notes": notes,
        }

    async def restore(
        self,
        *,
        workspace: str,
        env: dict[str, str] | None = None,
        size: tuple[int, int] | list[int] = (120, 40),
        wishes: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Rebuild a workspace as it was saved; its agents start one after the other, and this does not wait for them.

        One that runs already is left as it is: of two who restore, the second joins the first.
        """
        id_ = WorkspaceId(workspace)
        async with self._workspaces.one_at_a_time:
            found = self._bus.workspace(id_)
            if self._workspaces.runs(id_):
                return {"workspace": id_, "starting": [], "joined": True, "notes": []}
            await self._workspaces.attached(env=env or {})
            saved, steps, notes = await asyncio.to_thread(self._plan, found, env or {}, wishes or {})
            supervisor = await self._workspaces.session(id_, env or {}, (size[0], size[1]))
            self._rebuild(found, steps)
            await supervisor.know({one.agent.id: one.way for one in saved.values()})
            for agent in supervisor.workspace.agents:
                if agent.pid is not None:  # it may run, on another host that was not lost with tmux here
                    supervisor.at(agent)
        todo = [(saved[step.role], step) for step in _in_sight_first(found, steps) if step.do is not Do.LEAVE]
        self._around.spawn(self._start(supervisor, todo))
        return {"workspace": id_, "starting": [step.role for _, step in todo], "joined": False, "notes": notes}

    def _rebuild(self, found: Workspace, steps: Sequence[Step]) -> None:
        """Publish the workspace as it was, with agents that wait to be started."""
        self._bus.publish(
            WorkspaceOpened(
                found.id,
                found.name,
                found.path,
                found.layout,
                found.layout_hash,
                found.tabs,
                found.scratch,
                found.budget,
                found.collisions,
            )
        )
        left = {step.role for step in steps if step.do is Do.LEAVE}
        for agent in found.agents:
            if agent.child_of is not None:
                self._bus.publish(AgentRemoved(found.id, agent.id))
                continue
            state, said = (AgentState.EXITED, "left out") if agent.role in left else (AgentState.STARTING, "")
            reading = Reading(
                state, Source.PROCESS, Confidence.CERTAIN, said or "it waits for its turn to start", now()
            )
            if not agent.here and agent.pid is not None:
                continue
            fresh = replace(agent, pane=None, pid=None, exit_status=None, reading=reading, note=said)
            self._bus.publish(AgentAdded(found.id, fresh))

    # starting

    async def _start(self, supervisor: Supervisor, todo: Sequence[tuple[Saved, Step]]) -> None:
        """Start agents: the kinds beside one another, as hosts are, those of one kind on a host one after the other."""
        by_kind: dict[tuple[str, str], list[tuple[Saved, Step]]] = {}
        for saved, step in todo:
            by_kind.setdefault((saved.agent.host, step.kind), []).append((saved, step))
        async with asyncio.TaskGroup() as kinds:
            for group in by_kind.values():
                kinds.create_task(self._start_group(supervisor, group))

    async def _start_group(self, supervisor: Supervisor, group: Sequence[tuple[Saved, Step]]) -> None:
        for i, (saved, step) in enumerate(group):
            if i:
                await asyncio.sleep(saved.stagger)
            workspace = self._bus.state.workspaces.get(supervisor.id)
            agent = workspace.agent(saved.agent.id) if workspace is not None else None
            if supervisor.over or agent is None or agent.reading.state is not AgentState.STARTING or agent.pid:
                continue  # the person was quicker
            try:
                await supervisor.start(agent.id, conversation=step.conversation)
            except (GitError, TmuxError, UsageError) as error:
                log.warning("%s of %s was not restored: %s", saved.agent.id, supervisor.id, error)

    # planning

    def _plan(
        self, found: Workspace, env: Env, wishes: Mapping[str, str]
    ) -> tuple[dict[str, Saved], tuple[Step, ...], list[str]]:
        """Look at the disk, and decide. Raises UsageError for a wish that cannot be met."""
        kinds = catalog(self._paths.kinds)
        layout, layout_note = self._layout(found, kinds)
        specs = {spec.role: spec for spec in layout.agents} if layout is not None else {}
        mine = [agent for agent in found.agents if agent.child_of is None]
        saved = {agent.role: _saved(agent, specs.get(agent.role), kinds, env) for agent in mine}
        if layout is not None:
            try:
                saved = self._with_worktrees(found, layout, saved)
            except LayoutError as error:
                layout_note = f"{error} {error.hint} Worktrees that are gone are not made again."
        facts = {role: (one.agent, _facts(self._paths, one, env)) for role, one in saved.items()}
        steps = plan(facts, wishes)
        return saved, steps, [*filter(None, (self._damage, layout_note)), *self._notes(found, saved)]

    def _notes(self, found: Workspace, saved: Mapping[str, Saved]) -> Iterator[str]:
        """Say what a person should know before agents are started."""
        left = {} if self._workspaces.runs(found.id) else orphans(self._around.machine)
        for role, one in saved.items():
            if one.unset:
                names = ", ".join(one.unset)
                yield f"{role}: its layout set {names}, and values are not kept; set them in this shell."
            if any(MASK in word for word in one.way.argv):
                yield f"{role}: a secret in its command is not kept, and the layout that has it is another now."
            if one.agent.id in left:
                pids = " ".join(map(str, left[one.agent.id]))
                yield f"{role}: its program of before goes on without a screen; end it first: kill {pids}"

    def _with_worktrees(self, found: Workspace, layout: Layout, saved: Mapping[str, Saved]) -> dict[str, Saved]:
        """Have worktrees that are gone made again when their agents start."""
        file = self._paths.find_layout(found.layout, Path(found.path))
        there, hosts = self._around.hosts.folder, self._bus.state.hosts
        checkouts = Checkouts(self._paths.worktrees / found.id, Path(found.path), found.name, layout, file, there=there)

        def way(spec: AgentSpec, one: Saved) -> Launch:
            if spec.host == LOCAL:
                return replace(one.way, worktree=checkouts.site(spec, one.agent.id).worktree)
            known = hosts.get(spec.host)
            tree = checkouts.site_there(spec, one.agent.id, known.spec).worktree if known is not None else None
            return replace(one.way, cwd=tree.place(spec.dir), there=tree) if tree is not None else one.way

        return {
            **saved,
            **{
                spec.role: replace(saved[spec.role], way=way(spec, saved[spec.role]))
                for spec in layout.agents
                if spec.role in saved
            },
        }

    def _layout(self, found: Workspace, kinds: Mapping[str, Kind]) -> tuple[Layout | None, str]:
        """Give the layout, where it is the one that was run; else a sentence on that."""
        try:
            folder = Path(found.path)
            file = self._paths.find_layout(found.layout, folder)
            text, layout = read_for(folder, file, tuple(kinds))
        except HiveError:
            said = f"The layout {quoted(found.layout)} is not there any more; the agents are those that were saved."
            return None, said
        if layout_hash(text) != found.layout_hash:
            return None, f"{file} has changed; the agents are those that were saved. `hive up` opens it as it is now."
        return layout, ""


def _saved(agent: Agent, declared: AgentSpec | None, kinds: Mapping[str, Kind], env: Env) -> Saved:
    """Work out how a saved agent is started; `declared` is its entry in the layout that it was started from."""
    spec = declared or agent.spec or AgentSpec(agent.role, agent.kind, command=agent.argv)
    unset: tuple[str, ...] = ()
    if declared is None:
        spec = replace(spec, env={name: env[name] for name in spec.env if name in env})
        unset = tuple(name for name in (agent.spec.env if agent.spec else ()) if name not in env)
    kind = kinds.get(agent.kind)
    if kind is None:
        kind = Kind(agent.kind, agent.kind, argv=agent.argv or (agent.kind,))
        spec = replace(spec, command=spec.command or agent.argv)
    folder = folder_there(agent.host, agent.dir)
    way = replace(launch(kind, spec, Path(folder)), cwd=folder)
    return Saved(agent, way, kind.stagger, unset)


def _facts(paths: Paths, saved: Saved, env: Env) -> Facts:
    """Look for an agent's program, folder and conversations."""
    way, had = saved.way, saved.agent.conversations
    whole = {variable.name: variable.value for variable in compose(env, way.role_env, way.env, {})}
    if not saved.agent.here:  # nothing of it can be looked at before its host is reached
        return Facts("", bool(way.resume), dict.fromkeys(had, "") if way.resume else {})
    if way.transcripts:
        found = last_changes(way.transcripts, had, at_home(paths, saved.agent, whole))
        kept = {c: datetime.fromtimestamp(found[c], UTC).isoformat(timespec="seconds") for c in had if c in found}
    else:
        kept = dict.fromkeys(had, "")
    return Facts(obstacle(way, whole), bool(way.resume), kept if way.resume else {})


def _in_sight_first(found: Workspace, steps: Sequence[Step]) -> list[Step]:
    """Give the steps in their order, those of the tab that will be shown before the others."""
    tab = found.tabs[found.view.tab] if found.view.tab < len(found.tabs) else None
    seen = set(roles(tab.root)) if tab is not None else set()
    return sorted(steps, key=lambda step: step.role not in seen)
