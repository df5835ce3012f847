import os
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiveui.agents.hooks import spool as module
from hiveui.agents.hooks.spool import PAYLOAD, Spool


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", lambda token: token.partition(".")[0] if token.endswith(".t") else None)
    yield spool
    spool.close()


def record(payload, agent="a-1", event="Stop"):
    return b"\x1e" + f"{agent}.t {event} ".encode() + payload + b"\n"


def left(spool, data, agent="a-1", suffix=""):
    with open(f"{spool.file(agent)}{suffix}", "ab") as file:
        file.write(data)


def payloads(spool):
    return [record.payload for record in spool.read()]


def test_a_spool_is_for_its_user_alone(spool):
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700


def test_what_came_while_nobody_read_is_read_later_in_its_order_and_deleted(spool):
    left(spool, record(b"2"))
    left(spool, record(b"1"), suffix=".old")
    left(spool, record(b"3"))
    assert payloads(spool) == [b"1", b"2", b"3"]
    assert payloads(spool) == []
    assert not os.listdir(spool.folder)


def test_a_hook_that_had_opened_the_file_before_it_was_taken_is_heard(spool):
    with open(spool.file("a-1"), "ab", buffering=0) as late:
        late.write(record(b"1"))
        assert payloads(spool) == [b"1"]
        late.write(record(b"2")[:9])
        assert payloads(spool) == []
        late.write(record(b"2")[9:])
        assert payloads(spool) == [b"2"]


def test_a_reader_that_was_killed_before_it_deleted_is_followed_by_one_that_reads_all_again(spool, tmp_path):
    left(spool, record(b"1") + record(b"2"))
    reading = spool.read()
    assert next(reading).payload == b"1"
    left(spool, record(b"3"))
    after = Spool(tmp_path / "spool", lambda token: token.partition(".")[0])
    assert payloads(after) == [b"1", b"2", b"3"]
    after.close()


def test_nobody_speaks_for_another(spool):
    left(spool, record(b"mine", "b-2") + b"\x1ea-1.guess Stop {}\n" + record(b"true"))
    assert payloads(spool) == [b"true"]
    assert spool.lost["forged"] == 2


def test_what_is_torn_is_counted_and_what_follows_is_read(spool, monkeypatch):
    left(spool, b"garbage\n" + record(b"1")[:-4] + record(b"2") + b"\x1e\n" + record(b"3")[:7])
    assert payloads(spool) == [b"2"]
    monkeypatch.setattr(module.time, "monotonic", lambda: 1e12)
    assert payloads(spool) == []
    assert spool.lost["torn"] == 4


def test_a_record_without_an_end_costs_no_more_memory_than_a_record(spool):
    left(spool, record(b"1") + b"\x1e" + b"x" * (5 * PAYLOAD) + record(b"2"))
    reading = spool.read()
    assert next(reading).payload == b"1"
    held = []
    for found in reading:
        held.append(found.payload)
        assert all(len(taken.rest) <= module.RECORD + module.CHUNK for taken in spool._taken)
    assert held == [b"2"]
    assert spool.lost["torn"] == 1


def test_only_plain_files_are_read_and_the_rest_does_not_stay(spool, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(record(b"secret"))
    os.symlink(secret, spool.file("a-1"))
    os.mkfifo(spool.file("a-2"))
    os.mkdir(spool.file("a-3"))
    (spool.folder / "stranger.txt").write_text("x")
    assert payloads(spool) == []
    assert sorted(os.listdir(spool.folder)) == ["stranger.txt"]
    assert secret.exists()


@given(st.lists(st.one_of(st.binary(max_size=40).map(record), st.binary(max_size=20)), max_size=12), st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_however_a_file_is_cut_into_reads_the_same_is_found_in_it(spool, pieces, size):
    data, found = b"".join(pieces), []
    for chunk in (1 << 18, size):
        module.CHUNK, kept = chunk, module.CHUNK
        try:
            left(spool, data)
            found.append(payloads(spool))
            spool.close()
        finally:
            module.CHUNK = kept
    assert found[0] == found[1]
