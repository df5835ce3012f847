"""Fixtures that every kind of test may use."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hiveui.hosts.line import Local
from hiveui.machine import this_machine
from hiveui.tmux.server import Server, environment

# Machines are shared: how long one example takes says nothing.
settings.register_profile("hive", deadline=None)
settings.load_profile("hive")


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="hv"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def tmux(short: Path) -> AsyncIterator[Server]:
    """A tmux server of the test's own, with one session `w-1`."""
    server = Server(short / "tmux.sock", short / "tmux.conf", Local(environment(short / "tmux.sock")), list)
    await server.start("w-1", 80, 24)
    pid = await server.pid()
    yield server
    machine = this_machine()
    await server.kill(pid, lambda which: not machine.alive(which))


@pytest.fixture
def person(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person without any configuration of git; gives their home."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    return home
