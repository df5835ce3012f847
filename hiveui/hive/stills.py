"""The verbs on stills: taking one of a pane, its rows, searching in it and in those of a whole workspace."""

import asyncio
import contextlib
import itertools
import json
import secrets
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hiveui.errors import StorageError, TmuxError, UsageError
from hiveui.hive.bus import Viewer
from hiveui.hive.panes import running, station_of
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import WorkspaceId
from hiveui.model.rows import Row
from hiveui.screen.sgr import RowReader
from hiveui.screen.still import Still
from hiveui.tmux import commands

KEPT = 8
"""Stills of one client, at most; the oldest goes first."""
ROWS = 500
"""Rows of one answer, at most."""
MATCHES = 5000
"""Matches of one answer, at most: the last ones."""
LINES = 50
"""Matches in each pane, at most, where all panes are searched."""
PATTERN = 1000
"""Characters of a pattern, at most."""
PATIENCE = 2.0
"""Seconds that a search may take."""


class Stills:
    """Every still that a client looks at."""

    def __init__(self, supervisors: Mapping[WorkspaceId, Supervisor], folder: Path) -> None:
        """Take stills by way of files in a folder of this user's own."""
        self._supervisors = supervisors
        self._folder = folder
        for left in folder.glob("still-*"):  # by a daemon that was killed
            left.unlink(missing_ok=True)
        self._stills: dict[int, dict[int, Still]] = {}
        self._numbers = itertools.count(1)
        self._busy: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By client: what costs is done for each one thing after the other."""

    async def take(self, viewer: Viewer, *, pane: str) -> dict[str, Any]:
        """Take a still of a pane."""
        async with self._busy[id(viewer)]:
            still, header = await self._take(pane)
        mine = self._stills.setdefault(id(viewer), {})
        number = next(self._numbers)
        mine[number] = still
        if len(mine) > KEPT:
            self.drop(viewer, still=min(mine))
        height, _, columns, x, y = header[:5]
        return {"still": number, "total": still.total, "size": [columns, height], "cursor": [x, y]}

    async def rows(self, viewer: Viewer, *, still: int, start: int, count: int) -> dict[str, Any]:
        """Give rows of a still."""
        count = min(count, ROWS)
        older: tuple[Row, ...] = ()
        pane = self._of(viewer, still).pane
        if start < self._of(viewer, still).older:
            with contextlib.suppress(TmuxError, UsageError):
                older, first, _ = await station_of(self._supervisors, pane).session.history(pane, start, count)
                older = older if first == start else ()
        rows = self._of(viewer, still).rows(start, count, older)
        return {"rows": [[row.ansi, row.width, wrapped] for row, wrapped in rows], "first": start}

    async def search(self, viewer: Viewer, *, still: int, pattern: str, regex: bool = False) -> dict[str, Any]:
        """Find a pattern in a still."""
        async with self._busy[id(viewer)]:
            ((count, matches),) = await _search([self._of(viewer, still)], pattern, regex=regex, limit=MATCHES)
        return {"count": count, "matches": matches}

    def drop(self, viewer: Viewer, *, still: int) -> None:
        """Let go of a still; of one that is gone, silently."""
        gone = self._stills.get(id(viewer), {}).pop(still, None)
        if gone is not None:
            gone.close()

    async def search_all(self, viewer: Viewer, *, workspace: str, pattern: str, regex: bool = False) -> dict[str, Any]:
        """Find a pattern in all panes of a workspace."""
        async with self._busy[id(viewer)]:
            return await self._search_all(workspace, pattern, regex=regex)

    async def _search_all(self, workspace: str, pattern: str, *, regex: bool) -> dict[str, Any]:
        supervisor = running(self._supervisors, workspace)
        stills: dict[str, Still] = {}
        try:
            for agent in supervisor.workspace.agents:
                if agent.pane is not None:
                    with contextlib.suppress(TmuxError, UsageError):
                        stills[agent.role] = (await self._take(agent.pane))[0]
            found = await _search(list(stills.values()), pattern, regex=regex, limit=LINES, texts=True)
        finally:
            for still in stills.values():
                still.close()
        return {
            "found": [
                {"role": role, "count": count, "matches": matches}
                for role, (count, matches) in zip(stills, found, strict=True)
                if count
            ]
        }

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self._busy.pop(id(viewer), None)
        for still in self._stills.pop(id(viewer), {}).values():
            still.close()

    def _of(self, viewer: Viewer, number: int) -> Still:
        still = self._stills.get(id(viewer), {}).get(number)
        if still is None:
            raise UsageError("What was looked at is not kept any more.", "Look back once more.")
        return still

    async def _take(self, pane: str) -> tuple[Still, list[int]]:
        station = station_of(self._supervisors, pane)
        session, host = station.session, station.host
        name = f"still-{secrets.token_hex(8)}"
        paths = [self._folder / f"{name}-{number}" for number in range(len(commands.STILL))]
        there = [(host.scratch or self._folder) / path.name for path in paths]
        line, blocks = commands.still(pane, name, [str(path) for path in there])
        try:
            answer = await session.client.ask(line, blocks)
            header, *sizes = ([int(word) for word in line.split()] for line in answer.checked().lines)
            await host.bring(there, [size for (size,) in sizes], paths)
            if [[path.stat().st_size] for path in paths] != sizes:
                raise TmuxError("tmux could not save all of it; is the disk full?")  # noqa: TRY301  beside its like
            skipped = header[1] if header[6] else 0  # a program that fills the screen: what is above is not its own
            return await asyncio.to_thread(Still, pane, paths, skipped, RowReader(session.cell_bytes)), header
        except (TmuxError, OSError, ValueError, IndexError) as error:
            for drop in commands.forget_still(name):
                session.client.tell(drop)
            raise StorageError(f"What the pane printed could not be read: {error}.") from error
        finally:
            for path in paths:
                path.unlink(missing_ok=True)


async def _search(
    stills: Sequence[Still], pattern: str, *, regex: bool, limit: int, texts: bool = False
) -> list[tuple[int, list[Any]]]:
    """Search in a process of its own. Raises UsageError for a pattern that is none, or takes too long."""
    if not 0 < len(pattern) <= PATTERN:
        raise UsageError(f"A pattern has 1 to {PATTERN} characters.")
    if not stills:
        return []
    request = {
        "pattern": pattern,
        "regex": regex,
        "limit": limit,
        "texts": texts,
        "stills": [[*still.files, still.skipped] for still in stills],
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "hiveui.screen.finder"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=[file for still in stills for file in still.files],
        start_new_session=True,
        cwd="/",
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate(json.dumps(request).encode())
    except TimeoutError:
        raise UsageError(
            f"The search took longer than {PATIENCE:.0f} seconds and was ended.", "Make the pattern simpler."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said: dict[str, Any] = json.loads(out) if out else {"error": "the search ended before it was done"}
    if "error" in said:
        raise UsageError(f"This pattern cannot be searched for: {said['error']}.", "A plain text needs no regex.")
    found: list[tuple[int, list[Any]]] = said["found"]
    return found
