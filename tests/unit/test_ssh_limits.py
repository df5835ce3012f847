"""How many may knock, and how often; how much is on its way; how much is pasted; what is written down."""

import asyncio
import json
from pathlib import Path

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import StorageError
from hiveui.model.terminal import pace, told_pace
from hiveui.ssh import audit, unit
from hiveui.ssh.flow import LIMIT, Flow
from hiveui.ssh.limits import ADDRESSES, BURST, LONGEST, PATIENCE, UNKNOWN, WAITING, Places, Throttle
from hiveui.ssh.paste import BEGIN, END, PasteGate
from hiveui.ssh.pump import window
from hiveui.ssh.ring import Tries
from hiveui.ssh.server import is_here
from hiveui.ssh.session import frames_for
from hiveui.ssh.terminal import bounded
from hiveui.tui.decoder import Decoder, ReplyInput
from tests.waiting import soon


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_that_knocks_often_waits_and_one_that_knocks_without_end_is_turned_away():
    clock = Clock()
    throttle = Throttle(clock)
    waits = [throttle.delay("10.0.0.1") for _ in range(200)]
    assert waits[:BURST] == [0.0] * BURST
    assert all(wait is None or 0 < wait <= LONGEST for wait in waits[BURST:])
    assert waits[-1] is None
    assert throttle.delay("10.0.0.2") == 0.0
    clock.now += 60
    assert throttle.delay("10.0.0.1") == 0.0


def test_failures_never_shut_an_address_out_for_longer_than_one_may_wait():
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(1000):
        throttle.failed("10.0.0.1")
    assert throttle.delay("10.0.0.1") is not None
    throttle.forgive("10.0.0.1")
    assert throttle.delay("10.0.0.1") == 0.0


def test_so_many_addresses_are_remembered_and_no_more():
    throttle = Throttle(Clock())
    for number in range(2 * ADDRESSES):
        throttle.delay(f"10.0.{number >> 8}.{number & 255}")
    assert len(throttle) == ADDRESSES


class Knocking:
    """Somebody who has not logged in yet."""

    def __init__(self, stage: int) -> None:
        self.stage = stage
        self.task: asyncio.Task | None = None
        self.inside = False

    def give_way(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def knock(self, places: Places) -> None:
        async with places.place(self):
            self.inside = True
            try:
                await asyncio.Event().wait()
            finally:
                self.inside = False


async def test_who_has_got_least_far_gives_way_and_nobody_does_who_may_take_their_time():
    clock = Clock()
    places = Places(clock)
    everybody = [Knocking(stage) for stage in (3, 2, 0, 1, 0, 3, 3, 3, 3, 3)]

    def come(one: Knocking) -> None:
        one.task = asyncio.create_task(one.knock(places))

    for one in everybody:
        come(one)
    await soon(lambda: sum(one.inside for one in everybody) == UNKNOWN)
    new = [Knocking(3) for _ in range(3)]
    come(new[0])
    await asyncio.sleep(0.1)  # some looks
    assert not new[0].inside
    clock.now += PATIENCE[1] + 0.01
    await soon(lambda: new[0].inside)
    await soon(lambda: [one.inside for one in everybody[:5]] == [True, True, False, True, True])
    for one in new[1:]:
        come(one)
        await soon(lambda one=one: one.inside)
    assert [one.inside for one in everybody[:5]] == [True, True, False, False, False]
    crowd = [Knocking(0) for _ in range(3 * WAITING)]
    for one in crowd:
        come(one)
        await asyncio.sleep(0)
    assert sum(not one.task.done() for one in crowd) <= WAITING + 1
    assert not crowd[-1].task.done()
    for one in (*everybody, *new, *crowd):
        one.task.cancel()
    await asyncio.gather(*(one.task for one in (*everybody, *new, *crowd)), return_exceptions=True)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::", False),
        ("fe80::1%lo", False),
        ("host", False),
    ],
)
def test_only_loopback_is_here(address: str, here: bool):
    assert is_here(address) is here


@pytest.mark.parametrize(
    ("tried", "ends"),
    [
        ("abcdef", False),
        ("abcdefg", True),
        ("abcdeGG", False),
        ("abcdefGG", True),
        ("GGGGGGG", False),
        ("GGGGGGGG", True),
    ],
)
def test_few_keys_are_tried_and_a_good_one_is_asked_after_before_it_is_used(tried: str, ends: bool):
    tries = Tries()
    ended = False
    try:
        for one in tried:
            tries.note(one.encode(), "" if one == "G" else "it is not known")
    except asyncssh.DisconnectError:
        ended = True
    assert ended is ends


def client(step: int, first: int = 1 << 20):
    """A client that refills its window by `step` bytes as soon as it has taken so many."""
    granted, taken = first, 0

    def take(count: int) -> int:
        nonlocal granted, taken
        granted -= count
        taken += count
        if taken >= step:
            granted, taken = granted + taken, 0
        return granted

    return take


