"""Commits of what agents on other hosts changed: made there, as the person of here."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from hiveui.errors import GitError, HostError
from hiveui.git import commits
from hiveui.git.program import Answer
from hiveui.hive.mirrors import Mirrors
from hiveui.hosts.commits import DETACHED, DOING, LARGE, LARGEST, LOCKED, MOVED, STAGED, commit
from hiveui.hosts.survey import said
from hiveui.model.agent import Agent

REFUSALS = {
    LOCKED: ("The index of {top} is locked: git is at work in it, or was killed.", "Look there, and try again."),
    DETACHED: ("{top} is on no branch, but on a commit.", "git switch -c NAME, there, makes one of it."),
    STAGED: ("Something else is staged in {top} than stands in its files.", "git reset, there, unstages it."),
    LARGE: (f"A file has over {LARGEST >> 20} MiB, which is more than is committed.", "Have git there ignore it."),
    MOVED: ("The branch of {top} went on meanwhile.", "Try once more."),
}
"""Why nothing is committed, and the mend, by what the script there ended with."""


class RemoteCommits:
    """Makes commits on other hosts."""

    def __init__(self, mirrors: Mirrors) -> None:
        self._mirrors = mirrors

    async def ready(self, agent: Agent) -> None:
        """Have what stands in an agent's checkout be known here. Raises HostError."""
        self._mirrors.place(agent)
        await self._mirrors.fresh(agent)

    async def commit(self, agent: Agent, folder: Path, message: str, chosen: Sequence[str] | None) -> str:
        """Commit what stands there, or the `chosen` paths below the top; `folder` tells who the person is.

        Gives the commit, '' where nothing changed; it is here by then. Raises GitError, HostError.
        """
        host, found, _, picture = self._mirrors.place(agent)
        top = picture.top
        paths = commits.listed(chosen) if chosen is not None else b""
        named = re.fullmatch(r"(.*) <(.*)> \d+ [+-]\d+", commits.identity(folder))
        given = [*(named.groups() if named else ("", "")), *commits.OPERATIONS]
        text = message.encode("utf-8", "surrogateescape")
        done = await commit(host.line, found.env, top, text, paths=paths, given=given)
        where = f"{top} on {host.name}"
        if done.code == DOING:
            doing = commits.OPERATIONS.get(done.out.decode("ascii", "replace").strip())
            what, end = doing if doing is not None else ("something", "status")
            raise GitError(
                f"{where} is in the middle of {what}.", f"Finish it there, or: git -C {shlex.quote(top)} {end}"
            )
        if done.code in REFUSALS:
            sentence, mend = REFUSALS[done.code]
            raise GitError(sentence.format(top=where), mend)
        if done.code not in {0, 1}:
            raise host.unreached() if not host.up else HostError(f"{host.name} does not answer: {said(done)}.")
        error = done.err.decode("utf-8", "replace")
        if "did not match any files" in error:
            raise GitError(*commits.NO_PATH)
        Answer(("commit",), done.code, b"", error).checked()
        await self._mirrors.fresh(agent)
        return done.out.decode("ascii", "replace").strip()
