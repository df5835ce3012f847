"""Comments on lines: sent to their authors as numbered messages, and watched until they are answered."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.errors import HiveError, UsageError
from hiveui.git.diff import base_of, difference
from hiveui.hive.bus import Bus
from hiveui.hive.comparisons import Comparisons, Site
from hiveui.hive.panes import Panes
from hiveui.hive.prompts import Prompts
from hiveui.hive.session import now
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.comments import answer, find, message, place, stands
from hiveui.model.diff import Hunk, Line
from hiveui.model.events import AgentRead, Event, PromptLeft
from hiveui.model.review import Comment, CommentMoved, CommentWritten, Stage
from hiveui.model.signs import AgentState
from hiveui.model.turns import Happening, Hooked
from hiveui.model.weighing import RESTING
from hiveui.storage import regular

LONGEST = 20_000
"""Characters of a comment."""
LARGE = 1 << 20
"""Bytes of a file that are read."""
SCREEN = 300
"""Lines of a pane in which an answer is sought."""
AROUND = 8
"""Lines of a file that stand for a hunk, on either side, where the line was not changed."""
_AT_REST = RESTING | {AgentState.QUESTION, AgentState.UNSURE}


class Comments:
    """What the person says of lines."""

    def __init__(
        self,
        bus: Bus,
        comparisons: Comparisons,
        prompts: Prompts,
        panes: Panes,
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        self._bus = bus
        self._comparisons = comparisons
        self._prompts = prompts
        self._panes = panes
        self._spawn = spawn
        self._alone = asyncio.Lock()
        """They are numbered one after the other."""
        bus.listen(self._hear)

    # verbs

    async def write(
        self, *, workspace: str, role: str, path: str, line: int, text: str, old: bool = False, top: str = ""
    ) -> dict[str, Any]:
        """Say something of a line to an agent; `top` names the checkout where it is not the agent's own."""
        if not text.strip() or len(text) > LONGEST:
            raise UsageError(f"A comment has 1 to {LONGEST:,} characters.")
        id_ = WorkspaceId(workspace)
        site = self._site(id_, role, top)
        hunk, at = await asyncio.to_thread(_quote, site, path, line, old=old)
        async with self._alone:
            comment = Comment(
                number=self._bus.workspace(id_).review.count + 1,
                role=role,
                top=str(site.top),
                path=path,
                line=line,
                text=text.strip(),
                time=now(),
                old=old,
                place=place(hunk.lines, at),
            )
            told = await self._prompts.queue(workspace=workspace, role=role, text=message(comment, hunk, at))
            stage = Stage.QUEUED if told["prompt"] else Stage.DELIVERED
            self._bus.publish(CommentWritten(id_, replace(comment, prompt=told["prompt"], stage=stage)))
        return {"number": comment.number, "stage": stage.value, "ahead": told["ahead"], "why": told["why"]}

    def list(self, *, workspace: str) -> dict[str, Any]:
        """List the comments by number."""
        return {"comments": to_json(self._of(WorkspaceId(workspace)))}

    def resolve(self, *, workspace: str, number: int) -> None:
        """Be content with what became of a comment."""
        if not any(comment.number == number for comment in self._of(WorkspaceId(workspace))):
            raise UsageError(f"There is no comment #{number} here.", "See `hive comments`.")
        self._move(WorkspaceId(workspace), number, Stage.RESOLVED)

    # what becomes of them

    async def look(self, workspace: WorkspaceId, role: str = "", said: Sequence[str] = ()) -> None:
        """See which of the comments that were delivered are answered, in what is `said` or stands in the pane."""
        waiting = [c for c in self._of(workspace) if c.stage is Stage.DELIVERED and role in ("", c.role)]
        for one in dict.fromkeys(comment.role for comment in waiting):
            lines = [*said, *await self._screen(workspace, one)]
            for comment in (comment for comment in waiting if comment.role == one):
                found = answer(comment, lines)
                if found:
                    self._move(workspace, comment.number, Stage.ANSWERED, found)
                elif await asyncio.to_thread(_changed, comment):
                    self._move(workspace, comment.number, Stage.CHANGED)

    def heard(self, supervisor: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told: at the end of a turn, its last words."""
        if event.happening is Happening.DONE and event.text:
            self._seek(supervisor.id, agent.role, (event.text,))

    def _hear(self, event: Event) -> None:
        """Follow the prompts that carry comments, and agents that come to rest."""
        match event:
            case PromptLeft():
                number = next((one.number for one in self._of(event.workspace) if one.prompt == event.id), 0)
                stage = Stage.DELIVERED if event.delivered else Stage.RESOLVED
                if number:
                    self._soon(self._move, event.workspace, number, stage)
            case AgentRead() if event.reading.state in _AT_REST:
                agent = self._bus.workspace(event.workspace).agent(event.id)
                if agent is not None:
                    self._seek(event.workspace, agent.role, ())

    def _seek(self, workspace: WorkspaceId, role: str, said: Sequence[str]) -> None:
        if any(one.role == role and one.stage is Stage.DELIVERED for one in self._of(workspace)):
            self._spawn(self.look(workspace, role, said))

    def _soon(self, do: Callable[..., None], *args: Any) -> None:
        """Do something once all have heard of the event that is being told."""
        asyncio.get_running_loop().call_soon(do, *args)

    def _move(self, workspace: WorkspaceId, number: int, stage: Stage, words: str = "") -> None:
        found = next((one for one in self._of(workspace) if one.number == number), None)
        if found is not None and found.stage not in (stage, Stage.RESOLVED):
            self._bus.publish(CommentMoved(workspace, number, stage, words))

    async def _screen(self, workspace: WorkspaceId, role: str) -> Sequence[str]:
        with contextlib.suppress(HiveError):
            lines: Sequence[str] = (await self._panes.read(workspace=workspace, role=role, lines=SCREEN))["lines"]
            return lines
        return ()

    def _of(self, workspace: WorkspaceId) -> tuple[Comment, ...]:
        found = self._bus.state.workspaces.get(workspace)
        return found.review.comments if found is not None else ()

    def _site(self, workspace: WorkspaceId, role: str, top: str) -> Site:
        """Find the checkout that is meant. Raises UsageError."""
        (own,) = self._comparisons.sites(workspace, role)[:1]
        sites = self._comparisons.sites(workspace) if top else [own]
        found = next((site for site in sites if top in ("", str(site.top))), None)
        if found is None:
            raise UsageError(f"No agent works in {top}.")
        return found


def _quote(site: Site, path: str, line: int, *, old: bool) -> tuple[Hunk, int]:
    """Give the hunk that a line stands in, or what stands around it, and its place there. Raises UsageError. Blocks."""
    if "\0" in path or not _encodable(path):
        raise UsageError("No file has such a name.", "Name a file as `hive diff` does.")
    with contextlib.suppress(HiveError):
        base = base_of(site.top, site.folder if site.tree is not None else None)
        for file in difference(site.top, base.commit, (path,)).files:
            found = find(file.hunks, line, old=old)
            if found is not None and file.path == path:
                return found
    lines = _lines(site.top, path)
    if old or not 1 <= line <= len(lines):
        where = "the lines that were taken away" if old else f"1 to {len(lines):,}"
        raise UsageError(f"{path} has no line {line}: it has {where}.", "Name a line as FILE:LINE.")
    first = max(0, line - 1 - AROUND)
    around = tuple(Line(" ", text) for text in lines[first : line + AROUND])
    return Hunk(first + 1, len(around), first + 1, len(around), "", around), line - 1 - first


def _encodable(path: str) -> bool:
    """Tell whether a file may have such a name: no half characters, but for bytes as os.fsdecode gives them."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _lines(top: Path, path: str) -> list[str]:
    """Read a file below a checkout's top. Raises UsageError where it is none, or too large. Blocks."""
    place = Path(os.path.realpath(os.path.normpath(top / path)))
    if not place.is_relative_to(os.path.realpath(top)):
        raise UsageError(f"{path} leads out of {top}.", "Name a file below the top of the agent's checkout.")
    try:
        data, _ = regular.read(place, LARGE + 1)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise UsageError(f"{path} cannot be read in {top}: {said}.", "Name a file as `hive diff` does.") from error
    if len(data) > LARGE:
        raise UsageError(f"{path} is too large to be commented on.")
    return data.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")


def _changed(comment: Comment) -> bool:
    """Tell whether the place of a comment reads otherwise by now. Blocks."""
    if not comment.place:
        return False
    try:
        lines = _lines(Path(comment.top), comment.path)
    except UsageError:
        return not (Path(comment.top) / comment.path).exists() and not comment.old
    return not stands(comment.place, lines)
