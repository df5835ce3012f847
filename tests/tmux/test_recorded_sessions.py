"""Recorded sessions, fed byte by byte as the agents printed them into a real tmux pane, and read from its capture."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import rules_for
from hiveui.tmux.server import Server
from tests.recordings import RECORDINGS
from tests.waiting import until

SESSIONS = json.loads((RECORDINGS / "sessions.json").read_text("utf-8"))


class Pane:
    """A pane that shows what is written to it."""

    def __init__(self, server: Server, folder: Path, columns: int, rows: int = 30) -> None:
        self._tmux = ["tmux", "-S", str(server.socket)]
        self._path = folder / f"bytes-{columns}"
        os.mkfifo(self._path)
        size = ["-x", str(columns), "-y", str(rows)]
        self._run("new-session", "-d", "-s", f"s{columns}", *size, f"stty raw -echo; exec cat {self._path}")
        self._target = f"s{columns}:"
        self._fifo = self._path.open("wb", buffering=0)
        self._written = 0

    def _run(self, *command: str) -> str:
        done = subprocess.run([*self._tmux, *command], capture_output=True, text=True, check=True, timeout=10)
        return done.stdout

    def show(self, data: bytes) -> None:
        """Write bytes, and wait until the pane has drawn them: a title of the test's own says so."""
        self._written += 1
        mark = f"drawn {self._written}"
        self._fifo.write(data + f"\x1b]2;{mark}\x07".encode())
        until(lambda: self._run("display", "-p", "-t", self._target, "#{pane_title}").strip() == mark, 20, "the bytes")

    def rows(self) -> list[str]:
        """Give its rows."""
        return self._run("capture-pane", "-p", "-t", self._target).split("\n")

    def close(self) -> None:
        """Let its program end."""
        self._fifo.close()


@contextmanager
def pane(server: Server, folder: Path, columns: int) -> Iterator[Pane]:
    shown = Pane(server, folder, columns)
    try:
        yield shown
    finally:
        shown.close()


def states(session: str) -> Iterator[tuple[dict, bytes]]:
    """Give every state of a session with the bytes since the one before."""
    data = (RECORDINGS / f"{session}.bytes").read_bytes()
    start = 0
    for state in SESSIONS[session]:
        yield state, data[start : state["end"]]
        start = state["end"]


@pytest.mark.parametrize("session", sorted(SESSIONS))
async def test_a_session_is_read_rightly_at_every_state(tmux, short, session):
    rules = rules_for(session.partition("/")[0])
    with pane(tmux, short, 100) as shown:
        for state, data in states(session):
            shown.show(data)
            sign = read_screen(rules, shown.rows(), state["title"])
            assert sign is not None, state["state"]
            assert sign.state in state["shows"], f"{state['state']}: {sign.evidence}"


@pytest.mark.parametrize("columns", [80, 120, 160])
@pytest.mark.parametrize("session", sorted(SESSIONS))
async def test_bytes_that_were_meant_for_another_width_mislead_nobody(tmux, short, session, columns):
    """They were printed for 100 columns, so what tmux shows is torn: it may be unsure, and never the opposite."""
    rules = rules_for(session.partition("/")[0])
    with pane(tmux, short, columns) as shown:
        for state, data in states(session):
            shown.show(data)
            sign = read_screen(rules, shown.rows(), state["title"])
            assert sign is None or sign.state in state["shows"], f"{state['state']}: {sign.state} {sign.evidence}"
