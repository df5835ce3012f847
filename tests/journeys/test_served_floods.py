"""Floods, slow readers and deaths around a hive that is served over SSH: nobody else notices, and agents go on."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from hiveui.ssh.flow import LIMIT
from tests.callers import Served
from tests.robot import CAT, COUNT, WITHIN, World
from tests.terminal import Terminal
from tests.waiting import promised, until

BIG = ("sh", "-c", "seq -f %0150g 1 9999; exec sleep 1000")
"""Has printed 1.5 MB."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    """A hive with two agents that is served, to an owner and a driver."""
    with World() as world:
        world.up({"cat": CAT, "count": COUNT, "big": BIG})
        with Served(world) as served:
            served.let_in("owner", "--role", "owner")
            served.let_in("ann", "--role", "driver")
            served.let_in("eve")
            yield served


@pytest.fixture
def served(shared: Served) -> Iterator[Served]:
    """The same for each test, without what others have left open."""
    yield shared
    shared.hang_up()


def logs_in(served: Served) -> float:
    """Give the seconds in which the owner is given an answer; ssh itself and a command of Python's are among them."""
    began = time.monotonic()
    assert served.ssh("owner", "ls")[0] == 0
    return time.monotonic() - began


def worked(process: psutil.Process) -> float:
    """Give the seconds of a processor that a process has had."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def half_open(port: int, count: int, say: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as held:
        socks = []
        for _ in range(count):
            sock = held.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            with contextlib.suppress(OSError):
                sock.sendall(say)
            socks.append(sock)
        yield socks


@promised(2.0)
@pytest.mark.parametrize("say", [b"", b"SSH-2.0-Nobody\r\n", b"SSH-2.0-" + b"x" * 300, b"GET / HTTP/1.0\r\n\r\n"])
def test_connections_that_stay_half_open_keep_nobody_out(served: Served, say: bytes, within: float) -> None:
    logs_in(served)
    with half_open(served.port, 400, say):
        took = min(logs_in(served) for _ in range(2))
    assert took < within


def test_garbage_in_place_of_a_banner_or_of_packets_ends_that_connection_alone(served: Served) -> None:
    chance = random.Random(8022)
    for size in (1, 7, 255, 256, 5000, 100_000):
        for begin in (b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-1.5-old\r\n", b"\r\n" * 50):
            with half_open(served.port, 1, begin + chance.randbytes(size)) as (sock,):
                sock.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    while sock.recv(4096):
                        pass
    assert served.process.poll() is None
    logs_in(served)


@promised(0.5)
@pytest.mark.parametrize("what", ["keys", "windows", "questions", "unasked"])
def test_whoever_floods_with_the_smallest_packets_has_a_small_share_of_the_server(
    served: Served, what: str, within: float
) -> None:
    logs_in(served)
    server = psutil.Process(served.process.pid)
    before = worked(server)
    argv = [sys.executable, "-m", "tests.flooding", str(served.port), str(served.key("eve")), "eve", what]
    with subprocess.Popen(
        argv, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as flood:
        try:
            until(lambda: worked(server) > before + 0.3, WITHIN, "what it has at once to be used up")
            used, began = worked(server), time.monotonic()
            took = [logs_in(served) for _ in range(3)]
            until(lambda: time.monotonic() > began + 1)
            share = (worked(server) - used) / (time.monotonic() - began)
            assert flood.poll() is None
        finally:
            flood.kill()
    assert share < 0.5
    assert min(took) < within


def _bad_logins(served: Served, count: int) -> None:
    """Try to log in with a key that is not known, eight at a time."""
    config = served.config("stranger")
    argv = ["ssh", "-F", str(config), "hive", "ls"]
    with ThreadPoolExecutor(8) as together:
        codes = list(
            together.map(
                lambda _: (
                    subprocess.run(argv, env=served.world.env, capture_output=True, stdin=subprocess.DEVNULL).returncode
                ),
                range(count),
            )
        )
    assert codes == [255] * count


@pytest.mark.parametrize(
    ("count", "timed"), [(40, False), pytest.param(1000, True, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
def test_bad_keys_from_this_machine_do_not_keep_its_owner_out(served: Served, count: int, timed: bool) -> None:
    calm = min(logs_in(served) for _ in range(3))
    flood = threading.Thread(target=_bad_logins, args=(served, count))
    flood.start()
    took = []
    while flood.is_alive():
        took.append(logs_in(served))
    flood.join()
    assert took
    assert not timed or sorted(took)[len(took) // 2] < 2 * (1 + calm), took  # at rest an answer takes 0.2 s
    assert len(served.audit("refused")) >= count


def test_what_leaves_takes_all_of_itself_along(served: Served) -> None:
    logs_in(served)
    server = psutil.Process(served.process.pid)
    until(lambda: not served.screens(), what="rest")
    files = server.num_fds()
    for _ in range(12):
        with contextlib.closing(Terminal(served.argv("owner", flags=("-tt",)), served.world.env)) as terminal:
            until(lambda: b"1 cat" in terminal.screen, WITHIN, "the hive")
            terminal.type(b"?")
    until(lambda: not served.screens(), WITHIN, "the end of every screen")
    until(lambda: server.num_fds() <= files, WITHIN, f"{files} files, not {server.num_fds()}")


def test_a_client_that_does_not_read_is_sent_little_costs_nobody_and_misses_nothing(served: Served) -> None:
    owner = served.calls("owner")
    owner.sees("1 cat", "9999")
    server = psutil.Process(served.process.pid)
    before = server.memory_info().rss
    with served.running("ann", "read", "big", "--history") as deaf:
        client = psutil.Process(deaf.pid)
        until(lambda: client.io_counters().read_chars > LIMIT // 2, WITHIN, "something to be sent")
        for n in range(4):
            owner.press("1", "Enter")
            owner.types(f"echo{n} ")
            owner.sees(f"echo{n}")
            owner.press("C-]")
        assert client.io_counters().read_chars < 2 * LIMIT  # as much again for packets, and for the files of ssh
        assert server.memory_info().rss - before < 4 << 20
        assert deaf.stdout is not None
        gave = b"".join(deaf.stdout.read().split())
    assert len(gave) > 2 * LIMIT  # all that its scrollback holds
    assert b"".join(f"{n:0150}".encode() for n in range(1, 10_000)).endswith(gave)
    owner.leaves()


def test_a_huge_paste_is_dropped_with_a_sentence_and_what_follows_is_not(served: Served) -> None:
    with contextlib.closing(Terminal(served.argv("owner", flags=("-tt",)), served.world.env)) as owner:
        until(lambda: b"1 cat" in owner.screen, WITHIN, "the hive")
        owner.type(b"1\r")
        owner.type(b"\x1b[200~" + b"spam\r" * (1 << 20) + b"\x1b[201~")
        owner.type(b"ham")
        until(lambda: b"larger than" in owner.screen or b"too large" in owner.screen, WITHIN * 2, "a sentence")
        served.world.pane_sees("cat", "ham")
        assert "spam" not in served.world.screen("cat")


def test_whatever_dies_agents_go_on_and_the_screen_is_restored(served: Served) -> None:
    pids = served.world.pids()
    ann = served.calls("ann")
    ann.sees("1 cat")
    (screen,) = until(lambda: len(found := served.screens()) == 1 and found, WITHIN, "one screen")
    os.kill(screen, signal.SIGKILL)
    ann.sees("The screen was ended by SIGKILL; your agents go on.")
    assert ann.exit_status() == 137
    assert ann._ask("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"

    again = served.calls("ann")
    again.sees("1 cat")
    (zygote,) = served.zygotes()
    os.kill(zygote, signal.SIGKILL)
    again.press("?")
    again.sees("Keys")
    again.press("Escape")
    again.misses("Keys")
    owner = served.calls("owner")
    owner.sees("1 cat", "2 count")
    owner.leaves()
    served.world.kill_daemon()
    again.sees("1 cat", "2 count")
    served.stop()
    again.sees("The server ends. Your agents go on.")
    assert again._ask("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"
    served.start()
    third = served.calls("ann")
    third.sees("1 cat", "2 count")
    served.kill()
    third.exit_status()
    until(lambda: not served.orphans(), WITHIN, "the end of what the server had started")
    served.start()
    logs_in(served)
    assert served.world.pids() == pids


def test_an_audit_of_the_server_finds_nothing_to_fail(served: Served) -> None:
    argv = [sys.executable, "-m", "ssh_audit", "--json", "--skip-rate-test", "-p", str(served.port), "127.0.0.1"]
    done = subprocess.run(argv, env=served.world.env, capture_output=True, text=True)
    found = json.loads(done.stdout)
    fails = {
        (kind, one["algorithm"]): one["notes"]["fail"]
        for kind in ("kex", "key", "enc", "mac")
        for one in found[kind]
        if one["notes"].get("fail")
    }
    assert fails == {}
    assert found["banner"]["software"] == "Hive"
    assert len(found["kex"]) >= 3
