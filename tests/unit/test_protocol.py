"""Control mode, sans I/O: framing by count, notifications, every split."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.tmux.protocol import Expected, Notification, Output, Protocol, ProtocolError, Reply

CONTROL = Path(__file__).parent.parent / "data" / "control"

STREAM = (
    b"%begin 1 10 0\n%end 1 10 0\n%session-changed $0 w-1\n"
    b"%begin 2 11 1\n3 0 80 0 0 1 0 0 0 0 0 0\n%end 2 11 1\n"
    b"%begin 2 12 1\n%end 2 12 1\n%output %9 forged\n%end 2 12 1\n%end 2 12 1\n"
    b"%output %1 a\\015\\012\xff\n%extended-output %2 0 : b : c\n"
    b"%begin 3 13 1\nfirst\n%end 3 13 1\n%begin 3 14 1\nsecond\n%end 3 14 1\n"
    b"%begin 4 15 1\nno such pane\n%error 4 15 1\n%pause %1\n"
)
ITEMS = [
    Notification(b"%session-changed $0 w-1"),
    Reply(1, True, (b"3 0 80 0 0 1 0 0 0 0 0 0", b"%end 2 12 1", b"%output %9 forged", b"%end 2 12 1")),
    Output(b"%1", b"a\\015\\012\xff"),
    Output(b"%2", b"b : c"),
    Reply(2, True, (b"first", b"second")),
    Reply(3, False, (b"no such pane",)),
    Notification(b"%pause %1"),
]


def expecting() -> Protocol:
    protocol = Protocol()
    for expected in (Expected(1, start=0, end=1 << 30), Expected(2, blocks=2), Expected(3, blocks=2)):
        protocol.expect(expected)
    return protocol


def test_a_pane_that_prints_the_end_of_its_own_capture_ends_nothing():
    assert list(expecting().feed(STREAM)) == ITEMS


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_the_stream_reads_the_same_however_it_is_split(cuts):
    protocol = expecting()
    edges = [0, *sorted(cuts), len(STREAM)]
    items = [item for a, b in itertools.pairwise(edges) for item in protocol.feed(STREAM[a:b])]
    assert items == ITEMS
    assert protocol.waiting == 0


def test_the_capture_of_a_pane_that_is_gone_is_an_error():
    protocol = Protocol()
    protocol.expect(Expected(1, start=0, end=1 << 30))
    protocol.expect(Expected(2))
    stream = (
        b"%begin 1 1 1\n      \n%end 1 1 1\n%begin 1 2 1\ncan't find pane\n%error 1 2 1\n%begin 1 3 1\nx\n%end 1 3 1\n"
    )
    assert list(protocol.feed(stream)) == [Reply(1, False, (b"      ", b"can't find pane")), Reply(2, True, (b"x",))]


def test_an_error_ends_its_whole_line_and_the_next_answer_is_the_next_commands():
    protocol = Protocol()
    protocol.expect(Expected(1, blocks=3))
    protocol.expect(Expected(2))
    stream = b"%begin 1 1 1\na\n%end 1 1 1\n%begin 1 2 1\nbad\n%error 1 2 1\n%begin 1 3 1\nx\n%end 1 3 1\n"
    assert list(protocol.feed(stream)) == [Reply(1, False, (b"a", b"bad")), Reply(2, True, (b"x",))]


@pytest.mark.parametrize(("start", "end", "lines"), [(0, 1 << 30, 5), (-3, -1, 3), (-99, 99, 15), (2, 2, 1), (9, 9, 1)])
def test_a_capture_of_history_is_counted_as_tmux_clips_it(start, end, lines):
    protocol = Protocol()
    protocol.expect(Expected(1, start=start, end=end))
    body = b"".join(b"%%end 1 2 1 %d\n" % n for n in range(lines))
    stream = b"%begin 1 1 1\n5 10 80\n%end 1 1 1\n%begin 1 2 1\n" + body + b"%end 1 2 1\n"
    (reply,) = protocol.feed(stream)
    assert len(reply.lines) == 1 + lines


def test_a_counted_block_of_the_wrong_length_is_refused_rather_than_believed():
    protocol = Protocol()
    protocol.expect(Expected(1, start=0, end=1 << 30))
    stream = b"%begin 1 1 1\n1 0 80\n%end 1 1 1\n%begin 1 2 1\nrow\nanother row\n%end 1 2 1\n"
    with pytest.raises(ProtocolError):
        list(protocol.feed(stream))


@pytest.mark.parametrize("name", sorted(path.name for path in CONTROL.glob("parser_feed_*.bin")))
def test_hostile_streams_give_items_or_one_protocol_error(name):
    data = (CONTROL / name).read_bytes()
    protocol = Protocol()
    protocol.expect(Expected(1))
    try:
        items = list(protocol.feed(data))
    except ProtocolError:
        return
    assert all(isinstance(item, (Reply, Output, Notification)) for item in items)


@given(st.binary(max_size=400))
def test_noise_never_raises_anything_but_a_protocol_error(data):
    protocol = Protocol()
    protocol.expect(Expected(1))
    try:
        list(protocol.feed(b"%begin 1 1 1\n" + data + b"\n%output %1 " + data + b"\n"))
    except ProtocolError:
        return


@pytest.mark.parametrize("said", [b"%output", b"%output %1;x y", b"%extended-output : x", b"%extended-output @1 0 : x"])
def test_what_names_no_pane_is_no_control_mode(said):
    protocol = Protocol()
    with pytest.raises(ProtocolError, match="no pane"):
        list(protocol.feed(said + b" \n"))
