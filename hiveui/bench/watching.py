"""The rows about changes of files: how soon they are told, and what a storm and a large repository cost the loop."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hiveui.bench.figures import Figure, at_most, noted, quantile
from hiveui.bench.scale import Scale
from hiveui.machine import this_machine

WRITERS = 20
FILES = 200_000
RATE = 10_000
_LISTEN = """
import asyncio, json, sys, time
from pathlib import Path
from watchfiles import awatch
from hiveui.daemon.process import SWITCH
from hiveui.watch.watcher import Watcher
top, which, still = sys.argv[1:]
sys.setswitchinterval(SWITCH)
told, held, rescans = {}, [], []

def say(**what):
    print(json.dumps(what), flush=True)

async def ours():
    began = time.monotonic()
    def heard(batch):
        now = time.monotonic()
        if not rescans:
            say(began=now - began, held=max(held, default=0))
            held.clear()
        if batch.rescan:
            rescans.append(now)
        for change in batch.changes:
            told.setdefault(change.path, now)
    await Watcher(Path(top)).run(heard)

async def watchfiles():
    rescans.append(0)
    began = time.monotonic()
    changes = awatch(top, debounce=50, step=10, watch_filter=None, yield_on_timeout=True, rust_timeout=10)
    async for batch in changes:
        now = time.monotonic()
        if began:
            say(began=now - began, held=max(held, default=0))
            began = 0
            held.clear()
        for _, path in batch:
            told.setdefault(path[len(top) + 1:], now)

async def beat():
    while not (still and rescans):
        before = time.monotonic()
        await asyncio.sleep(0.005)
        held.append(time.monotonic() - before - 0.005)

