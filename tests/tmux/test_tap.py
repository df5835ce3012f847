"""The tap against a real tmux: exact captures, and nothing of ours that can stop an agent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hiveui.machine import this_machine
from hiveui.screen.capture import read_frame
from hiveui.screen.sgr import RowReader
from hiveui.tmux import commands
from hiveui.tmux.client import Client
from hiveui.tmux.server import Server
from tests.waiting import end, soon, until

MACHINE = this_machine()
READER = """
import asyncio, sys
from pathlib import Path
from hiveui.tmux.client import Client
from hiveui.hosts.line import Local
from hiveui.tmux.server import Server, environment

async def main():
    socket, session = sys.argv[1:]
    server = Server(Path(socket), Path(socket + ".conf"), Local(environment(Path(socket))), list)
    lost = asyncio.Event()
    client = Client(on_dirty=lambda panes: None, on_signal=lambda *a: None, on_note=lambda n: None, on_lost=lambda r: lost.set())
    client.start(server.attach(session), server.line.env, Path(socket + ".log"))
    await client.ask("display-message -p ready")
    print(client.pid, client.client_pid, flush=True)
    await lost.wait()

asyncio.run(main())
"""


class Heard:
    """A client with what it heard."""

    def __init__(self, server: Server, log: Path) -> None:
        self.dirty: list[str] = []
        self.signals: list[tuple[str, str, bytes]] = []
        self.notes: list[str] = []
        self.lost: list[str] = []
        self.client = Client(
            on_dirty=self.dirty.extend,
            on_signal=lambda *signal: self.signals.append(signal),
            on_note=self.notes.append,
            on_lost=self.lost.append,
        )
        self.client.start(server.attach("w-1"), server.line.env, log)

    async def run(self, name: str, *argv: str) -> tuple[str, int]:
        answer = (await self.client.ask(commands.new_window("w-1", name, {}, "/tmp", argv), 2)).checked()
        pane, pid = answer.lines[0].split()
        return pane.decode(), int(pid)

    async def text(self, pane: str) -> list[str]:
        answer = (await self.client.capture(pane)).checked()
        return [row.ansi.rstrip() for row in RowReader().read(answer.lines[1:])]


@pytest.fixture
async def heard(tmux: Server, short: Path):
    heard = Heard(tmux, short / "tap.log")
    yield heard
    heard.client.close()


async def test_a_pane_is_captured_with_its_size_cursor_and_modes(heard: Heard):
    pane, _ = await heard.run("a-1", "sh", "-c", r"printf '\033[?1002h\033[?1006h\033[31mred\033[0m'; exec sleep 99")
    await soon(lambda: pane in heard.dirty)
    answer = (await heard.client.capture(pane)).checked()
    frame = read_frame(RowReader(), answer.lines, 2)
    assert frame is not None
    assert frame.rows[0].ansi == "\x1b[31mred"
    assert (frame.columns, len(frame.rows), frame.cursor.x, frame.cursor.shape) == (80, 24, 3, 2)
    assert (frame.modes.mouse_drag, frame.modes.mouse_sgr, frame.modes.mouse_move) == (True, True, False)


async def test_a_pane_that_guesses_its_own_end_lines_forges_nothing(heard: Heard):
    script = r"""
import sys, time
while True:
    now = int(time.time())
    for n in range(300, 320):
        sys.stdout.write(f"%end {now} {n} 1\r\n%output %0 forged\r\n%exit\r\n")
    sys.stdout.flush()
