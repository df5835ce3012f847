import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.gateway.protocol import (
    MAX_DEPTH,
    MAX_FRAME,
    BadFrameError,
    Code,
    Failure,
    Frames,
    FrameTooLongError,
    Message,
    Notification,
    Request,
    Response,
    decode,
    encode,
    too_deep,
)

CORPUS = sorted((Path(__file__).parents[1] / "data" / "jsonrpc").glob("*.bin"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ids = st.none() | st.integers() | st.text()
params = st.dictionaries(st.text(), json_values, max_size=3)
messages = st.one_of(
    st.builds(Request, ids, st.text(), params),
    st.builds(Notification, st.text(), params),
    st.builds(Response, ids, json_values),
    st.builds(Failure, ids, st.integers(), st.text(), json_values),
)


@given(messages)
def test_a_message_survives_the_wire(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line[:-1]) == message


def test_a_lone_surrogate_survives_the_wire() -> None:
    message = Notification("x", {"name": "\udcff"})
    assert decode(encode(message)[:-1]) == message


@given(st.lists(st.binary(max_size=40)), st.lists(st.integers(0, 60)))
def test_lines_are_the_same_however_the_stream_is_cut(lines: list[bytes], cuts: list[int]) -> None:
    stream = b"\n".join(lines) + b"\n"
    whole = list(Frames().feed(stream))
    frames, pieces, at = Frames(), [], 0
    for cut in cuts:
        pieces += frames.feed(stream[at : at + cut])
        at += cut
    pieces += frames.feed(stream[at:])
    assert pieces == whole == [line for line in stream.split(b"\n") if line.strip()]
    assert not frames.begun


def test_a_line_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert [len(line) for line in Frames().feed(b"x" * MAX_FRAME + b"\n")] == [MAX_FRAME]
    with pytest.raises(FrameTooLongError, match="1,048,576 bytes"):
        list(Frames().feed(b"x" * (MAX_FRAME + 1)))


def test_lines_before_one_that_is_too_long_are_still_given() -> None:
    lines = []
    with pytest.raises(FrameTooLongError):
        lines.extend(Frames(limit=4).feed(b"ab\ntoolong\n"))
    frames = Frames(limit=4).feed(b"ab\ntoolong\n")
    assert next(frames) == b"ab"


@pytest.mark.parametrize(
    ("line", "code", "id_"),
    [
        (b"[]", Code.INVALID_REQUEST, None),
        (b'[{"jsonrpc":"2.0","method":"x","id":1}]', Code.INVALID_REQUEST, None),
        (b"null", Code.INVALID_REQUEST, None),
        (b"{}", Code.INVALID_REQUEST, None),
        (b'{"jsonrpc":"1.0","id":7}', Code.INVALID_REQUEST, 7),
        (b'{"jsonrpc":"2.0","id":"a"}', Code.INVALID_REQUEST, "a"),
        (b'{"jsonrpc":"2.0","method":1,"id":1}', Code.INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","method":"x","id":{}}', Code.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","method":"x","id":true}', Code.INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","method":"x","id":1,"params":[1]}', Code.INVALID_PARAMS, 1),
        (b'{"jsonrpc":"2.0","method":"x","id":1,"params":null}', Code.INVALID_PARAMS, 1),
        (b'{"jsonrpc":"2.0","method":"x","id":1,"params":{"a":1e999}}', Code.PARSE, None),
        (b'{"jsonrpc":"2.0","method":"x","id":NaN}', Code.PARSE, None),
        (b'{"jsonrpc":"2.0","method":"x","id":' + b"9" * 5000 + b"}", Code.PARSE, None),
        (b'{"jsonrpc":"2.0","method":"\xff","id":1}', Code.PARSE, None),
        (b"GET / HTTP/1.1", Code.PARSE, None),
        (b"\x16\x03\x01\x02\x00", Code.PARSE, None),
    ],
)
def test_a_bad_frame_has_the_standard_error(line: bytes, code: Code, id_: object) -> None:
    with pytest.raises(BadFrameError) as refused:
        decode(line)
    assert (refused.value.code, refused.value.id) == (code, id_)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("file", CORPUS, ids=lambda f: f.stem)
def test_hostile_frames_are_read_or_refused(file: Path) -> None:
    for line in Frames().feed(file.read_bytes() + b"\n"):
        try:
            answer: Message = decode(line)
        except BadFrameError as refused:
            answer = refused.answer
        assert decode(encode(answer)[:-1]) == answer


def test_the_deepest_frame_that_is_allowed_is_read() -> None:
    deep = b"[" * (MAX_DEPTH - 2) + b"]" * (MAX_DEPTH - 2)
    frame = b'{"jsonrpc":"2.0","method":"x","params":{"a":%s}}'
    decode(frame % deep)
    with pytest.raises(BadFrameError, match="deeper than 64"):
        decode(frame % (b"[" + deep + b"]"))


@given(json_values)
def test_brackets_in_strings_are_not_depth(value: object) -> None:
    text = '[{"\\' * 100
    assert not too_deep(encode(Notification("x", {"a": value, text: text}))[:-1])


@pytest.mark.parametrize(
    "line",
    [
        b"[" * MAX_FRAME,
        b'{"a":' * 200_000,
        b"[]" * (MAX_FRAME // 2),
        rb"\"" * (MAX_FRAME // 2),
        b'"[' * (MAX_FRAME // 2),
    ],
    ids=["arrays", "objects", "flat", "quotes", "strings"],
)
def test_no_frame_of_the_largest_size_takes_long_to_refuse(line: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BadFrameError):
        decode(line)
    assert time.process_time() - began < 2