async def main():
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(0, stop.set)
    tasks = [asyncio.create_task(work()) for work in (beat, {"ours": ours, "watchfiles": watchfiles}[which])]
    await stop.wait()
    say(told=told, held=max(held, default=0), rescans=len(rescans) - 1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

asyncio.run(main())
"""
"""Listens until a line comes; `told` has for each path when it was first told, `held` the longest that the loop was:
up to the first look and after it, or up to it only where it is to be `still`."""

_WRITE = """
import json, os, sys, time
top, rate, seconds, names = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
began, count, written = time.monotonic(), 0, {}
while (passed := time.monotonic() - began) < seconds:
    while count < passed * rate:
        path = f"w{count % 20}/f{count // 20 % names}"
        written[path] = time.monotonic()
        file = os.open(f"{top}/{path}", os.O_WRONLY | os.O_CREAT)
        os.write(file, b"%d" % count)
        os.close(file)
        count += 1
    time.sleep(min(0.002, 1 / rate))
print(json.dumps({"count": count, "written": written}))
"""
"""Writes as 20 writers in turn, each in its folder and so many names; tells when each name was last written."""


class Listening:
    """A process that watches one top."""

    def __init__(self, top: Path, which: str, still: str = "") -> None:
        argv = [sys.executable, "-P", "-c", _LISTEN, str(top), which, still]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        self.begun = self._said()

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101  it is a pipe
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def end(self) -> dict[str, Any]:
        """Give what was told."""
        assert self._process.stdin is not None  # noqa: S101  it is a pipe
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        said = self._said()
        self._process.communicate()
        return said

    @property
    def memory(self) -> float:
        """MB."""
        return (this_machine().memory(self.pid) or 0) / 1e6


def latency(scale: Scale) -> list[Figure]:
    """Write 200 new files a second, and see when each is told."""
    found = {which: _latencies(which, scale.seconds) for which in ("watchfiles", "ours")}
    return [
        noted("p50, against `watchfiles`", quantile(found["ours"], 0.5), "ms", quantile(found["watchfiles"], 0.5)),
        at_most(
            "p95, against `watchfiles`", quantile(found["ours"], 0.95), 150, "ms", quantile(found["watchfiles"], 0.95)
        ),
    ]


def _latencies(which: str, seconds: float) -> list[float]:
    with _repository() as top:
        listening = Listening(top, which)
        written = _write(top, 200, seconds, 1_000_000)["written"]
        time.sleep(0.5)
        told = listening.end()["told"]
    return [(told.get(path, float("inf")) - at) * 1000 for path, at in written.items()]


def storm(scale: Scale) -> list[Figure]:
    """Write a thousand files over and over, 10,000 times a second."""
    seconds = 4.0 if scale.quick else 10.0
    found = {which: _storm(which, seconds) for which in ("watchfiles", "ours")}
    plain, ours = found["watchfiles"], found["ours"]
    return [
        noted("changes", ours["rate"], "/s", plain["rate"]),
        at_most("the longest that the loop was held, against `watchfiles`", ours["held"], 100, "ms", plain["held"]),
        at_most("memory, more", ours["memory"], 100, "MB", plain["memory"]),
        at_most("paths that `git status` has and nobody was told of", ours["missed"], 0, "", plain["missed"]),
        noted("times that git was to be asked instead, for what was not told", ours["rescans"], ""),
        noted("CPU of the listener", ours["cpu"], "%", plain["cpu"]),
    ]


def _storm(which: str, seconds: float) -> Mapping[str, float]:
    with _repository() as top:
        listening = Listening(top, which)
        memory, used = listening.memory, this_machine().cpu_seconds(listening.pid) or 0
        count = _write(top, RATE, seconds, 50)["count"]
        used = (this_machine().cpu_seconds(listening.pid) or 0) - used
        memory = listening.memory - memory
        time.sleep(0.5)
        said = listening.end()
        missed = 0 if said["rescans"] else len(_status(top) - said["told"].keys())  # after a rescan git is asked
    return {
        "rate": count / seconds,
        "held": said["held"] * 1000,
        "memory": memory,
        "missed": missed,
        "rescans": said["rescans"],
        "cpu": used / seconds * 100,
    }


def survey(scale: Scale) -> list[Figure]:
    """Watch a repository of 200,000 files for the first time, then while nothing happens."""
    with _repository(FILES // 10 if scale.quick else FILES) as top:
        began = time.monotonic()
        _status(top)
        status = (time.monotonic() - began) * 1000
        listening = Listening(top, "ours", "still")
        memory, used = listening.memory, this_machine().cpu_seconds(listening.pid) or 0
        time.sleep(scale.seconds)
        used = (this_machine().cpu_seconds(listening.pid) or 0) - used
        held = listening.begun["held"] * 1000
        listening.end()
    return [
        at_most("until it is watched, against `git status`", listening.begun["began"] * 1000, 3000, "ms", status),
        at_most("the longest that the loop was held", held, 100, "ms"),
        at_most("memory of the process", memory, 100, "MB"),
        at_most("CPU while nothing happens", used / scale.seconds * 100, 0.5, "%"),
    ]


@contextmanager
def _repository(files: int = 1_000) -> Iterator[Path]:
    """Make a repository with so many files, 20 a folder, and the folders of the writers."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        top = Path(os.path.realpath(folder))
        for number in range(files // 20):
            inner = top / f"a{number // 400}" / f"b{number // 20 % 20}" / f"c{number}"
            inner.mkdir(parents=True)
            for name in range(20):
                (inner / f"file_{name}.py").touch()
        for writer in range(WRITERS):
            (top / f"w{writer}").mkdir()
        (top / ".gitignore").write_text(
            "*.pyc\n__pycache__/\nnode_modules/\n/build/\ndist/\n*.egg-info/\n.env\n*.log\n"
        )
        _git(top, "init", "-q")
        _git(top, "add", "--all")
        _git(top, "-c", "user.name=b", "-c", "user.email=b@invalid", "commit", "-q", "-m", "one")
        yield top


def _git(top: Path, *words: str) -> bytes:
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", *words], cwd=top, env=environ, check=True, capture_output=True).stdout


def _status(top: Path) -> set[str]:
    said = _git(top, "status", "--porcelain", "-z", "--untracked-files=all")
    return {os.fsdecode(record[3:]) for record in said.split(b"\0") if record}


def _write(top: Path, rate: int, seconds: float, names: int) -> dict[str, Any]:
    with writing(top, rate, seconds, names) as process:
        found: dict[str, Any] = json.loads(process.communicate()[0])
    return found


def writing(top: Path, rate: int, seconds: float, names: int) -> "subprocess.Popen[bytes]":
    """Begin to write below `top`, as `WRITERS` in their folders, which are there, each so many names."""
    argv = [sys.executable, "-I", "-S", "-c", _WRITE, str(top), str(rate), str(seconds), str(names)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE)
