"""The SSH server with programs in place of screens: how long sessions last, who is put off, and what keeps it from serving."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from hiveui.errors import FileError, UsageError
from hiveui.machine import this_machine
from hiveui.model.seat import Seat
from hiveui.model.terminal import pace
from hiveui.paths import Paths
from hiveui.ssh import files, limits, server, session
from hiveui.ssh.announcement import announced
from hiveui.ssh.order import Order
from hiveui.ssh.server import Server
from hiveui.ssh.serving import trouble
from hiveui.ssh.terms import Terms
from tests.callers import Callers
from tests.waiting import soon

SAY = 'trap "exit 0" TERM HUP; echo "$1"; read -r line && printf "had %s\\n" "$line"; exit 7'


class Program:
    """A program in place of a screen."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def ended(self) -> int:
        return await self._process.wait()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)


class Programs:
    """What opens them; it knows whom it opened them for."""

    def __init__(self) -> None:
        self.opened: list[tuple[Order, Seat, Mapping[str, str]]] = []

    async def open(self, order: Order, seat: Seat, stdio: tuple[int, int, int], env: Mapping[str, str]) -> Program:
        self.opened.append((order, seat, env))
        said = " ".join(order.words) or "screen"
        stdin, stdout, stderr = stdio
        return Program(
            await asyncio.create_subprocess_exec(
                "sh", "-c", SAY, "sh", said, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
            )
        )


class Serving(Callers):
    """A server in this process, and people who call it."""

    def __init__(self, home: Path) -> None:
        self.paths = Paths.find({"HOME": str(home)})
        super().__init__(
            home / "callers", {"PATH": os.environ["PATH"], "HOME": str(home)}, self.paths.config / "authorized_keys"
        )
        self.programs = Programs()

    @asynccontextmanager
    async def serves(self, terms: Terms | None = None) -> AsyncIterator[Server]:
        """Serve."""
        stop, begun = asyncio.Event(), asyncio.Event()
        serving = Server(self.paths, terms or Terms(port=0), self.programs)
        self.port = serving.port
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serving.run(stop, lambda _: begun.set()))
            await begun.wait()
            yield serving
            stop.set()

    async def call(self, name: str, *words: str, **more: object) -> asyncio.subprocess.Process:
        """Call, with a pipe for each of the three files."""
        pipe = subprocess.PIPE
        argv = self.argv(name, *words, **more)
        return await asyncio.create_subprocess_exec(*argv, env=self.env, stdin=pipe, stdout=pipe, stderr=pipe)

    async def calls(self, name: str, *words: str, **more: object) -> tuple[int, str, str]:
        """Call, and wait for the end."""
        process = await self.call(name, *words, **more)
        gave, said = await process.communicate()
        return process.returncode or 0, gave.decode(), said.decode()

    def audit(self, what: str) -> list[dict[str, object]]:
        lines = map(json.loads, files.audit_log(self.paths).read_text().splitlines())
        return [line for line in lines if line["what"] == what]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """A server that knows one person."""
    serving = Serving(tmp_path)
    serving.write_keys(f'hive-role="driver" {serving.public("ann")}')
    return serving


async def test_what_a_process_prints_and_how_it_ends_reaches_the_client(serving: Serving):
    async with serving.serves():
        code, gave, _ = await serving.calls("ann", "hive", "read", "'a b'")
    assert (code, gave) == (7, "read a b\n")
    (opened,) = serving.programs.opened
    assert opened[:2] == (Order(("read", "a b")), Seat("driver", "ann", "127.0.0.1"))
    assert [line["status"] for line in serving.audit("end")] == [7]


async def test_a_session_ends_in_which_nothing_is_typed(serving: Serving):
    async with serving.serves(Terms(port=0, idle=2.0)):
        process = await serving.call("ann", flags=("-tt",))
        assert b"screen" in await process.stdout.readline()
        began = asyncio.get_running_loop().time()
        for _ in range(3):
            await asyncio.sleep(0.5)  # a quarter of what may pass before the end
            process.stdin.write(b"x")
        gave, _ = await process.communicate()
        assert asyncio.get_running_loop().time() - began >= 3
    assert b"Nothing was typed for long. Your agents go on." in gave
    assert b"\x1b[?1049l" in gave


async def test_a_session_lasts_as_long_as_it_may(serving: Serving):
    async with serving.serves(Terms(port=0, longest=1.0, idle=0)):
        process = await serving.call("ann", flags=("-tt",))
        assert b"screen" in await process.stdout.readline()
        gave, _ = await process.communicate()
    assert b"as long as it may" in gave