"""
    pane, _ = await heard.run("a-1", sys.executable, "-c", script)
    for _ in range(150):
        answer = await heard.client.capture(pane)
        assert answer.ok
        assert len(answer.lines) == 25
    assert heard.lost == []
    assert "%0" not in heard.dirty


async def test_a_pane_that_is_taken_away_just_before_it_is_captured_is_refused_and_the_line_goes_on(heard: Heard):
    gone = (await heard.run("a-1", "sleep", "99"))[0]
    stays = (await heard.run("a-2", "sh", "-c", "echo here; exec sleep 99"))[0]
    await soon(lambda: stays in heard.dirty)
    heard.client.tell(commands.kill_pane(gone))  # and in the same write, so that tmux has told nobody yet:
    answers = [heard.client.capture(pane, *lines) for pane in (gone, stays) for lines in ((), (-5, 3))]
    assert [answer.ok for answer in await asyncio.gather(*answers)] == [False, False, True, True]
    assert (await heard.text(stays))[0] == "here"
    assert heard.lost == []


async def test_what_a_program_says_of_itself_arrives_once(heard: Heard):
    pane, _ = await heard.run("a-1", "sh", "-c", r"printf '\033]7501;state=done\033\\\033]0;t\007\007'; exec sleep 99")
    await soon(lambda: len(heard.signals) >= 3)
    assert heard.signals == [(pane, "7501", b"state=done"), (pane, "0", b"t"), (pane, "bell", b"")]


async def test_hostile_environment_and_folder_reach_the_program_unread(heard: Heard, short: Path):
    folder = short / "#(touch pwned);x"
    folder.mkdir()
    value = '$HOME "quoted" \\ ; #(touch pwned)\n second'
    line = commands.new_window(
        "w-1", "a-1", {"V": value}, str(folder), ["sh", "-c", 'printf "%s|%s|$TMUX" "$PWD" "$V"; exec sleep 99']
    )
    pane = (await heard.client.ask(line, 2)).checked().lines[0].split()[0].decode()
    await soon(lambda: pane in heard.dirty)
    text = "\n".join(await heard.text(pane)).rstrip()
    assert text == f"{folder}|{value}|"
    assert not list(short.rglob("pwned"))


async def test_a_megabyte_is_pasted_whole(heard: Heard, short: Path):
    kept = short / "kept"
    pane, _ = await heard.run("a-1", "sh", "-c", f"stty raw -echo; head -c 1000001 > {kept}; echo done; exec sleep 99")
    await asyncio.sleep(0)
    until(lambda: subprocess.run(["pgrep", "-f", str(kept)], capture_output=True, check=False).stdout)
    text = ("0123456789;$`\"'\\#{x}\n" * 50000)[:1000000] + ";"
    for line in commands.paste(pane, "hive-1", text):
        (await heard.client.ask(line)).checked()
    await soon(lambda: kept.exists() and kept.stat().st_size == 1000001, 20)
    assert kept.read_text() == text


async def test_a_held_pane_is_silent_and_comes_back_right(heard: Heard):
    pane, _ = await heard.run("a-1", "sh", "-c", "while :; do echo tick; sleep 0.02; done")
    await soon(lambda: pane in heard.dirty)
    heard.client.hold(pane)
    await heard.client.ask("display-message -p held")
    heard.dirty.clear()
    await heard.client.capture(pane)
    assert heard.dirty == []
    heard.client.release(pane)
    await soon(lambda: pane in heard.dirty)
    assert "tick" in await heard.text(pane)


def flooded(short: Path, server_socket: Path, panes: int = 4) -> tuple["subprocess.Popen[str]", list[int], int, int]:
    """Start `yes` in some panes and a reader process in the daemon's place."""
    pids = []
    for number in range(panes):
        argv = [
            "tmux",
            "-S",
            str(server_socket),
            "new-window",
            "-d",
            "-P",
            "-F",
            "#{pane_pid}",
            "-t",
            "=w-1:",
            "-n",
            f"y-{number}",
            "yes",
        ]
        pids.append(int(subprocess.run(argv, capture_output=True, check=True, text=True).stdout))
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(server_socket), "w-1"], stdout=subprocess.PIPE, text=True
    )
    tap, client = map(int, reader.stdout.readline().split())
    return reader, pids, tap, client


def progress(pids: list[int], seconds: float) -> list[float]:
    """CPU seconds that each process used within some seconds."""
    before = [MACHINE.cpu_seconds(pid) for pid in pids]
    with pytest.raises(AssertionError):
        until(lambda: False, seconds)
    return [MACHINE.cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True)]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
async def test_programs_go_on_under_flood_when_the_daemon_is_struck(tmux: Server, short: Path, blow: signal.Signals):
    reader, pids, tap, client = flooded(short, tmux.socket)
    try:
        os.kill(reader.pid, blow)
        with pytest.raises(AssertionError):
            until(lambda: False, 1.0)
        assert min(progress(pids, 2.0)) > 0
        if blow != signal.SIGSTOP:
            until(lambda: not MACHINE.alive(tap) and not MACHINE.alive(client))
        else:
            os.kill(reader.pid, signal.SIGCONT)
            assert MACHINE.alive(client)
    finally:
        end(reader.pid)
        reader.wait()
        reader.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_programs_go_on_under_flood_when_the_tap_is_killed(tmux: Server, short: Path):
    reader, pids, tap, client = flooded(short, tmux.socket)
    try:
        os.kill(tap, signal.SIGKILL)
        until(lambda: not MACHINE.alive(client))
        assert min(progress(pids, 2.0)) > 0
    finally:
        end(reader.pid)
        reader.wait()
        reader.stdout.close()
