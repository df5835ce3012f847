"""Where agents work: the workspace's own checkout, or a worktree or clone each; and how their programs begin there."""

import asyncio
import os
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from hiveui.agents import setup
from hiveui.agents.launch import Launch
from hiveui.errors import GitError, LayoutError
from hiveui.git import clones, worktrees
from hiveui.git.head import branch_of
from hiveui.git.plots import choose
from hiveui.git.repository import Repository, find, real
from hiveui.hive.processes import obstacle, telling
from hiveui.model.agent import AgentId
from hiveui.model.hosts import LOCAL, HostSpec, folder_on
from hiveui.model.layout import AgentSpec, Layout
from hiveui.model.slugs import branches, slug
from hiveui.model.worktree import FORMS, Worktree

NO_CLONES = "`checkout: clone` is for agents here: on its host it works in the folder that is there."
PATIENCE = 0.5
"""Seconds after which a person wants to know what is waited for."""


class Maker(Protocol):
    """What has working copies of one form be there."""

    def existing(self, tree: Worktree) -> bool:
        """Tell whether one is there and is this agent's."""

    def ensure(self, tree: Worktree) -> worktrees.Made:
        """Have one be there. Raises GitError."""


_MAKERS: Mapping[str, Maker] = {"worktree": worktrees, "clone": clones}


def stands(tree: Worktree) -> bool:
    """Tell whether an agent's working copy is there and is its own."""
    return _MAKERS[tree.form].existing(tree)


@dataclass(frozen=True, slots=True)
class Site:
    """Where one agent is to work."""

    worktree: Worktree | None = None
    branch: str = ""
    """What is checked out in its worktree, or will be; '' for a commit, and where git cannot tell."""
    exists: bool | None = False
    """None on another host: it was not looked at there."""
    notes: tuple[str, ...] = ()

    def to_json(self, host: str) -> dict[str, Any] | None:
        """Give what `workspace/plan` says of it, which is on a host: null for the workspace's own checkout."""
        tree = self.worktree
        if tree is None:
            return None
        path = folder_on(host, tree.path)
        facts = {"form": tree.form, "path": path, "branch": self.branch or None, "exists": self.exists}
        return facts | {"copy": list(tree.copy), "link": list(tree.link), "setup": [list(argv) for argv in tree.setup]}


class Checkouts:
    """The sites of one workspace's agents. It asks git, so it is not for the event loop."""

    def __init__(self, place: Path, folder: Path, name: str, layout: Layout, file: Path, *, there: str) -> None:
        """Find the repository of a workspace's `folder` and `name`, if `layout`, read from `file`, asks for worktrees.

        They stand in `place`, or where the layout says; on other hosts below our folder `there`, which is below the
        home. Raises LayoutError where that is inside of the checkout.
        """
        self._there = posixpath.join(there, "worktrees", place.name)
        self._worktrees = layout.worktrees
        self._file = str(file)
        self._folder = folder
        self._name = name
        self._place = real(folder / layout.worktrees if layout.worktrees else place)
        self._repository: Repository | None = None
        self._without: tuple[str, str] = ("", "")
        """Why there can be no worktrees here, and the mend; '' where there can be, or git does not tell."""
        if any(spec.checkout in FORMS and spec.host == LOCAL for spec in layout.agents):
            self._look(layout)

    def _look(self, layout: Layout) -> None:
        try:
            self._repository = find(self._folder)
        except GitError:
            return  # making them fails, and then says it
        if self._repository is None or not self._repository.head:
            self._without = worktrees.without(self._folder, self._repository)
            return
        barred = worktrees.inside(self._repository, self._place)
        if barred is None:
            return
        mend = f"Name a folder outside of it, such as ../{self._folder.name or 'hive'}-worktrees."
        if layout.worktrees:
            raise LayoutError(
                f"`worktrees: {layout.worktrees}` is inside of the checkout {barred}.", mend, file=self._file
            )
        self._without = f"{self._place} is inside of the checkout {barred}.", f"Set `worktrees:` in the layout. {mend}"

    def site(self, spec: AgentSpec, owner: AgentId) -> Site:
        """Say where an agent is to work. Raises LayoutError where its `dir` leads out of its worktree."""
        if spec.checkout not in FORMS:
            return Site()
        sentence, mend = self._without
        if sentence:
            return Site(notes=(f"it shares the workspace's folder without a {spec.checkout}: {sentence} {mend}",))
        found = self._repository
        tree = Worktree(
            path=str(self._place / slug(spec.role)),
            owner=owner,
            folder=str(self._folder),
            root=str(found.top if found and found.top else self._folder),
            branches=branches(self._name, spec.role),
            copy=spec.copy,
            link=spec.link,
            setup=spec.setup,
            form=spec.checkout,
        )
        self._held(tree, spec)
        exists = stands(tree)
        taken = found.branches if found else frozenset()
        branch = branch_of(Path(tree.path)) if exists else choose(tree.branches, taken)
        return Site(tree, branch or "", exists, _not_done(tree))

    def site_there(self, spec: AgentSpec, owner: AgentId, host: HostSpec) -> Site:
        """Say where an agent on another host is to work; what is relative is below the home there.

        Raises LayoutError where its `dir` leads out of its worktree.
        """
        if spec.checkout != "worktree":
            return Site(notes=(NO_CLONES,) if spec.checkout == "clone" else ())
        folder = host.dir or "."
        place = posixpath.join(folder, self._worktrees) if self._worktrees else self._there
        tree = Worktree(
            path=posixpath.normpath(posixpath.join(place, slug(spec.role))),
            owner=owner,
            folder=folder,
            root=folder,
            branches=branches(self._name, spec.role),
            copy=spec.copy,
            link=spec.link,
            setup=spec.setup,
        )
        self._held(tree, spec)
        return Site(tree, tree.branches[0], None)

    def _held(self, tree: Worktree, spec: AgentSpec) -> None:
        if not tree.holds(tree.place(spec.dir)):
            raise LayoutError(
                f"`dir: {spec.dir}` of {spec.role} leads out of its {tree.form}.",
                "Name a folder of the repository, or take `checkout: shared`.",
                file=self._file,
            )


