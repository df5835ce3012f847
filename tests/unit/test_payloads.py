import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.hooks.payloads import read_payload
from hiveui.model.turns import Happening as H


def read(event, /, cut=False, **payload):
    return read_payload(event, json.dumps({"hook_event_name": event, "session_id": "s-1", **payload}).encode(), cut=cut)


def test_a_prompt_that_arrived_is_there_to_the_letter():
    heard = read("UserPromptSubmit", prompt="a\n\x1b[31m ;", prompt_id="p", transcript_path="/t.jsonl")
    assert (heard.happening, heard.prompt, heard.turn, heard.conversation) == (H.PROMPT, "a\n\x1b[31m ;", "p", "s-1")
    assert heard.transcript == "/t.jsonl"


@pytest.mark.parametrize(
    ("tool", "given_input", "question"),
    [
        ("Bash", {"description": "Says hi", "command": "echo hi\nrm -rf /"}, "Bash: echo hi␊rm -rf /"),
        ("Write", {"file_path": "/x/a.txt", "content": "long"}, "Write: /x/a.txt"),
        ("mcp__hive__echo", {"text": "ping"}, 'mcp__hive__echo: {"text": "ping"}'),
        ("Odd", {}, "Odd"),
    ],
)
def test_an_approval_says_in_one_line_what_it_is_about_and_keeps_the_input_for_rules(tool, given_input, question):
    heard = read("PermissionRequest", tool_name=tool, tool_input=given_input)
    assert (heard.happening, heard.dialog.question, heard.tool_input) == (H.APPROVAL, question, given_input)


PATCH = "*** Begin Patch\n*** Add File: a.py\n+x\n*** Update File: /y/b.py\n-x\n*** End Patch"


@pytest.mark.parametrize(
    ("tool", "given_input", "more", "written"),
    [
        ("Write", {"file_path": "/x/a.txt", "content": "long"}, {}, ("/x/a.txt",)),
        ("NotebookEdit", {"notebook_path": "b.ipynb"}, {}, ("b.ipynb",)),
        ("write", {"filePath": "b.py", "content": ""}, {"cwd": "/x"}, ("/x/b.py",)),
        ("apply_patch", {"input": PATCH}, {"cwd": "/x"}, ("/x/a.py", "/y/b.py")),
        ("Bash", {"command": "echo x > a"}, {"cwd": "/x"}, ()),
        ("Read", {"file_path": "/x/a.txt"}, {}, ()),
        ("Edit", {"file_path": "/x/a.txt"}, {"error": "no such text"}, ()),
        ("Edit", {"file_path": ["/x"]}, {}, ()),
        ("Edit", "odd", {}, ()),
    ],
)
def test_what_a_tool_wrote_is_known_once_it_has(tool, given_input, more, written):
    assert read("PostToolUse", tool_name=tool, tool_input=given_input, **more).written == written
    assert read("PreToolUse", tool_name=tool, tool_input=given_input).written == ()


def test_a_question_is_offered_with_its_choices():
    form = [{"question": "Which?", "options": [{"label": "Red"}, {"label": "Blue"}, "odd"]}, {"question": "Why?"}]
    heard = read("PermissionRequest", tool_name="AskUserQuestion", tool_input={"questions": form})
    assert (heard.happening, heard.dialog.question) == (H.QUESTION, "Which? / Why?")
    assert [choice.label for choice in heard.dialog.choices] == ["Red", "Blue"]


def test_a_limit_says_when_it_ends():
    heard = read("StopFailure", error="rate_limit", last_assistant_message="You've hit your limit · resets 3pm (UTC)")
    assert (heard.happening, heard.resets) == (H.LIMITED, "3pm (UTC)")
    assert read("StopFailure", error="server_error", last_assistant_message="API Error: 500").happening is H.FAILED


def test_of_a_payload_that_was_cut_what_stands_first_is_known():
    whole = json.dumps(
        {
            "session_id": "s-1",
            "prompt_id": "p",
            "hook_event_name": "PostToolUse",
            "tool_name": "Read",
            "tool_response": "x" * 100,
        }
    )
    for end in range(1, len(whole)):
        heard = read_payload("PostToolUse", whole[:end].encode(), cut=True)
        assert heard.happening is H.TOOL_OVER
        assert heard.cut
    assert (heard.conversation, heard.turn, heard.tool) == ("s-1", "p", "Read")


@pytest.mark.parametrize(
    "payload", [b"", b"null", b"[1]", b"{", b'{"a": 1}}', b"\xff\xfe", b"\x00" * 9, b"[" * 100_000, b'{"a":' * 100_000]
)
def test_what_is_no_json_object_is_not_read(payload):
    assert read_payload("Stop", payload) is None


def test_an_unknown_event_and_fields_of_odd_kinds_say_nothing():
    assert read("FutureEvent").happening is H.NOTE
    odd = read(
        "Stop",
        session_id=["x"],
        prompt_id={},
        tool_input=[],
        background_tasks=[1, {"id": 2, "status": "running"}],
        last_assistant_message=7,
    )
    assert (odd.happening, odd.conversation, odd.turn, odd.tasks, odd.text) == (H.DONE, "", "", frozenset(), "")
    assert read("Stop", session_id="--resume; rm").conversation == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "tool_input",
    "tool_name",
    "questions",
    "options",
    "properties",
    "status",
    "type",
    "error",
    "details",
    "background_tasks",
    "metadata",
    "info",
]


@given(
    st.sampled_from(
        ["PermissionRequest", "Stop", "session.status", "permission.asked", "question.asked", "StopFailure"]
    ),
    st.dictionaries(st.sampled_from(FIELDS), JSON),
    st.booleans(),
)
def test_whatever_stands_in_a_payload_it_is_read(event, fields, cut):
    heard = read_payload(event, json.dumps(fields).encode(), cut=cut)
    assert heard is not None
    assert heard.dialog is None or heard.dialog.question.isprintable()
