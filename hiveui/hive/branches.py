"""What each agent of a workspace has to merge: its branch, its last commit, and what stands in the way."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hiveui.agents.launch import Launch
from hiveui.errors import GitError, UsageError
from hiveui.git import commits, landing, merging
from hiveui.git.merging import Source
from hiveui.git.program import git
from hiveui.git.repository import HEADS, Repository, find, real, tip
from hiveui.git.worktrees import CHECKOUT, without
from hiveui.hive.checkouts import stands
from hiveui.model.agent import Agent, AgentId
from hiveui.model.codec import to_json
from hiveui.model.merging import Conflict, Status, Trains, Way, ordered
from hiveui.model.names import quoted
from hiveui.model.slugs import slug
from hiveui.model.state import Workspace
from hiveui.model.text import visible

AT_ONCE = 4
"""Checkouts that are looked at at once."""
SHARED = (
    "It works in your own checkout: what is committed there needs no merging. "
    "`checkout: worktree` in the layout gives it a branch of its own."
)
"""Why an agent without a checkout of its own has nothing to merge."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What one agent has to merge."""

    role: str
    place: Path
    """The top of its checkout."""
    name: str = ""
    """Its branch; '' where it has none of its own."""
    source: Source = field(default_factory=lambda: Source(""))
    ahead: int = 0
    """Commits that were not landed yet."""
    behind: int = 0
    dirty: int = 0
    """Files that it changed and did not commit."""
    conflicts: tuple[Conflict, ...] = ()
    """What is foreseen, behind those that come before it."""
    check: tuple[str, ...] = ()
    proof: str = ""
    """What its check came to on its checkout as it is: `passed` or `failed`; '' where nothing tells."""
    why: str = ""
    """Why it cannot be merged, and the mend; '' where it can be."""

    def to_json(self) -> dict[str, Any]:
        """Give what clients are told."""
        facts = {"role": self.role, "place": str(self.place), "branch": self.name, "tip": self.source.tip}
        counts = {"ahead": self.ahead, "behind": self.behind, "dirty": self.dirty, "why": self.why}
        return facts | counts | {"conflicts": to_json(self.conflicts), "check": list(self.check), "proof": self.proof}


def place_of(agent: Agent, launch: Launch | None) -> Path:
    """Give the top of the checkout that an agent works in. Raises GitError where its own is another's by now."""
    if launch is not None and launch.worktree is not None:
        place = Path(launch.worktree.path)
        if place.is_dir() and not stands(launch.worktree):
            raise GitError(f"{place} is not its own any more.", "Look at its .git: `hive restart ROLE` says more.")
        return place
    folder = Path(agent.dir)
    found = find(folder) if folder.is_dir() else None
    return found.top if found is not None and found.top is not None else folder


def repository_of(folder: Path) -> Repository:
    """Give the repository of a workspace's folder. Raises GitError where there is none, or nothing in it."""
    found = find(folder)
    if found is None or not found.head:
        raise GitError(*without(folder, found))
    return found


def base_of(repository: Repository, folder: Path, into: str) -> str:
    """Give the name of the branch that is merged into: the one that is meant, else the folder's. Raises GitError."""
    if not into:
        return commits.branch(folder).removeprefix(HEADS)
    if git(repository.common, "check-ref-format", "--branch", into).out.removesuffix("\n") != into:
        raise UsageError(f"{quoted(into)} is no name of a branch.", "Name one, such as main or integration.")
    return into


