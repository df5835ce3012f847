"""The checkouts of a workspace's agents: how each stands, and the removal of those that nobody needs."""

import asyncio
import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hiveui.errors import GitError, UsageError
from hiveui.git import checkpoints, losses
from hiveui.git.head import read_start
from hiveui.git.losses import Standing
from hiveui.git.repository import admin_of, find, real
from hiveui.git.worktrees import OWNER
from hiveui.hive.bus import Bus, named
from hiveui.hive.mirrors import Seen
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.tops import tree_of
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.checkpoint import Checkpoint
from hiveui.model.layout import AgentSpec
from hiveui.model.state import Workspace
from hiveui.model.worktree import FORMS

RUNS = "its agent runs"


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where one agent works, or worked."""

    role: str
    """'' for one that a layout has no more."""
    agent: str
    """The agent's id, or ''."""
    form: str
    """`worktree`, `clone`, `shared` or `path`."""
    folder: str
    """Here: its mirror, where it is on another host."""
    running: bool
    there: str = ""
    """`HOST:FOLDER` for one on another host."""


class Cleaning:
    """Lists checkouts and removes them. Its public methods are verbs."""

    def __init__(
        self, places: Path, own: Path, bus: Bus, supervisors: Mapping[WorkspaceId, Supervisor], seen: Seen
    ) -> None:
        """`places` holds worktrees and clones by workspace, `own` the git directories of HiveUI's own.

        `seen` gives agents with the folders in which their files are here.
        """
        self._seen = seen
        self._places = places
        self._own = own
        self._bus = bus
        self._supervisors = supervisors

    async def every(self, *, workspace: str) -> dict[str, Any]:
        """List the checkouts of a workspace."""
        found = self._bus.workspace(WorkspaceId(workspace))
        rows = await asyncio.to_thread(lambda: [_told(found, one) for one in self._checkouts(found)])
        return {"checkouts": rows}

    async def clean(self, *, workspace: str, role: str | None = None, dry: bool = False) -> dict[str, Any]:
        """Remove what agents have for themselves and do not need: nothing in it would be lost."""
        found = self._bus.workspace(WorkspaceId(workspace))
        every = await asyncio.to_thread(self._checkouts, found)
        chosen = [one for one in every if one.form in FORMS and (role is None or one.role == role)]
        if role is not None and not chosen:
            named(found, role)
            raise UsageError(f"{role} has no checkout of its own: nothing is to be removed.")
        return {"checkouts": [await asyncio.to_thread(self._cleaned, found, one, dry=dry) for one in chosen]}

    def _checkouts(self, workspace: Workspace) -> list[Checkout]:
        """Find the checkouts of agents, and what is left of those of agents that are gone."""
        supervisor = self._supervisors.get(workspace.id)
        left = {real(place): _owner(place) for place in _folders(self._places / workspace.id)}
        found = []
        for agent in workspace.agents:
            if agent.child_of is not None:
                continue
            tree = tree_of(supervisor.launches, agent.id) if supervisor is not None else None
            spec = agent.spec or AgentSpec(agent.role)
            place = Path(tree.path) if tree else next((p for p, owner in left.items() if owner == agent.id), None)
            if place is None:
                form = _form_there(supervisor, agent, spec)
                there = "" if agent.here else agent.dir
                found.append(Checkout(agent.role, agent.id, form, self._seen(agent).dir, _runs(agent), there))
            else:
                left.pop(place, None)
                found.append(Checkout(agent.role, agent.id, _form(place, spec.checkout), str(place), _runs(agent)))
        return found + [
            Checkout("", owner, _form(place, ""), str(place), running=False) for place, owner in left.items()
        ]

    def _cleaned(self, workspace: Workspace, one: Checkout, *, dry: bool) -> dict[str, Any]:
        """Remove one checkout where nothing would be lost; say what was done."""
        top, origin = Path(one.folder), Path(workspace.path)
        answer = {"role": one.role, "folder": one.folder, "branch": "", "losses": [], "removed": False}
        answer["branch_removed"] = False
        if one.there:
            return answer | {"folder": one.there, "losses": ["it is on another host, where HiveUI removes nothing"]}
        if not top.is_dir():
            return answer | {"losses": ["it is not there"]}
        try:
            now = losses.standing(top)
            lost = losses.losses(top, one.agent, origin) + ([RUNS] if self._in_use(top) else [])
            answer |= {"branch": now.branch, "losses": lost}
            if lost or dry:
                return answer
            if one.form == "worktree":  # its repository keeps what comes in between
                self._keep(top, AgentId(one.agent))
            gone = losses.remove(top, origin, now.branch, now.head)
        except GitError as error:
            return answer | {"losses": [f"{error} {error.hint}".strip()]}
        shutil.rmtree(checkpoints.own_of(self._own, top), ignore_errors=True)
        return answer | {"removed": True, "branch_removed": gone}

    def _keep(self, top: Path, agent: AgentId) -> None:
        site = checkpoints.place(top, self._own, within=top)
        checkpoints.take(site, agent, Checkpoint(0, "", "", 0, reason="before it was cleaned up"))

    def _in_use(self, top: Path) -> bool:
        """Tell whether any agent of any workspace runs in a folder."""
        every = [agent for workspace in self._bus.state.workspaces.values() for agent in workspace.agents]
        return any(agent.pid is not None and real(Path(agent.dir)).is_relative_to(top) for agent in every)


def _form_there(supervisor: Supervisor | None, agent: Agent, spec: AgentSpec) -> str:
    """Tell the form of what an agent works in that has nothing of its own here."""
    launch = supervisor.launches.get(agent.id) if supervisor is not None else None
    if launch is not None and launch.there is not None:
        return launch.there.form
    return "shared" if spec.checkout in {"shared", *FORMS} else "path"


def _runs(agent: Agent) -> bool:
    return agent.pid is not None


def _folders(place: Path) -> list[Path]:
    """List the folders in which agents of a workspace may have worked; what is half made or removed is none."""
    with contextlib.suppress(OSError):
        return sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))
    return []


def _owner(place: Path) -> str:
    """Give the id of the agent whose a worktree or clone is, or ''."""
    return read_start((admin_of(place) or place / ".git") / OWNER)


def _form(place: Path, wanted: str) -> str:
    """Tell a clone from a worktree."""
    if (place / ".git").is_dir():
        return "clone"
    return wanted if wanted in FORMS and not place.exists() else "worktree"


def _told(workspace: Workspace, one: Checkout) -> dict[str, Any]:
    """Say how a checkout stands. It asks git, so it is not for the event loop."""
    top, problem, stands = Path(one.folder), "", Standing()
    try:
        repository = find(top) if top.is_dir() else None
        if one.there and not top.is_dir():
            problem = "it is not brought over yet"
        elif not top.is_dir():
            problem = "it is not there; a restart of its agent makes it again" if one.form in FORMS else "it is gone"
        elif repository is None:
            problem = "it is in no git repository"
        elif repository.top is None:
            problem = "it is a bare repository: it has no files"
        else:
            top = repository.top
            stands = losses.standing(top, Path(workspace.path) if one.form in FORMS else None)
    except GitError as error:
        problem = f"{error} {error.hint}".strip()
    facts = {key: value for key, value in asdict(stands).items() if key not in {"changed", "untracked"}}
    counts = {"changed": len(stands.changed), "untracked": len(stands.untracked)}
    return asdict(one) | {"folder": str(top)} | facts | counts | {"problem": problem}
