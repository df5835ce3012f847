"""Rows about the morning: workspaces brought back where neither tmux nor a daemon runs."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hiveui.bench.figures import BenchError, Figure, SkippedError, at_most, median, noted, quantile, times_plain
from hiveui.bench.scale import Scale
from hiveui.bench.screens import SHEET, TITLE, sheets
from hiveui.bench.subjects import HIVE, NAME, Ours, Panes, Sandbox
from hiveui.bench.terminal import COLUMNS, PATIENCE, ROWS
from hiveui.paths import Paths

SHELLS = 16
AGENTS = 32
LOOK = 0.02
"""Seconds between two looks at the panes."""
TURNS = 5
"""How often tmuxp and ours take turns."""


def restore(scale: Scale) -> list[Figure]:
    """Bring back sixteen shells, and have tmuxp load as many."""
    tmuxp = _tmuxp()
    theirs: list[float] = []
    mine: list[float] = []
    for _ in range(scale.rounds(TURNS)):
        theirs.append(_loaded(tmuxp))
        mine.append(_restored())
    return [
        times_plain("until 16 prompts are there, against `tmuxp load`, p50", median(mine), median(theirs), 1, "ms"),
        noted("worst", max(mine), "ms", max(theirs)),
    ]


def paint(scale: Scale) -> list[Figure]:
    """Bring back thirty-two agents and show them."""
    with Ours(sheets(AGENTS), attach=False) as ours:
        times = [_painted(ours) for _ in range(scale.rounds(TURNS))]
    first, whole = [one for one, _ in times], [one for _, one in times]
    return [
        at_most("first paint, p50", quantile(first, 0.5), 2000, "ms"),
        at_most("first paint, worst", max(first), 2000, "ms"),
        noted("every pane drawn, p50", quantile(whole, 0.5), "ms"),
    ]


def _painted(ours: Ours) -> tuple[float, float]:
    """Give the milliseconds until every agent's title is there, and until each has drawn its pane."""
    lose(ours.sandbox)
    titles = {f"p{i:02d}".encode() for i in range(1, AGENTS + 1)}
    sheets_left, painted = set(titles), list[float]()

    def look(data: bytes) -> bool:
        titles.difference_update(role for _, role in TITLE.findall(data))
        sheets_left.difference_update(role for role, _ in SHEET.findall(data))
        if not titles and not painted:
            painted.append(time.perf_counter())
        return not (titles or sheets_left)

    began = time.perf_counter()
    with ours.screen((*HIVE, "restore", "--yes")) as terminal:
        done = terminal.until(look, PATIENCE) or began + PATIENCE
    return ((painted[0] if painted else done) - began) * 1000, (done - began) * 1000


def lose(sandbox: Sandbox) -> None:
    """End all that runs there and wipe the folder of sockets, as a reboot does."""
    sandbox.end_all()
    shutil.rmtree(Paths.find(sandbox.environ).run)


def _tmuxp() -> str:
    """Find tmuxp beside this Python, or on PATH. Raises SkippedError."""
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    found = shutil.which("tmuxp", path=places)
    if found is None:
        raise SkippedError("tmuxp is not installed: `pip install tmuxp` puts it beside.")
    return found


def _loaded(tmuxp: str) -> float:
    """Give the milliseconds until tmuxp has loaded sixteen shells from nothing."""
    with Sandbox() as sandbox:
        socket = sandbox.folder / "s"
        file = sandbox.folder / "bench.json"
        window = {"layout": "tiled", "panes": [{"shell_command": []}] * SHELLS}
        session = {"session_name": NAME, "start_directory": str(sandbox.project), "windows": [window]}
        file.write_text(json.dumps(session))
        config = sandbox.folder / "tmux.conf"
        config.write_text("set -g default-command /bin/sh\n")
        argv = [tmuxp, "load", "-d", "-y", "--no-progress", "-S", str(socket), "-f", str(config), str(file)]
        return _until_prompts(sandbox, argv, socket)


def _restored() -> float:
    """Give the milliseconds until a hive has restored sixteen shells from nothing."""
    with Ours(Panes([["/bin/sh"]] * SHELLS), attach=False) as ours:
        lose(ours.sandbox)
        argv = (*HIVE, "restore", "--detach", "--yes")
        return _until_prompts(ours.sandbox, argv, Paths.find(ours.sandbox.environ).tmux_socket)


def _until_prompts(sandbox: Sandbox, argv: Sequence[str], socket: Path) -> float:
    """Run a command; give the milliseconds until sixteen panes of a tmux have their prompt."""
    size = {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "TERM": "xterm-256color"}
    began = time.perf_counter()
    with subprocess.Popen(
        argv,
        cwd=sandbox.project,
        env=sandbox.environ | size,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as command:
        while _prompts(socket) < SHELLS:
            if command.poll() or time.perf_counter() > began + PATIENCE:
                said = command.communicate()[1] if command.poll() is not None else b""
                raise BenchError(f"{' '.join(argv)} brought no {SHELLS} prompts: {said.decode(errors='replace')}")
            time.sleep(LOOK)
        took = (time.perf_counter() - began) * 1000
        command.communicate()
    return took


def _prompts(socket: Path) -> int:
    """Count the panes whose program has written a part of a line: a prompt."""
    if not socket.exists():
        return 0
    argv = ["tmux", "-N", "-S", str(socket), "list-panes", "-a", "-F", "#{cursor_x}"]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    return sum(column != "0" for column in said.split())
