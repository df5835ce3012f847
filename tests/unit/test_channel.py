"""The script that runs on another host, by a real sh(1)."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from hiveui.hosts.channel import Channel
from hiveui.hosts.line import Local, surroundings
from tests.waiting import soon


class Listener:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.records = b""

    def part(self, _: str, offset: int, data: bytes) -> None:
        self.records = self.records[:offset] + data

    def over(self, _: str, size: int) -> bool:
        return len(self.records) == size

    def looked(self, name: str, data: bytes) -> None:
        """Take nothing."""


@contextlib.asynccontextmanager
async def channel(folder: Path) -> AsyncIterator[Listener]:
    """Hold a channel to this host open, whose spools are in `folder`."""
    listener, env = Listener(), surroundings(os.environ)
    running = asyncio.create_task(Channel(Local(env), env, str(folder), listener).run())
    try:
        yield listener
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_files_that_were_to_be_brought_over_a_line_that_was_cut_are_swept(tmp_path: Path) -> None:
    old, fresh, other = (tmp_path / name for name in ("still-1-0", "still-2-0", "stills"))
    for path in (old, fresh, other):
        path.write_text("of a pane")
    for path in (old, other):
        os.utime(path, (time.time() - 300,) * 2)
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "a-1.seq").write_bytes(b"\x1etoken Stop {}\n")
    async with channel(spool) as listener:
        await soon(lambda: not old.exists(), what="the sweep")
        await soon(lambda: listener.records == b"\x1etoken Stop {}\n", what="what was told")
        assert fresh.exists()  # it may be on its way
        assert other.exists()
