"""All that the agents of a workspace changed: found in each checkout, weighed, and kept while it is looked at."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from hiveui.errors import GitError, UsageError
from hiveui.git.diff import Base, base_of, difference
from hiveui.hive import holding
from hiveui.hive.mirrors import Mirrors
from hiveui.hive.panes import running
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.writes import Writes
from hiveui.model.agent import WorkspaceId
from hiveui.model.comparison import Area, Changed, Group, ordered, pages
from hiveui.model.diff import FileDiff, Status, digests
from hiveui.model.ownership import trespasses
from hiveui.model.risk import Facts, risk
from hiveui.model.state import Workspace
from hiveui.model.worktree import Worktree
from hiveui.storage.secrets import redact

KEPT = 4
"""Comparisons of one client that are kept; who reads an older one is told to look again."""
ADDED = 200_000
"""Characters that a file adds that are searched for secrets."""


Page = list[dict[str, Any]]


class Site(NamedTuple):
    """A place where agents work."""

    top: Path
    roles: tuple[str, ...]
    folder: Path
    """The workspace's."""
    tree: Worktree | None
    """None where it is no agent's own."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A site, and what it is compared with."""

    site: Site
    area: Area
    base: Base | None = None
    """None where it cannot be compared with anything."""


@dataclass(slots=True)
class Comparison:
    """What was found at one moment."""

    workspace: WorkspaceId
    checkouts: tuple[Checkout, ...]
    files: tuple[Changed, ...]
    roles: tuple[str, ...]
    pages: dict[Group, list[Page]] = field(default_factory=dict)
    """As far as they were asked for."""
    rest: dict[Group, Iterator[Page]] = field(default_factory=dict)
    """What makes those that were not."""
    by: int = 0
    """The client that took it."""

    def page(self, group: Group, number: int) -> tuple[Page, int | None]:
        """Give a page of the files in one order, and the number of the next one. Raises UsageError."""
        if group not in self.pages:
            self.pages[group], self.rest[group] = [], pages(ordered(self.files, group, self.roles))
        made = self.pages[group]
        made += itertools.islice(self.rest[group], max(0, number + 2 - len(made)))
        if number >= len(made):
            raise UsageError("There are no more pages.")
        return made[number], number + 1 if number + 1 < len(made) else None


class Comparisons:
    """Takes comparisons of workspaces, and keeps the last ones."""

    def __init__(self, supervisors: Mapping[WorkspaceId, Supervisor], files: Writes, mirrors: Mirrors) -> None:
        self.mirrors = mirrors
        self._supervisors = supervisors
        self.files = files
        self._kept: dict[int, Comparison] = {}
        self._numbers = itertools.count(1)

    async def take(self, workspace: WorkspaceId, role: str = "", by: int = 0) -> tuple[int, Comparison]:
        """Look at the checkouts of all agents, or of one, for a client. Raises UsageError."""
        supervisor, sites = running(self._supervisors, workspace), self.sites(workspace, role)
        found = await asyncio.gather(*(asyncio.to_thread(_looked_at, site) for site in sites))
        authors = self._authors(workspace)
        weighed = await asyncio.to_thread(self._weighed, supervisor, found, authors)
        roles = tuple(agent.role for agent in supervisor.workspace.agents)
        comparison = Comparison(workspace, tuple(one for one, _ in found), weighed, roles, by=by)
        number = next(self._numbers)
        self._kept[number] = comparison
        self.forget(by, KEPT)
        return number, comparison

    def forget(self, by: int, but: int = 0) -> None:
        """Let go of what a client took, but for its last ones."""
        taken = [number for number, one in self._kept.items() if one.by == by]
        for number in taken[: max(0, len(taken) - but)]:
            del self._kept[number]

    def kept(self, workspace: str, number: int) -> Comparison:
        """Give a comparison that was taken. Raises UsageError where it is not kept any more."""
        comparison = self._kept.get(number)
        if comparison is None or comparison.workspace != workspace:
            raise UsageError("That look at the changes is not kept any more.", "Look again.")
        return comparison

    def sites(self, workspace: WorkspaceId, role: str = "") -> list[Site]:
        """Give each place where agents work, or one agent's. Raises UsageError."""
        supervisor = running(self._supervisors, workspace)
        folder, found = Path(supervisor.workspace.path), dict[Path, Site]()
        for agent in supervisor.workspace.agents:
            if agent.child_of is None and not agent.added:
                way = self.mirrors.way(agent, supervisor.launches.get(agent.id))
                tree = way.worktree if way is not None else None
                top = Path(tree.path) if tree is not None else _top(Path(self.mirrors.seen(agent).dir))
                before = found[top].roles if top in found else ()
                found[top] = Site(top, (*before, agent.role), folder, tree)
        sites = [site for site in found.values() if role in ("", *site.roles)]
        if role and not sites:
            names = ", ".join(name for site in found.values() for name in site.roles)
            raise UsageError(f"There is no agent {role!r} here that works in a folder.", f"There are: {names}.")
        return sites

    def _authors(self, workspace: WorkspaceId) -> Mapping[tuple[str, str], list[str]]:
        """Give who wrote what, by checkout and path, as far as that is known."""
        authors: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for write in self.files.writes(workspace):
            known = authors[write.top, write.path]
            if write.by is not None and write.role not in known:
                known.append(write.role)
        return authors

    def _weighed(
        self,
        supervisor: Supervisor,
        found: Sequence[tuple[Checkout, Sequence[tuple[FileDiff, str]]]],
        authors: Mapping[tuple[str, str], Sequence[str]],
    ) -> tuple[Changed, ...]:
        """Give the files of all checkouts with who changed them, and how much there is to look at. Blocks."""
        files = [changed for at, (one, seen) in enumerate(found) for changed in _labelled(one, at, seen, authors)]
        seen = self.mirrors.all_seen(supervisor.workspace)
        by_path: defaultdict[str, list[str]] = defaultdict(list)
        for one in files:
            by_path[one.file.path] += one.roles

        def facts(one: Changed) -> Facts:
            path = found[one.area][0].site.top / one.file.path
            outside = next((role for role in one.roles if _outside(supervisor, seen, role, str(path))), "")
            others = tuple(dict.fromkeys(role for role in by_path[one.file.path] if role not in one.roles[:1]))
            return Facts(others if one.roles else (), outside, _has_secret(one.file))

        return tuple(replace(one, risk=risk(one.file, facts(one))) for one in files)