class Branches:
    """The branches of one workspace's agents, as they are now. It asks git, so it is not for the event loop."""

    def __init__(
        self,
        folder: Path,
        agents: Sequence[Agent],
        launches: Mapping[AgentId, Launch],
        trains: Trains,
        into: str = "",
    ) -> None:
        """Raises GitError where the folder has no repository, or is on no branch and none is named."""
        self.repository = repository_of(folder)
        self.into = base_of(self.repository, folder, into)
        self.before = tip(self.repository.common, HEADS + self.into)
        """Where that branch stands; '' where it is to be made."""
        self.onto = self.before or self.repository.head
        self._trains = trains
        with ThreadPoolExecutor(AT_ONCE, "branches") as pool:
            read = [pool.submit(self._read, one, launches.get(one.id)) for one in agents if one.child_of is None]
            seen = [one.result() for one in read]
        own = next((one for one in seen if one.name == self.into and not one.why), None)
        if own is not None:
            raise UsageError(f"{self.into} is the branch of {own.role}.", "Merge into another one: --into BRANCH.")
        self.all = tuple(seen)

    @classmethod
    def of(cls, workspace: Workspace, launches: Mapping[AgentId, Launch], into: str) -> "Branches":
        """Look at the branches of a workspace. Raises GitError and UsageError."""
        return cls(Path(workspace.path), workspace.agents, dict(launches), workspace.trains, into)

    def _read(self, agent: Agent, launch: Launch | None) -> Branch:
        check = agent.spec.check if agent.spec is not None else ()
        proof = agent.proof.status.value if agent.proof.holds else ""
        found = Branch(agent.role, Path(agent.dir), check=check, proof=proof)
        try:
            found = replace(found, place=place_of(agent, launch))
            return self._facts(found)
        except GitError as error:
            return replace(found, why=" ".join(filter(None, (str(error), error.hint))))

    def _facts(self, found: Branch) -> Branch:
        place = found.place
        commits.ready(place)
        listed = git(place, "status", "--porcelain", "-z", "--no-renames", within=commits.LONG).checked()
        found = replace(found, dirty=sum(map(bool, listed.split("\0"))))
        there = repository_of(place)
        if there.common != self.repository.common:
            self._take_over(found.role, place, there.head)
        shared = [self.repository.top, *landing.checkouts_on(self.repository, self.into)]
        if real(place) in {real(one) for one in shared if one is not None}:
            return replace(found, why=SHARED)
        name = commits.branch(place).removeprefix(HEADS)
        source = Source(there.head, self._landed(found.role, name, there.head), visible(name))
        merging.refuse_unrelated(self.repository.common, self.onto, there.head)
        ahead = len(merging.fresh(self.repository.common, self.onto, source, "--no-merges"))
        return replace(
            found,
            name=name,
            source=source,
            ahead=ahead,
            behind=merging.behind(self.repository.common, self.onto, source),
        )

    def _take_over(self, role: str, clone: Path, tip: str) -> None:
        """Have the repository hold the commits of a clone. Raises GitError."""
        common = self.repository.common
        if git(common, "cat-file", "-e", f"{tip}^{{commit}}").status:
            to = f"+HEAD:refs/hive/clones/{slug(role)}-{hashlib.sha256(role.encode()).hexdigest()[:8]}"
            words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--end-of-options", str(clone), to)
            git(common, *words, protocols=("file",), within=CHECKOUT).checked()

    def _landed(self, role: str, name: str, tip: str) -> str:
        """Give the commit of a branch up to which its changes came into the other as other commits; '' for none."""
        common = self.repository.common
        for train in reversed(self._trains):
            if train.into != self.into or train.way is Way.MERGE:
                continue
            for step in train.steps:
                same = step.status is Status.MERGED and (step.role, step.branch) == (role, name)
                if same and merging.holds(common, self.onto, step.made) and merging.holds(common, tip, step.tip):
                    return step.tip
        return ""

    def ready(self) -> tuple[Branch, ...]:
        """Give those that have something to merge, in the order that is proposed: the fewest conflicts first."""
        able = [one for one in self.all if one.ahead and not one.why]
        alone = {one.role: len(self._ahead(self.onto, one).conflicts) for one in able}
        named = {one.role: one for one in able}
        return tuple(named[role] for role in ordered(named, alone))

    def chosen(self, roles: Iterable[str]) -> tuple[Branch, ...]:
        """Give those that are meant, in the order that they are named in. Raises UsageError."""
        named = {one.role: one for one in self.all}
        found: dict[str, Branch] = {}
        for role in roles:
            one = named.get(role)
            if one is None:
                raise UsageError(f"There is no agent {quoted(role)} here.", "`hive status` lists them.")
            if one.why:
                raise UsageError(f"{quoted(role)} cannot be merged: {one.why}")
            found[role] = one
        return tuple(found.values())

    def foreseen(self, chosen: Sequence[Branch]) -> tuple[Branch, ...]:
        """Give branches with the conflicts that each would have behind those before it. Raises GitError."""
        onto = self.onto
        told = []
        for one in chosen:
            found = self._ahead(onto, one)
            told.append(replace(one, conflicts=found.conflicts))
            onto = found.commit or onto
        return tuple(told)

    def _ahead(self, onto: str, one: Branch) -> merging.Merged:
        """Merge a branch, for the sake of what comes of it: the commit is kept by nothing."""
        return merging.merge(self.repository.common, Way.MERGE, onto, one.source, "foreseen")
