"""Reports that programs make of themselves by OSC 7501: believed as far as they are well formed."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.signs import AgentState
from hiveui.screen.signals import MAX_TEXT, read_status


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"state=working", AgentState.WORKING),
        (b"state=blocked:kind=permission", AgentState.APPROVAL),
        (b"state=blocked:kind=auth", AgentState.APPROVAL),
        (b"state=blocked:kind=question", AgentState.QUESTION),
        (b"state=blocked:kind=something-new", AgentState.QUESTION),
        (b"state=done:kind=ignored", AgentState.DONE),
        (b"state=error", AgentState.ERROR),
        (b"state=idle", AgentState.IDLE),
        (b"state=clear", None),
    ],
)
def test_a_report_says_a_state(body: bytes, state: AgentState | None) -> None:
    status = read_status(body)
    assert status is not None
    assert status.state is state


@pytest.mark.parametrize("body", [b"", b"state", b"state=", b"state=exited", b"kind=permission", b"state=\xff"])
def test_what_is_no_report_is_none(body: bytes) -> None:
    assert read_status(body) is None


def test_a_message_is_decoded_and_cut_and_a_broken_one_is_none() -> None:
    def message(encoded: bytes) -> str:
        status = read_status(b"state=working:msg=" + encoded)
        assert status is not None
        return status.message

    assert message(base64.b64encode("grüße".encode())) == "grüße"
    assert len(message(base64.b64encode(b"x" * 3000))) == MAX_TEXT
    assert message(b"!!!") == ""
    assert message(b"YQ") == ""


@given(st.binary(max_size=200))
def test_no_body_is_an_error(body: bytes) -> None:
    read_status(b"state=working:msg=" + body)
    read_status(body)
