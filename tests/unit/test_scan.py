"""The signal bytes worth keeping, whatever the split."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.tmux.scan import MAX_STRING, Scanner, Signal

CASES = {
    b"plain \x1b[31mred\x1b[0m text": [],
    b"\x07": [Signal("bell")],
    b"\x1b]0;title\x07": [Signal("0", b"title")],
    b"\x1b]2;title\x1b\\x": [Signal("2", b"title")],
    b"\x1b]52;c;c2VjcmV0\x07": [],
    b"\x1b]7501;state=working\x1b\\": [Signal("7501", b"state=working")],
    b"\x1bPtmux;\x1b\x1b]9;Approval requested\x07\x1b\\": [Signal("9", b"Approval requested")],
    b"\x1b[4 q": [Signal("shape", b"4")],
    b"\x1b[ q": [Signal("shape", b"0")],
    b"\x1b[!p": [Signal("shape", b"0")],
    b"\x1bc": [Signal("shape", b"0")],
    b"\x1b]0;a\x07\x07\x1b]777;notify;t;b\x07": [Signal("0", b"a"), Signal("bell"), Signal("777", b"notify;t;b")],
}


def octal(raw: bytes) -> bytes:
    return b"".join(b"\\%03o" % byte if byte < 32 or byte == 92 else bytes((byte,)) for byte in raw)


@pytest.mark.parametrize("raw", CASES, ids=repr)
def test_a_sequence_is_found_and_nothing_else(raw):
    assert Scanner().feed(octal(raw)) == CASES[raw]


@pytest.mark.parametrize("raw", CASES, ids=repr)
def test_a_sequence_is_found_when_each_byte_comes_alone(raw):
    scanner = Scanner()
    assert [signal for byte in raw for signal in scanner.feed(octal(bytes((byte,))))] == CASES[raw]


def test_a_string_that_never_ends_is_forgotten_and_its_end_is_found():
    scanner = Scanner()
    assert scanner.feed(octal(b"\x1b]0;")) == []
    for _ in range(3):
        assert scanner.feed(b"x" * MAX_STRING) == []
    assert scanner.feed(octal(b"\x07\x07")) == [Signal("bell")]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_in_any_split_are_harmless(one, two):
    scanner = Scanner()
    for data in (one, two, base64.b16encode(one)):
        for signal in scanner.feed(octal(data)):
            assert len(signal.body) <= MAX_STRING
