"""What opening a layout in a folder will do, worked out before anything is done."""

import hashlib
import os
import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.agents.launch import Launch, launch
from hiveui.config.files import Configuration
from hiveui.config.settings import Settings
from hiveui.errors import LayoutError, UsageError
from hiveui.hive.checkouts import Checkouts, Site
from hiveui.hive.services import read_for
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.hosts import LOCAL, HostSpec, folder_on
from hiveui.model.layout import AgentSpec, Layout
from hiveui.model.ownership import overlapping, overlaps
from hiveui.model.worktree import FORMS
from hiveui.paths import Paths
from hiveui.storage import shelf
from hiveui.storage.layouts import layout_hash
from hiveui.storage.trust import Trust

Running = Mapping[AgentId, tuple[Agent, Launch | None]]
"""The declared agents of a workspace with how they were started; None where that is not known any more."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A layout, read and resolved for one folder."""

    id: WorkspaceId
    name: str
    folder: Path
    file: Path
    hash: str
    known: bool
    """This user has run exactly this file before, or it came with HiveUI."""
    layout_name: str
    """As the person named it: a name, or a path."""
    layout: Layout
    agents: Mapping[AgentId, tuple[Agent, Launch]]
    sites: Mapping[AgentId, Site] = field(default_factory=dict)
    """Where each works."""
    hosts: Mapping[str, HostSpec] = field(default_factory=dict)
    """The other hosts that its agents are on."""

    def changes(self, running: Running) -> list[dict[str, str]]:
        """List what differs from what runs: `start`, `restart` and `end`, by role."""
        start = [agent.role for id_, (agent, _) in self.agents.items() if id_ not in running]
        again = [a.role for id_, (a, way) in self.agents.items() if id_ in running and _differ(running[id_][1], way)]
        end = [agent.role for id_, (agent, _) in running.items() if id_ not in self.agents]
        named = (("start", start), ("restart", again), ("end", end))
        return [{"role": role, "do": do} for do, roles in named for role in roles]

    @property
    def notes(self) -> list[str]:
        """What the layout asks for and does not get yet, one sentence an agent and thing."""
        notes = [f"{agent.role}: {note}" for agent, way in self.agents.values() for note in way.notes]
        return [*notes, *filter(None, [overlapping(overlaps(self.layout.agents))])]

    def made(self, started: Collection[str]) -> list[str]:
        """Say which worktrees and clones were made for the roles that opening it has started."""
        sites = [(agent.role, self._site(agent)) for agent, _ in self.agents.values() if agent.role in started]
        return [
            f"{role}: a new {site.worktree.form}, branch {site.branch}, in {site.worktree.path}"
            for role, site in sites
            if site.worktree is not None and site.exists is False
        ]

    def _site(self, agent: Agent) -> Site:
        return self.sites.get(agent.id, Site())

    def to_json(self, running: Running) -> dict[str, Any]:
        """Give the answer of `workspace/plan`."""
        return {
            "workspace": self.id,
            "name": self.name,
            "layout": self.layout.name,
            "file": str(self.file),
            "hash": self.hash,
            "known": self.known,
            "running": bool(running),
            "agents": [
                {"role": agent.role, "kind": agent.kind, "argv": list(agent.argv), "dir": agent.dir}
                | {
                    "env": dict(way.role_env),
                    "notes": list(way.notes),
                    "worktree": self._site(agent).to_json(agent.host),
                }
                for agent, way in self.agents.values()
            ],
            "hosts": [
                {"name": spec.name, "way": spec.way, "argv": list(spec.argv)} for _, spec in sorted(self.hosts.items())
            ],
            "overlaps": [overlap._asdict() for overlap in overlaps(self.layout.agents)],
            "changes": self.changes(running),
        }


def workspace_id(folder: Path, name: str) -> WorkspaceId:
    """Derive the id of the workspace `name` in `folder`: the same each time, and nothing that tmux could run."""
    return WorkspaceId("w-" + hashlib.sha256(f"{folder}\0{name}".encode("utf-8", "surrogateescape")).hexdigest()[:12])


def agent_id(workspace: WorkspaceId, role: str) -> AgentId:
    """Derive the id of a role in a workspace."""
    return AgentId("a-" + hashlib.sha256(f"{workspace}\0{role}".encode("utf-8", "surrogateescape")).hexdigest()[:12])