async def test_a_session_ends_when_its_key_has_expired(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    class Later:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return datetime(2999, 1, 2, tzinfo=zone)

    serving.write_keys(f'expiry-time="29990101" {serving.public("ann")}')
    async with serving.serves():
        process = await serving.call("ann", flags=("-tt",))
        assert b"screen" in await process.stdout.readline()
        monkeypatch.setattr(server, "datetime", Later)
        gave, _ = await process.communicate()
    assert b"no longer good" in gave


async def test_an_editor_that_writes_the_file_anew_ends_no_session_and_a_lesser_role_does(serving: Serving):
    async with serving.serves():
        process = await serving.call("ann", flags=("-tt",))
        assert b"screen" in await process.stdout.readline()
        line = serving.key_file.read_text()
        serving.key_file.write_text("")
        await asyncio.sleep(server.LOOK / 2)  # one look at most
        serving.key_file.write_text(line.rstrip("\n") + " of the night shift\n")
        await asyncio.sleep(3 * server.LOOK)  # as many as end a session
        process.stdin.write(b"here\n")
        assert b"had here" in await process.stdout.readline()
        await process.communicate()
        process = await serving.call("ann", flags=("-tt",))
        assert b"screen" in await process.stdout.readline()
        serving.write_keys(serving.public("ann"))
        assert b"no longer good" in (await process.communicate())[0]


async def test_what_is_typed_early_and_at_length_arrives_whole(serving: Serving):
    async with serving.serves():
        process = await serving.call("ann", flags=("-tt",))
        process.stdin.write(b"early\n")
        gave, _ = await process.communicate()
    assert b"had early" in gave


async def test_only_so_many_are_here_at_once(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "CONNECTIONS", 2)
    async with serving.serves():
        first = [await serving.call("ann", flags=("-tt",)) for _ in range(2)]
        for process in first:
            await process.stdout.readline()
        code, _, said = await serving.calls("ann", "ls")
        assert (code, "2 people are here" in said) == (255, True)
        for process in first:
            process.stdin.write(b"\n")
            await process.communicate()
        assert (await serving.calls("ann", "ls"))[0] == 7


async def test_nobody_alone_takes_all_places(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "EACH", 1)
    serving.write_keys(*(f'hive-role="viewer" {serving.public(name)}' for name in ("ann", "ben")))
    async with serving.serves():
        ann = await serving.call("ann", flags=("-tt",))
        await ann.stdout.readline()
        code, _, said = await serving.calls("ann", "ls")
        assert (code, "You are here 1 times already" in said) == (255, True)
        assert (await serving.calls("ben", "ls"))[0] == 7
        ann.stdin.write(b"\n")
        await ann.communicate()
        assert (await serving.calls("ann", "ls"))[0] == 7


async def test_an_environment_is_taken_within_bounds(serving: Serving):
    said = {f"LC_{number}": "x" for number in range(session.VARIABLES + 9)}
    names = " ".join(f"{name}={value}" for name, value in said.items())
    async with serving.serves():
        assert (await serving.calls("ann", "ls", options=(f"SetEnv LANG={'x' * 9000} {names}",)))[0] == 7
        _, _, env = serving.programs.opened[0]
        assert "LANG" not in env
        assert session.VARIABLES - 9 < len(env) <= session.VARIABLES + 1


async def test_an_address_that_knocks_too_often_waits_but_for_one_that_is_here(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server, "is_here", lambda _: False)
    monkeypatch.setattr(limits, "RATE", 10.0)
    loop = asyncio.get_running_loop()
    async with serving.serves() as served:
        served._throttle._clock = lambda: 0.0  # what is owed is not forgotten while a busy machine calls
        await serving.calls("ann", "ls")
        for _ in range(2):
            await asyncio.gather(*(serving.calls("stranger", "ls") for _ in range(4)))
        began = loop.time()
        assert (await serving.calls("ann", "ls"))[0] == 7
        assert loop.time() - began > 1
        for _ in range(3):
            await asyncio.gather(*(serving.calls("stranger", "ls") for _ in range(4)))
        here = await serving.call("ann", flags=("-tt",))
        await here.stdout.readline()
        monkeypatch.setattr(served._throttle, "delay", lambda _: None)  # whom it is asked for is refused
        for _ in range(3):
            assert (await serving.calls("stranger", "ls"))[0] == 255
            assert (await serving.calls("ann", "ls"))[0] == 7
        here.stdin.write(b"\n")
        await here.communicate()
        assert served._put_off == 0


async def test_who_never_logs_in_is_let_go_of(serving: Serving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(server.HARDENED, "login_timeout", 1)
    async with serving.serves():
        reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
        assert (await reader.readline()).startswith(b"SSH-2.0-Hive")
        writer.write(b"SSH-2.0-Nobody\r\n")
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                await reader.read(1 << 20)
        writer.close()


async def test_little_is_taken_at_once_from_a_client_that_floods(serving: Serving):
    listening = Server(serving.paths, Terms(port=0), serving.programs)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 12)
        client.connect(("127.0.0.1", listening.port))
        client.setblocking(False)
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while sent < 1 << 20:
                sent += client.send(bytes(1 << 12))
    listening._listening.close()
    assert sent < 1 << 16


async def test_a_server_that_stops_tells_and_restores_and_leaves_no_trace_of_itself(serving: Serving):
    machine = this_machine()
    async with serving.serves() as served:
        found = announced(serving.paths, machine)
        assert found == served.announcement
        process = await serving.call("ann", flags=("-tt",))
        await process.stdout.readline()
        assert await asyncio.to_thread(trouble, found) == ""
    assert b"The server ends. Your agents go on." in (await process.communicate())[0]
    assert announced(serving.paths, machine) is None
    assert trouble(None) == "No server serves this hive."
    assert "Nothing answers" in trouble(found)


async def test_another_address_takes_keys_first_and_a_taken_port_is_said(serving: Serving):
    async with serving.serves():
        with pytest.raises(UsageError, match="cannot be listened on"):
            Server(serving.paths, Terms(port=serving.port), serving.programs)
    serving.write_keys("# none")
    with pytest.raises(UsageError, match="nobody could log in"):
        Server(serving.paths, Terms("0.0.0.0", 0), serving.programs)


def test_a_host_key_is_made_once_and_refused_where_others_could_have_read_it(serving: Serving):
    first = files.host_key(serving.paths)
    path = serving.paths.state / "ssh" / "host_key"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert files.host_key(serving.paths).public_data == first.public_data
    assert [one.name for one in path.parent.iterdir()] == ["host_key"]
    path.chmod(0o640)
    with pytest.raises(FileError, match="others can read"):
        files.host_key(serving.paths)
    path.unlink()
    path.symlink_to("/dev/null")
    with pytest.raises(FileError):
        files.host_key(serving.paths)
    path.unlink()
    path.write_text("no key")
    path.chmod(0o600)
    with pytest.raises(FileError, match="cannot be read"):
        files.host_key(serving.paths)
    path.parent.chmod(0o755)
    with pytest.raises(Exception, match="open to other users"):
        files.host_key(serving.paths)


async def test_a_screen_that_cannot_be_opened_is_told_of(serving: Serving):
    async def fails(*_: object) -> Program:
        raise UsageError("No daemon \x1b[31m.", "Start one.")

    serving.programs.open = fails
    before = len(os.listdir("/proc/self/fd"))
    async with serving.serves():
        code, _, said = await serving.calls("ann", "ls")
        assert (code, "No daemon ␛[31m. Start one.\n" in said) == (2, True)
        code, gave, _ = await serving.calls("ann", flags=("-tt",))
        assert (code, gave.rstrip()) == (2, "No daemon ␛[31m. Start one.")
    await soon(lambda: len(os.listdir("/proc/self/fd")) <= before + 4)


async def test_a_screen_is_told_how_many_frames_its_line_takes_between_two_things_that_are_typed(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
):
    told: list[int] = []
    monkeypatch.setattr(session, "FRAMES", ((0, 10), (2, 4)))
    monkeypatch.setattr(session, "PACED", 0.05)
    monkeypatch.setattr(session, "pace", lambda frames: told.append(frames) or pace(frames))
    async with serving.serves():
        first = await serving.call("ann", flags=("-tt",))
        await first.stdout.readline()
        first.stdin.write(b"\x1b[200~half ")
        second = await serving.call("ann", flags=("-tt",))
        await second.stdout.readline()
        await soon(lambda: told == [4], what="a word to the second")
        first.stdin.write(b"pasted\x1b[201~")
        await soon(lambda: told == [4, 4], what="a word to the first")
        for process in (first, second):
            process.stdin.write(b"\n")
        gave = [(await process.communicate())[0] for process in (first, second)]
    assert b"had \x1b[200~half pasted\x1b[201~" + pace(4) in gave[0].replace(b"\r", b"")
    assert b"had " + pace(4) in gave[1]
