import json
import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.titles import BEGINNING, SAID, TITLE, title

DATA = Path(__file__).parents[1] / "data" / "usage"


@pytest.mark.parametrize(
    ("format_", "said"),
    [
        ("claude", "Please talk slowly [[scn:slow]]"),
        ("codex", "Please talk slowly [[scn:slow]]"),
        ("gemini", "Please talk slowly [[scn:slow]]"),
        ("qwen", "Please talk slowly [[scn:slow]]"),
    ],
)
def test_a_conversation_is_about_what_the_person_said_first(format_, said):
    assert title(str(DATA / f"{format_}.jsonl"), format_, "id") == said


def test_a_database_knows_titles(tmp_path):
    path = tmp_path / "it's [a] 100% db?.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE session (id TEXT, title TEXT)")
        database.execute("INSERT INTO session VALUES ('ses_1', 'Add\n  sorting'), ('ses_2', x'ff')")
    database.close()
    assert [title(str(path), "opencode", id_) for id_ in ("ses_1", "ses_2", "ses_3")] == ["Add sorting", "", ""]
    assert title(str(tmp_path / "none.db"), "opencode", "ses_1") == ""
    assert not (tmp_path / "none.db").exists()


def test_what_is_long_is_cut_and_what_cannot_be_read_has_no_title(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"\xff\n[]\n" + json.dumps({"type": "user", "message": {"content": "x " * 500}}).encode() + b"\n")
    assert len(title(str(path), "claude", "id")) == TITLE
    path.write_bytes(b"x" * BEGINNING + b'\n{"type":"user","message":{"content":"late"}}\n')
    assert title(str(path), "claude", "id") == ""
    path.unlink()
    os.mkfifo(path)
    assert title(str(path), "claude", "id") == title(str(tmp_path), "claude", "id") == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "message", "content", "text", "payload", "role", "parts"]), inner, max_size=4
        )
    ),
)


@given(
    st.sampled_from(sorted(SAID)), st.dictionaries(st.sampled_from(["type", "message", "payload", "content"]), values)
)
def test_no_entry_makes_it_fail(tmp_path_factory, format_, entry):
    path = tmp_path_factory.getbasetemp() / "t.jsonl"
    path.write_text(json.dumps({"type": "user", **entry}))
    assert isinstance(title(str(path), format_, "id"), str)
