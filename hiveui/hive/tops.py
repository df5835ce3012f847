"""Which checkouts agents work in, and whose they are."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hiveui.agents.launch import Launch
from hiveui.git.head import top_of
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attribution import Author
from hiveui.model.worktree import Worktree

WIDE = frozenset({"/", "/home", "/root", "/tmp", "/usr", "/var", "/Users"})  # noqa: S108  it is not written to


@dataclass(frozen=True, slots=True)
class Top:
    """One checkout, or a folder without a repository, in which agents work."""

    path: str
    """Absolute, links followed."""
    git: str = ""
    """The folder in which git keeps what is of this checkout alone; '' without a repository."""
    agents: tuple[tuple[WorkspaceId, Agent], ...] = ()
    owner: Author | None = None
    """Who has it as a worktree of its own, alone, and runs."""

    def of(self, workspace: WorkspaceId) -> tuple[AgentId, ...]:
        """Give who of a workspace works in it."""
        return tuple(agent.id for id_, agent in self.agents if id_ == workspace)


Known = tuple[WorkspaceId, Agent, Launch | None]
"""An agent, and how it was started as far as that is known."""


def tree_of(launches: Mapping[AgentId, Launch], agent: AgentId) -> Worktree | None:
    """Give the worktree or clone that an agent has for itself; None where it has none, as far as that is known."""
    launch = launches.get(agent)
    return launch.worktree if launch is not None else None


def find(known: Iterable[Known]) -> Mapping[str, Top]:
    """Find the checkouts of agents, by their tops. It looks at the disk, and runs nothing."""
    places: dict[str, list[Known]] = {}
    kept: dict[str, str] = {}
    for workspace, agent, launch in known:
        if not os.path.isabs(agent.dir):  # noqa: PTH117  text: on another host, and not mirrored
            continue
        tree = launch.worktree if launch is not None else None
        folder = tree.path if tree is not None and tree.holds(agent.dir) else agent.dir
        top, git = top_of(Path(os.path.realpath(folder)))
        if top or _narrow(folder):
            place = top or os.path.realpath(folder)
            kept[place] = git
            places.setdefault(place, []).append((workspace, agent, launch))
    return {place: _top(place, kept[place], those) for place, those in places.items()}


def _narrow(folder: str) -> bool:
    """Tell whether a folder without a repository may be watched: one that holds everything may not."""
    return os.path.isdir(folder) and os.path.realpath(folder) not in WIDE | {os.path.expanduser("~")}  # noqa: PTH111, PTH112


def _top(place: str, git: str, known: Iterable[Known]) -> Top:
    those = list(known)
    agents = tuple((workspace, agent) for workspace, agent, _ in those)
    owners = [agent for _, agent, launch in those if launch is not None and _owns(launch, place)]
    family = {agent.child_of or agent.id for _, agent in agents}
    alone = len(owners) == 1 and family == {owners[0].id} and owners[0].pid is not None
    return Top(place, git, agents, Author(owners[0].id, owners[0].role) if alone else None)


def _owns(launch: Launch, place: str) -> bool:
    return launch.worktree is not None and os.path.realpath(launch.worktree.path) == place