@given(st.integers(1, LIMIT // 3), st.lists(st.integers(1, 1 << 15), max_size=300))
def test_a_client_that_reads_never_has_to_wait(step: int, parts: list[int]):
    flow, take, granted = Flow(), client(step), 1 << 20
    for at, part in enumerate(parts):
        assert flow.room(granted, 0, at * 0.001)
        granted = take(part)
        flow.sent(part)


def test_a_client_that_stops_reading_is_sent_no_more_than_the_limit():
    flow, take, granted = Flow(), client(48 << 10), 1 << 20
    for at in range(100):
        assert flow.room(granted, 0, at * 0.01)
        granted = take(4096)
        flow.sent(4096)
    sent, now = 0, 1.0
    while now < 30:
        now += 0.02
        if flow.room(granted, 0, now):
            granted -= 4096
            flow.sent(4096)
            sent += 4096
    assert sent <= LIMIT
    assert flow.slow
    granted += sent
    assert flow.room(granted, 0, now)
    for _ in range(20):
        now += 0.5
        flow.room(granted, 0, now)
    assert not flow.slow


@pytest.mark.parametrize("step", [512 << 10, 900 << 10])
def test_a_client_that_refills_its_window_in_large_steps_is_learned_and_not_frozen(step: int):
    flow, take, granted, now, waited = Flow(), client(step, 2 << 20), 2 << 20, 0.0, 0
    sent = 0
    while sent < 16 << 20:
        if flow.room(granted, 0, now):
            granted = take(1 << 15)
            flow.sent(1 << 15)
            sent += 1 << 15
        else:
            waited += 1
        now += 0.02
        assert now < 60
    assert waited * 0.02 < 5


def test_a_window_without_bounds_says_nothing_of_what_was_taken():
    flow, granted = Flow(), 0x7FFFFFFF
    for at in range(1000):
        assert flow.room(granted, 0, at * 0.001)
        granted -= 1 << 15
        flow.sent(1 << 15)
    assert not flow.room(granted, LIMIT, 1.0)


def test_asyncssh_still_tells_the_window_of_a_client():
    """A private name, which is why the pump can do without it."""
    import inspect

    assert "self._send_window" in inspect.getsource(asyncssh.SSHServerChannel.__mro__[1])
    assert window(object()) is None


@given(
    st.lists(st.sampled_from([b"a", b"\x1b", b"\x1b[20", b"0~", b"1~", BEGIN, END, b"x" * 30]), max_size=40), st.data()
)
def test_what_is_typed_passes_at_once_and_a_paste_up_to_its_limit_however_it_is_cut(
    parts: list[bytes], data: st.DataObject
):
    whole = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    gate = PasteGate(50)
    assert b"".join(map(gate.feed, pieces)) == PasteGate(50).feed(whole)
    if len(whole) <= 50:
        assert PasteGate(50).feed(whole) == whole


def test_a_paste_that_is_too_long_is_ended_and_what_follows_it_passes():
    gate = PasteGate(10)
    assert gate.feed(b"a" + BEGIN + b"1234567") == b"a" + BEGIN + b"1234567"
    assert gate.feed(b"890abc") == b"890" + END
    assert gate.inside
    assert gate.feed(b"more" * 1000) == b""
    assert gate.feed(b"more\x1b[20") == b""
    assert gate.feed(b"1~b") == b"b"
    assert gate.cut == 1
    assert gate.feed(BEGIN + b"1" + END) == BEGIN + b"1" + END


@pytest.mark.parametrize(
    ("asked", "given_"),
    [
        ((0, 0), (80, 24)),
        ((0, 50), (80, 50)),
        ((500, 200), (500, 200)),
        ((2**32 - 1, 2**32 - 1), (500, 200)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_terminal_has_a_size_within_bounds(asked: tuple[int, int], given_: tuple[int, int]):
    assert bounded(*asked) == given_


@pytest.mark.parametrize(
    ("crowd", "slow", "frames"),
    [(1, False, 10), (4, False, 10), (5, False, 4), (19, False, 4), (20, False, 2), (1, True, 2)],
)
def test_the_more_look_on_the_fewer_frames_each_is_sent(crowd: int, slow: bool, frames: int):
    assert frames_for(crowd, slow=slow) == frames
    (item,) = Decoder().feed(pace(frames))
    assert isinstance(item, ReplyInput)
    assert told_pace(item.raw) == frames


def test_the_audit_log_escapes_what_strangers_say_and_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "LARGEST", 2000)
    log = audit.Audit(tmp_path / "audit.log")
    for number in range(100):
        log.note("refused", user="\x1b]0;evil\x07\n\u202e\x7f" + "x" * 1000, number=number)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["audit.log", *(f"audit.log.{n}" for n in range(1, audit.KEPT + 1))]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    lines = [line for file in files for line in file.read_bytes().split(b"\n") if line]
    assert all(32 <= byte < 127 for line in lines for byte in line)
    assert max(json.loads(line)["number"] for line in lines) == 99
    assert all(len(json.loads(line)["user"]) == audit.TEXT for line in lines)


def test_a_unit_starts_the_server_and_ends_nothing_else(tmp_path: Path):
    argv = ["/opt/my hive/bin/python", "-m", "hiveui", "serve", "--idle", '5%$x"']
    environ = {"PATH": "/bin:/my $bin", "HOME": "/root", "XDG_STATE_HOME": "/state"}
    made = unit.systemd(tmp_path, environ, argv)
    assert made.path == tmp_path / ".config" / "systemd" / "user" / "hive-serve.service"
    assert "KillMode=process\n" in made.text
    assert 'ExecStart="/opt/my hive/bin/python" "-m" "hiveui" "serve" "--idle" "5%%$$x\\""\n' in made.text
    assert 'Environment="XDG_STATE_HOME=/state"\n' in made.text
    assert "HOME=/root" not in made.text
    import plistlib

    agent = plistlib.loads(unit.launchd(tmp_path, environ, argv).text.encode())
    assert agent["ProgramArguments"] == argv
    assert agent["AbandonProcessGroup"] is True


def test_a_full_disk_keeps_nobody_out(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "audit.log").symlink_to("/dev/full")
    with pytest.raises(StorageError):
        audit.Audit(tmp_path / "audit.log")
    log = audit.Audit(tmp_path / "other.log")
    import os

    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log._file)
    os.close(full)
    log.note("login", user="ann")
    log.close()
    assert "misses a line" in caplog.text
