"""What comes of the spools of another host, in whatever pieces, twice, and from the start again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hiveui.hosts.spools
from hiveui.hosts.spools import CHUNK, FILES, Part, Spools

NAME = "a-1.1700000000-33-1000001.taken"
payloads = st.binary(max_size=40).map(lambda data: data.replace(b"\x1e", b"").replace(b"\n", b"") or b"{}")


@given(st.lists(payloads, max_size=6), st.data())
def test_each_record_comes_once_and_whole_however_the_line_is_cut(said: list[bytes], data: st.DataObject):
    stream = b"".join(b"\x1etoken Stop " + one + b"\n" for one in said)
    spools, got = Spools(), b""
    while not spools.over(NAME, len(stream)):
        offset = data.draw(st.integers(0, spools._files[NAME].have if NAME in spools._files else 0))
        part = spools.take(NAME, offset, stream[offset : offset + data.draw(st.integers(0, 30)) + 1])
        if part is not None:
            assert part.agent == "a-1"
            assert part.records.startswith(b"\x1e")
            got += part.records
        if not stream:
            break
    assert got == stream


def test_a_record_that_goes_on_in_the_next_part_is_not_taken_for_whole():
    spools, long = Spools(), b"\x1etoken Stop " + b"x\n" * CHUNK
    assert spools.take(NAME, 0, long[:CHUNK]) is None
    part = spools.take(NAME, CHUNK, long[CHUNK : 2 * CHUNK])
    assert part is None


def test_a_name_that_is_no_spools_is_not_taken():
    for name in ("../../x.1-1-1.taken", "a/b.1-1-1.taken", "A.1-1-1.taken", "a-1.seq", "a-1.1-1-1.taken\n", ""):
        assert Spools().take(name, 0, b"\x1etoken Stop {}\n") is None


def test_what_is_known_of_files_is_bounded():
    spools = Spools()
    for number in range(FILES + 10):
        spools.take(f"a-1.1-1-{number}.taken", 0, b"\x1etoken Stop {}\n")
    assert len(spools._files) == FILES


def test_records_that_never_end_take_no_more_room_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiveui.hosts.spools, "RESTS", 1000)
    spools = Spools()
    for number in range(50):
        spools.take(f"agent.{number}-1-1.taken", 0, b"\x1e" + b"x" * 99)
    assert sum(len(file.rest) for file in spools._files.values()) <= 1000
    assert spools.take("agent.49-1-1.taken", 100, b"y\n") == Part("agent", b"\x1e" + b"x" * 99 + b"y\n")
    assert not spools.over("agent.0-1-1.taken", 100)