def _outside(supervisor: Supervisor, workspace: Workspace, role: str, path: str) -> bool:
    """Tell whether a path is outside of what a role owns."""
    agent = workspace.role(role)
    if agent is None or agent.spec is None:
        return False
    base = holding.base_of(workspace.path, agent, supervisor.launches.get(agent.id))
    return trespasses(path.removeprefix(f"{base}/"), agent.spec)


def _has_secret(file: FileDiff) -> bool:
    added = "\n".join(line.text for hunk in file.hunks for line in hunk.lines if line.mark == "+")[:ADDED]
    return redact(added) != added


def _top(folder: Path) -> Path:
    """Give the top of the checkout that a folder is in; the folder itself where there is none."""
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


def _looked_at(site: Site) -> tuple[Checkout, Sequence[tuple[FileDiff, str]]]:
    """Compare one checkout; each file with why it is not shown, or ''. Blocks."""
    area = Area(str(site.top), site.roles)
    if not (site.top / ".git").exists():
        there = "is in no git repository" if site.top.exists() else "is not there any more"
        return Checkout(site, replace(area, note=f"{site.top} {there}: there is nothing to compare.")), ()
    tree = site.tree
    try:
        base = base_of(site.top, site.folder if tree is not None else None)
        found = difference(site.top, base.commit)
    except GitError as error:
        return Checkout(site, replace(area, note=f"{error} {error.hint}".strip())), ()
    files = [*((file, "") for file in found.files), *found.unshown]
    copied = (*tree.copy, *tree.link) if tree is not None else ()
    own = [(file, why) for file, why in files if not _put_there(file, copied)]
    return Checkout(site, replace(area, against=base.words), base), own


def _put_there(file: FileDiff, copied: Sequence[str]) -> bool:
    """Tell whether a file was put into a worktree for its agent: that is no work of the agent's."""
    return file.status is Status.ADDED and any(
        file.path == name or file.path.startswith(name.rstrip("/") + "/") for name in copied
    )


def _labelled(
    one: Checkout, at: int, found: Sequence[tuple[FileDiff, str]], authors: Mapping[tuple[str, str], Sequence[str]]
) -> list[Changed]:
    """Give the files of a checkout with who changed them: in a worktree its agent, else who was seen."""
    own = one.site.roles if one.site.tree is not None else ()
    return [
        Changed(at, tuple(authors.get((one.area.top, file.path), ())) or own, file, digests(file), why)
        for file, why in found
    ]
