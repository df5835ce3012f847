"""How an agent that is about to start is held to what its role owns."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hiveui.agents import walls
from hiveui.agents.hooks import asking
from hiveui.agents.launch import Launch
from hiveui.agents.reach import Territory, work_out
from hiveui.errors import GitError, StorageError
from hiveui.git.repository import find, real
from hiveui.model.agent import Agent, AgentId
from hiveui.model.globs import Globs
from hiveui.model.layout import AgentSpec
from hiveui.model.ownership import Bounds, Mode, Wall, mode_of
from hiveui.model.worktree import FORMS
from hiveui.storage import atomic

COMMANDS = "what its commands write is not asked about; you are told after."


class Held(NamedTuple):
    """What a start becomes."""

    argv: tuple[str, ...]
    bounds: Bounds | None
    """None for an agent that may write anywhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agent works, and what belongs to agents there."""

    base: Path
    """What its globs are below."""
    others: tuple[Path, ...] = ()
    """Checkouts of the workspace's other agents."""


def place_of(folder: str, agent: Agent, launches: Mapping[AgentId, Launch]) -> Place:
    """Say where an agent of the workspace in `folder` works."""
    own = launches.get(agent.id)
    trees = [Path(way.worktree.path) for way in launches.values() if way.worktree is not None]
    return Place(base_of(folder, agent, own), (Path(folder), *trees))


def base_of(folder: str, agent: Agent, launch: Launch | None) -> Path:
    """Give the folder that an agent's globs are below: the workspace's, or its like in the agent's own checkout.

    For an agent on another host it is the like of its folder there, where that is mirrored.
    """
    if not agent.here:
        return real(Path(agent.dir, os.path.relpath(".", agent.spec.dir if agent.spec is not None else ".")))
    if launch is not None and launch.worktree is not None:
        return real(Path(launch.worktree.place(".")))
    checkout = agent.spec.checkout if agent.spec is not None else "shared"
    return real(Path(folder, "." if checkout in {"shared", *FORMS} else checkout))


def free_folders(env: Mapping[str, str], base: Path) -> list[str]:
    """List the folders that are nobody's: those for temporary files, and of programs' own settings."""
    home = env.get("HOME", "")
    named = [env.get("TMPDIR") or tempfile.gettempdir(), "/tmp"]  # noqa: S108  named, not written to
    named += [f"{home}/{name}" for name in PROGRAMS if home]
    named += [env[name] for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME") if env.get(name)]
    free = dict.fromkeys(os.path.realpath(folder) for folder in named)
    return [folder for folder in free if not base.is_relative_to(folder)]


PROGRAMS = (".claude", ".codex", ".gemini", ".qwen", ".copilot", ".config", ".cache", ".local")
"""Where programs keep what is theirs, in a home."""


def still_held(old: AgentSpec | None, new: AgentSpec | None, bounds: Bounds | None) -> Bounds | None:
    """Say how a running agent is held once its layout says something else: what it started with stays until then."""
    if new is None or new.owns is None:
        return None
    if old is not None and (old.owns, old.mode) == (new.owns, new.mode):
        return bounds
    wall = bounds.wall if bounds is not None else Wall.NONE
    restart = "its layout says something else since it was started: a restart holds it to that."
    return Bounds(wall, () if wall is Wall.NONE and mode_of(new) is Mode.WARN else (restart,))


@dataclass(frozen=True, slots=True)
class Starting:
    """A program that is about to be started."""

    agent: Agent
    launch: Launch
    """With the argv that is run."""
    place: Place
    env: Mapping[str, str]

    @property
    def mode(self) -> Mode | None:
        """What becomes of its writes outside; None where it may write anywhere."""
        return mode_of(self.agent.spec) if self.agent.spec is not None else None

    @property
    def asking(self) -> bytes:
        """What the program is to ask by before it writes; b"" where it is not to, or cannot."""
        if self.agent.spec is None or self.mode is not Mode.ASK or not self._can_ask:
            return b""
        return asking.lines(self.agent.spec, str(self.place.base), free_folders(self.env, self.place.base))

    @property
    def _can_ask(self) -> bool:
        return self.launch.hooks is not None and bool(self.launch.hooks.asks)

    def hold(self, words: tuple[str, ...], file: Path) -> Held:
        """Hold it to what the agent's role owns, as far as can be here; `file` is where that may be described.

        In `words`, the launch's own argv comes last: what sets a worktree up before it is not held. It asks git and
        looks at folders, so it is not for the event loop.
        """
        match self.mode:
            case None:
                return Held(words, None)
            case Mode.WARN:
                return Held(words, Bounds())
            case Mode.ASK if self._can_ask:
                return Held(words, Bounds(Wall.HOOK, (COMMANDS,)))
            case Mode.ASK:
                note = f"{self.agent.kind} has no way to ask before it writes; you are told after."
                return Held(words, Bounds(notes=(note,)))
            case Mode.BLOCK:
                return self._behind_wall(words, file)

    def _behind_wall(self, words: tuple[str, ...], file: Path) -> Held:
        wall, why = walls.best(self.env)
        if wall is Wall.NONE:
            return Held(words, Bounds(notes=(f"not enforced: {why}.",)))
        reach = self._reach()
        if not reach.whole:
            return Held(words, Bounds(notes=tuple(f"not enforced: {note}" for note in reach.notes)))
        at = len(words) - len(self.launch.argv)
        before, argv = (words[:at], words[at:]) if words[at:] == self.launch.argv else ((), words)
        try:
            held = walls.behind(wall, reach, argv, file, atomic.write)
        except StorageError as error:
            return Held(words, Bounds(notes=(f"not enforced: {error}",)))
        lacks = walls.LACKS.get(wall)
        return Held((*before, *held), Bounds(wall, (*reach.notes, *([lacks] if lacks else []))))

    def _reach(self) -> Territory:
        base = self.place.base
        try:
            git = find(base)
        except GitError:
            git = None
        top = git.top if git is not None and git.top is not None else base
        owns = self.agent.spec.owns if self.agent.spec is not None else None
        return work_out(base, [top, base, *self.place.others], Globs(owns or ()), git.common if git else None)
