"""The verbs on one agent's work: commit it, propose it as a pull request."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hiveui.agents.launch import Launch
from hiveui.errors import GitError, UsageError
from hiveui.git import commits, merging
from hiveui.git.program import git
from hiveui.git.repository import real
from hiveui.hive.branches import Branch, Branches, place_of
from hiveui.hive.panes import find
from hiveui.hive.remote_commits import RemoteCommits
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.writes import Writes
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.names import quoted
from hiveui.model.state import Workspace
from hiveui.model.text import visible


class Committing:
    """Its public methods are verbs."""

    def __init__(
        self,
        supervisors: Mapping[WorkspaceId, Supervisor],
        files: Writes,
        seen: Callable[[Workspace], Workspace] = lambda workspace: workspace,
        there: RemoteCommits | None = None,
    ) -> None:
        """`files` tells whose changes are whose in a checkout that several work in.

        `seen` gives a workspace's agents with the folders in which their files are here; `there` commits elsewhere.
        """
        self._seen = seen
        self._there = there
        self._supervisors = supervisors
        self._files = files

    async def commit(self, *, workspace: str, role: str, message: str, paths: Sequence[str] = ()) -> dict[str, Any]:
        """Commit what an agent changed, as the person; in a checkout that it shares, only what is known to be its."""
        supervisor, agent = find(self._supervisors, workspace, role)
        if not message.strip() or "\0" in message:
            raise UsageError("A commit needs a message.", "Say what was done, and why: -m MESSAGE.")
        if not agent.here and self._there is not None:
            await self._there.ready(agent)
        seen, launch = self._seen(supervisor.workspace), supervisor.launches.get(agent.id)
        place = await asyncio.to_thread(place_of, seen.role(role) or agent, launch)
        chosen: Sequence[str] | None = list(paths) or None
        if chosen is None and not await self._alone(seen, supervisor.launches, agent, place):
            chosen = await self._own(supervisor.id, role, place)
        text = commits.signed_off(message, visible(role))
        if not agent.here and self._there is not None:
            made = await self._there.commit(agent, Path(seen.path), text, chosen)
        else:
            made = await asyncio.to_thread(commits.commit, place, text, chosen)
        if not made:
            raise UsageError(f"{role} has nothing to commit.")
        files = await asyncio.to_thread(commits.files, place, made)
        return {"commit": made, "place": str(place), "files": files}

    async def _alone(self, workspace: Workspace, known: Mapping[AgentId, Launch], agent: Agent, place: Path) -> bool:
        """Tell whether nobody else works in a checkout: no other agent, and not the person.

        The person may work in any on another host that is no agent's own.
        """
        launches = dict(known)
        launch = launches.get(agent.id)
        if not agent.here and (launch is None or launch.there is None):
            return False
        others = [one for one in workspace.agents if one.role != agent.role and one.child_of is None]
        folder = Path(workspace.path)
        places = await asyncio.to_thread(lambda: {real(_place(one, launches.get(one.id))) for one in others})
        return real(place) not in places and not real(folder).is_relative_to(real(place))

    async def _own(self, workspace: WorkspaceId, role: str, place: Path) -> list[str]:
        """List the changed files of a shared checkout that nobody but the agent is known to have written.

        Raises UsageError where there are none.
        """
        changed, since = await asyncio.to_thread(commits.changed, place)
        writers: dict[str, set[str]] = {}
        for write in self._files.writes(workspace, after=stamp(since)):
            if write.top == str(real(place)) and write.path in changed:
                writers.setdefault(write.path, set()).add(write.role)
        mine = sorted(path for path, roles in writers.items() if roles == {role})
        if not mine:
            raise UsageError(
                f"No change in {place} is known to be {role}'s alone, and others work there too.",
                f"Name them: hive commit {quoted(role)} -m MESSAGE PATH…",
            )
        return mine

    async def proposal(self, *, workspace: str, role: str, into: str = "") -> dict[str, Any]:
        """Give what a pull request of an agent's branch would have."""
        supervisor, _ = find(self._supervisors, workspace, role)
        branches = await asyncio.to_thread(Branches.of, self._seen(supervisor.workspace), supervisor.launches, into)
        (one,) = branches.chosen([role])
        if not one.name or not one.ahead:
            raise UsageError(f"{role} has no commits that {branches.into} has not.", "Commit something first.")
        return await asyncio.to_thread(_proposal, branches, one)


def _place(agent: Any, launch: Any) -> Path:
    try:
        return place_of(agent, launch)
    except GitError:
        return Path(agent.dir)


def _proposal(branches: Branches, one: Branch) -> dict[str, Any]:
    """Read what goes into a pull request. Raises GitError."""
    common = branches.repository.common
    remote = git(common, "config", "--get", f"branch.{branches.into}.remote").out.strip() or "origin"
    url = git(common, "config", "--get", f"remote.{remote}.url").out.removesuffix("\n")
    if not url:
        raise GitError(f"The repository has no remote {quoted(remote)}.", "git remote add origin ADDRESS makes one.")
    listed = merging.fresh(common, branches.onto, one.source, "--no-merges")
    title = merging.subject(common, listed[0]) if len(listed) == 1 else one.name
    body = merging.squashed_message(common, branches.onto, one.source).partition("\n")[2].strip()
    return {
        "role": one.role,
        "url": url,
        "objects": str(common / "objects"),
        "tip": one.source.tip,
        "branch": one.name,
        "into": branches.into,
        "title": title,
        "body": body,
    }