def _not_done(tree: Worktree) -> tuple[str, ...]:
    """Say what of the repository a worktree lacks."""
    if not (Path(tree.root) / ".gitmodules").exists() or any("submodule" in argv for argv in tree.setup):
        return ()
    return ("submodules are not checked out in its worktree: `setup: [[git, submodule, update, --init]]`.",)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an agent's program begins."""

    argv: tuple[str, ...]
    cwd: str
    unbegun: Callable[[], str] = str
    """Asked once it has ended: why the agent itself never began, or ''."""
    hopeless: bool = False
    """Nothing but a sentence is started."""
    trouble: GitError | None = None
    """Why it has no worktree; then `argv` says so in its pane."""


async def begin(launch: Launch, env: Mapping[str, str], say: Callable[[str], None]) -> Beginning:
    """Have the worktree of a launch be there, and give how its program begins; `say` hears what takes long."""
    tree = launch.worktree
    if tree is None:
        return _begin(launch, env)
    soon = asyncio.get_running_loop().call_later(PATIENCE, say, f"its worktree is being made: {tree.path}")
    try:
        made = await asyncio.to_thread(_made, tree, launch.cwd)
    except GitError as error:
        sentence = f"{error} {error.hint}".strip()
        return replace(telling_only(sentence), trouble=error)
    finally:
        soon.cancel()
    if made.remark:
        say(made.remark)
    if not tree.needs_setup or made.ready.exists():
        return _begin(launch, env)
    argv = setup.words(tree, made.ready, launch.argv, launch.install)
    failed = "set-up failed: the pane shows where, and a restart does it again"
    return Beginning(tuple(argv), launch.cwd, lambda: "" if made.ready.exists() else failed)


def _begin(launch: Launch, env: Mapping[str, str]) -> Beginning:
    """Give how a program begins in a folder that is to be there: itself, or a sentence on why not."""
    sentence = obstacle(launch, env)
    return telling_only(sentence) if sentence else Beginning(launch.argv, launch.cwd)


def telling_only(sentence: str) -> Beginning:
    """Give a beginning that is nothing but a sentence in the pane."""
    return Beginning(tuple(telling(sentence)), "/", lambda: sentence, hopeless=True)


def _made(tree: Worktree, cwd: str) -> worktrees.Made:
    made = _MAKERS[tree.form].ensure(tree)
    if not os.path.isdir(cwd):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
        lacking = os.path.relpath(cwd, tree.path)
        raise GitError(f"its {tree.form} has no folder {lacking}.", "Commit that folder, or mend `dir`.")
    return made