def is_shipped(paths: Paths, file: Path, text: bytes) -> bool:
    """Tell whether a layout came with HiveUI just as it is; not where a repository's services were filled in."""
    return file.is_relative_to(paths.shipped_layouts) and shelf.read(file) == text


def _differ(one: Launch | None, other: Launch) -> bool:
    return one is None or replace(one, notes=()) != replace(other, notes=())


def chosen(paths: Paths, folder: Path) -> Settings:
    """Give what holds in a folder: as the person chose it, and a project that they trust."""
    trusted = Trust(paths.state / "projects").hashes
    choices = Configuration(paths, folder, {}, commands={}, trusted=lambda data: layout_hash(data) in trusted)
    choices.look()
    return choices.config.settings


def resolve(
    paths: Paths, folder: Path, layout_name: str, name: str, trusted: frozenset[str], *, there: str = ""
) -> Opening:
    """Read a layout and resolve every agent of it; `there` is our folder on other hosts, below the home there.

    Raises LayoutError, UsageError or ConfigError.

    It may ask git, so it is not for the event loop.
    """
    if not os.path.isdir(folder):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
        raise UsageError(f"{folder} is no folder.", "Go to the project's folder, or name one that is there.")
    file = paths.find_layout(layout_name, folder)
    kinds = catalog(paths.kinds)
    settings = chosen(paths, folder)
    text, layout = read_for(folder, file, tuple(kinds), settings.kind)
    hosts = {**settings.hosts, **layout.hosts}
    id_ = workspace_id(folder, name)
    checkouts = Checkouts(paths.worktrees / id_, folder, name, layout, file, there=there)
    agents, sites = {}, {}
    for spec in layout.agents:
        kind: Kind = kinds[spec.kind]
        if spec.host == LOCAL:
            site = checkouts.site(spec, agent_id(id_, spec.role))
            way = _here(launch(kind, spec, folder, worktree=site.worktree), spec, file)
        else:
            host = _host(spec, hosts, file)
            site = checkouts.site_there(spec, agent_id(id_, spec.role), host)
            way = _there(launch(kind, spec, folder), spec, host, site)
        way = replace(way, notes=(*way.notes, *site.notes))
        agent = Agent(
            id=agent_id(id_, spec.role),
            role=spec.role,
            kind=spec.kind,
            dir=folder_on(spec.host, way.cwd),
            argv=way.shown,
            host=spec.host,
            newline=way.newline,
            model=spec.model,
            person=way.person,
            spec=replace(spec, env=dict.fromkeys(spec.env, "")),
        )
        agents[agent.id], sites[agent.id] = (agent, way), site
    digest = layout_hash(text)
    known = digest in trusted or is_shipped(paths, file, text)
    used = {name: hosts[name] for name in {spec.host for spec in layout.agents} - {LOCAL}}
    return Opening(id_, name, folder, file, digest, known, layout_name, layout, agents, sites, used)


def _here(way: Launch, spec: AgentSpec, file: Path) -> Launch:
    """Give a launch whose folder is there. Raises LayoutError."""
    if way.worktree is None and not os.path.isdir(way.cwd):  # noqa: PTH112  the same
        raise LayoutError(
            f"the folder {way.cwd} of {spec.role} is not there.", "Make it, or mend `dir`.", file=str(file)
        )
    return way


def _host(spec: AgentSpec, hosts: Mapping[str, HostSpec], file: Path) -> HostSpec:
    """Give how the host of an agent is reached. Raises LayoutError for one that nobody knows."""
    host = hosts.get(spec.host)
    if host is None:
        raise LayoutError(
            f"`host: {spec.host}` of {spec.role} is no host that is known.",
            f"Say how it is reached: hosts: {{{spec.host}: {{ssh: DESTINATION}}}}, in the layout or in config.yaml.",
            file=str(file),
        )
    return host


def _there(way: Launch, spec: AgentSpec, host: HostSpec, site: Site) -> Launch:
    """Have a launch be on another host, in a folder there."""
    if site.worktree is not None:
        return replace(way, cwd=site.worktree.place(spec.dir), there=site.worktree)
    checkout = "." if spec.checkout in {"shared", *FORMS} else spec.checkout
    return replace(way, cwd=posixpath.normpath(posixpath.join(host.dir, checkout, spec.dir)))
