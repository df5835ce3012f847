"""A machine that is not as it should be: each time one sentence and the mend, and nothing lost."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hiveui.paths import Paths
from tests.robot import CAT, COUNT, WITHIN, World
from tests.waiting import end, until


def programs(world: World, *names: str) -> Path:
    """Make a folder for PATH that has only these programs."""
    folder = world.home / "bin"
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def test_a_missing_tmux_is_said_in_one_sentence_with_the_mend(world: World) -> None:
    world.layout({"writer": CAT})
    path = str(programs(world, "git", "sh", "cat"))
    code, _, said = world.hive("up", "robot", "--detach", "--yes", env={"PATH": path})
    assert code == 1
    assert said.splitlines()[-2:] == [
        "tmux is not installed.",
        "Install it: apt-get install tmux, or brew install tmux.",
    ]


def test_a_tmux_that_is_too_old_is_said_in_one_sentence_with_the_mend(world: World) -> None:
    world.layout({"writer": CAT})
    folder = programs(world, "git", "sh", "cat")
    (folder / "tmux").write_text("#!/bin/sh\necho tmux 2.9\n")
    (folder / "tmux").chmod(0o755)
    code, _, said = world.hive("up", "robot", "--detach", "--yes", env={"PATH": str(folder)})
    assert code == 1
    *_, sentence, mend = said.splitlines()
    assert sentence == "tmux 2.9 is too old: HiveUI needs tmux 3.2 or later."
    assert mend.startswith("Install a newer one")


@pytest.mark.parametrize("which", ["state", "run"])
@pytest.mark.parametrize("fault", ["open to other users", "is a link or no folder", "belongs to another user"])
def test_a_folder_that_is_not_ours_alone_is_refused_with_the_mend(world: World, which: str, fault: str) -> None:
    folder: Path = getattr(world.paths, which)
    world.paths.state.mkdir(parents=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    match fault:
        case "open to other users":
            folder.chmod(0o750)
        case "is a link or no folder":
            folder.rmdir()
            (world.home / "elsewhere").mkdir(mode=0o700)
            folder.symlink_to(world.home / "elsewhere")
        case _ if os.getuid() == 0:
            os.chown(folder, 65534, 65534)
        case _:
            pytest.skip("only root can give a folder away")
    world.layout({"writer": CAT})
    code, _, said = world.hive("up", "robot", "--detach", "--yes")
    assert code == 1
    sentence, mend = said.splitlines()[-2:]
    assert sentence.startswith(str(folder))
    assert fault in sentence
    assert mend
    assert not world.daemon()


def can_mount() -> bool:
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0


@contextmanager
def small_disk(world: World) -> Iterator[Path]:
    """Put the hive's state on a disk of 1 MiB of its own; the folder as it is seen from outside."""
    state = world.paths.state
    state.mkdir(parents=True, mode=0o700)
    mount = 'mount -t tmpfs -o size=1m,mode=700 none "$1" && echo mounted && exec sleep 1000'
    holder = subprocess.Popen(["unshare", "-rm", "sh", "-c", mount, "sh", state], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout:
        try:
            assert holder.stdout.readline() == "mounted\n"
            world.inside = ("nsenter", "-t", str(holder.pid), "-U", "-m", "--preserve-credentials", "--")
            world.paths = Paths.find({name: f"/proc/{holder.pid}/root{value}" for name, value in world.env.items()})
            yield world.paths.state
        finally:
            end(holder.pid)
            holder.wait(WITHIN)


def fill(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


@pytest.mark.skipif(not can_mount(), reason="no mount namespaces here")
def test_a_full_disk_is_said_in_a_sentence_and_nothing_is_lost(world: World) -> None:
    with small_disk(world) as state:
        before = world.up({"counter": COUNT, "writer": CAT, "other": CAT})
        robot = world.opens()
        robot.sees("3 agents", "line ")
        fill(state / "filler")
        said = False
        for _ in range(20):  # the log has some room left in its last block
            world.done("restart", "writer")
            said = said or "No space left on device" in robot.screen()
        assert said or robot.sees("No space left on device")
        assert world.agent("writer").pid == pane_pid(world, "writer")
        world.done("send", "other", "sent on a full disk")
        robot.sees("sent on a full disk")
        end(before["other"])
        until(lambda: "other" not in world.pids(), WITHIN, "the end of `other` to be known")

        (state / "filler").unlink()
        world.done("restart", "other")
        robot.sees("3 agents", "line ")
        assert world.pids()["counter"] == before["counter"]
        world.counts_on("counter")
        records = [json.loads(line) for line in world.done("events", "--json", "-n", "1000").splitlines()]
        assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
        assert sum(record["event"]["type"] == "AgentStarted" for record in records) == 24


@pytest.mark.skipif(not can_mount(), reason="no mount namespaces here")
def test_a_daemon_killed_on_a_full_disk_finds_every_agent_again(world: World) -> None:
    with small_disk(world) as state:
        before = world.up({"counter": COUNT, "writer": CAT, "other": CAT})
        fill(state / "filler")
        for _ in range(20):
            world.done("restart", "writer")
        end(before["other"])
        world.kill_daemon()
        world.done("status")
        left = {"counter": before["counter"], "writer": pane_pid(world, "writer")}
        until(lambda: world.pids() == left, WITHIN, f"only {left} to run")
        world.counts_on("counter")
        for file in (world.paths.log, world.paths.state / "daemon.lock"):
            assert "Traceback" not in file.read_text()


def pane_pid(world: World, role: str) -> int:
    return int(world.tmux("display-message", "-p", "-t", world.pane(role), "#{pane_pid}"))
