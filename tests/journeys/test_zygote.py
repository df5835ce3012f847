"""Screens that are forked for clients from outside: what each is given, what its end tells, and what outlives what."""

import asyncio
import contextlib
import fcntl
import os
import signal
import struct
import termios
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.model.seat import Role, Seat
from hiveui.ssh.order import Order
from hiveui.ssh.zygote import Screen, Zygote
from tests.robot import CAT, WITHIN, World
from tests.waiting import end, soon

ANN = Seat(Role.VIEWER, "ann", "192.0.2.7")
SAID = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_TIME": "C", "EDITOR": "sh", "LD_PRELOAD": "x"}


class Client:
    """A pty, with a screen on it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 32, 120, 0, 0))
        self.screen: Screen
        self.said = b""
        self._reader = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # once nobody has the other side, or this one is closed
            while data := os.read(self.master, 1 << 16):
                self.said += data

    async def open(self, zygote: Zygote, *words: str, seat: Seat = ANN) -> "Client":
        stdio = (self.slave,) * 3
        self.screen = await zygote.open(Order(words), seat, stdio, SAID)
        os.close(self.slave)
        self._reader.start()
        return self

    async def shows(self, text: str) -> None:
        await soon(lambda: text.encode() in self.said, WITHIN, f"{text!r} in {self.said[-2000:]!r}")

    async def ended(self) -> int:
        async with asyncio.timeout(WITHIN):
            return await self.screen.ended()

    def press(self, text: str) -> None:
        os.write(self.master, text.encode())

    def hang_up(self) -> None:
        os.close(self.master)


@pytest.fixture
def opened(world: World) -> World:
    world.up({"alpha": CAT, "beta": CAT})
    return world


@contextlib.asynccontextmanager
async def zygote_of(world: World) -> AsyncIterator[Zygote]:
    def gateway(seat: Seat) -> BlockingClient:
        return connect(world.paths.hive_socket, "test", "0", seat=seat)

    async with Zygote(gateway, environ=world.env | {"SECRET": "x", "HIVE_TOKEN": "x"}) as zygote:
        yield zygote


async def test_a_command_gives_its_exit_status_and_runs_under_the_seat(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        status = await Client().open(zygote, "status", "--json")
        assert await status.ended() == 0
        await status.shows('"role": "beta"')
        helped = await Client().open(zygote, "status", "--help")
        assert await helped.ended() == 0
        await helped.shows("Tell what every agent")
        for words, said in [
            (("rm", "x"), "'rm' is not done from here."),
            (("attach",), "attach takes the name of one agent."),
            (("logs",), "logs needs the role owner; you have viewer."),
            (("why", "alpha", "--env"), "why takes no env from here."),
            (("attach", "gamma"), "There is no agent 'gamma'."),
        ]:
            refused = await Client().open(zygote, *words)
            assert await refused.ended() == 2
            await refused.shows(said)
        assert opened.ask("people/watch")["screens"] == []


async def test_a_screen_is_given_a_seat_a_terminal_and_nothing_else(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        client = await Client().open(zygote, "attach", "beta")
        await client.shows("2 beta")
        await client.shows("viewer")
        process = psutil.Process(client.screen.pid)
        environ = Path(f"/proc/{process.pid}/environ")  # as it was started: what the zygote has
        assert "SECRET" not in environ.read_text()
        assert "HIVE_TOKEN" not in environ.read_text()
        assert os.getsid(process.pid) == process.pid
        assert process.terminal() == os.ttyname(client.master).replace("ptmx", "") or process.terminal()
        open_files = {os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{process.pid}/fd")}
        assert not any("hive.sock" in name for name in open_files)
        (seen,) = opened.ask("people/watch")["screens"]
        assert seen["seat"] == {"role": "viewer", "person": "ann", "where": "192.0.2.7"}
        client.press("\x1a")  # Ctrl-Z: nobody could resume it
        client.press("?")
        await client.shows("Keys")
        client.press("qq")
        assert await client.ended() == 0
        await client.shows("go on")


async def test_screens_outlive_the_process_that_forked_them_and_others_are_opened_by_another(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        first = await Client().open(zygote)
        await first.shows("1 alpha")
        (forker,) = [p for p in psutil.Process().children() if "hiveui.cli.seated" in p.cmdline()]
        end(forker.pid)
        second = await Client().open(zygote)
        await second.shows("1 alpha")
        first.press("?")
        await first.shows("Keys")
        first.press("qq")
        assert await first.ended() == 1  # its own status was lost with the process that waits for it
        second.press("q")
        assert await second.ended() == 0


async def test_a_screen_that_is_to_end_ends_and_one_that_hangs_is_killed(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        polite, stopped, gone = [await Client().open(zygote) for _ in range(3)]
        for client in (polite, stopped, gone):
            await client.shows("1 alpha")
        os.kill(stopped.screen.pid, signal.SIGSTOP)
        polite.screen.end()
        stopped.screen.end()
        gone.hang_up()
        assert await polite.ended() == 0
        assert await stopped.ended() == -signal.SIGKILL
        assert await gone.ended() in (0, 1)
        polite.screen.end()  # of one that has ended: nothing
        assert not psutil.pid_exists(stopped.screen.pid)


async def test_a_screen_asks_for_another_connection_where_the_daemon_was_started_again(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        client = await Client().open(zygote)
        await client.shows("1 alpha")
        await asyncio.to_thread(opened.kill_daemon)
        await client.shows("The daemon is gone")
        await asyncio.to_thread(opened.done, "status")
        await client.shows("The daemon was gone and runs again")
        (seen,) = opened.ask("people/watch")["screens"]
        assert seen["seat"]["role"] == "viewer"
        client.press("q")
        assert await client.ended() == 0


async def test_without_a_daemon_nobody_is_shown_a_screen_and_nothing_is_left(world: World) -> None:
    async with zygote_of(world) as zygote:
        client, files = Client(), []
        for _ in range(3):
            with pytest.raises(GatewayError, match="No daemon answers"):
                await client.open(zygote)
            files.append(len(os.listdir("/proc/self/fd")))
        assert files[1] == files[2]
    assert [p for p in psutil.Process().children() if "hiveui.cli.seated" in _words(p)] == []


async def test_who_comes_and_goes_leaves_no_process_and_no_file_open(opened: World) -> None:
    async with zygote_of(opened) as zygote:
        for _ in range(2):
            pids, files = [], len(os.listdir("/proc/self/fd"))
            for _ in range(6):
                client = await Client().open(zygote, "ls")
                assert await client.ended() == 0
                pids.append(client.screen.pid)
                client.hang_up()
            await soon(lambda files=files: len(os.listdir("/proc/self/fd")) <= files + 1, what="closed files")
            assert not any(map(psutil.pid_exists, pids))


async def test_what_a_client_says_of_itself_but_its_terminal_reaches_no_screen() -> None:
    from hiveui.ssh.environment import environment

    said = SAID | {"TERM": "x" * 65, "LANG": "de_DE.UTF-8", "LC_ALL": "$(id)", "PATH": "/evil", "HIVE_ROLE": "owner"}
    own: dict[str, Any] = {"HOME": "/h", "PATH": "/bin", "ANTHROPIC_API_KEY": "s", "TMUX": "t", "TERM": "dumb"}
    assert environment(own, said, "192.0.2.7") == {
        "HOME": "/h",
        "PATH": "/bin",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "SSH_CONNECTION": "192.0.2.7",
    }


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
