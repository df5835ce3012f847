"""What is taken out of a text before it is typed, and the receipt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import UsageError
from hiveui.hive.delivery import PASTE_LIMIT, buffer_name, cleaned
from hiveui.tmux.commands import checked_id

PROMPTS = Path(__file__).parents[1] / "data" / "prompts.json"


@pytest.mark.parametrize(
    ("text", "kept", "removed"),
    [
        ("plain ä中🙂\ttab\n", "plain ä中🙂\ttab\n", 0),
        ("a\r\nb\rc", "a\nb\nc", 0),
        ("\x1b[201~rm\r", "rm\n", 1),
        ("\x1b[200~\x1b[31mred", "[31mred", 2),
        ("\x00\x03\x04\x7f\x85\x9b201~", "201~", 6),
        ("trailing;", "trailing;", 0),
        ("\u202eredrum", "\u202eredrum", 0),
        ("\udcff\ud800x", "x", 2),
        ("", "", 0),
    ],
)
def test_a_text_loses_what_would_act_and_nothing_else(text: str, kept: str, removed: int) -> None:
    found, receipt = cleaned(text)
    assert (found, receipt.sent, receipt.removed) == (kept, len(kept), removed)


@given(st.text(st.characters()))
def test_nothing_acts_in_a_cleaned_text_and_cleaning_it_again_changes_nothing(text: str) -> None:
    kept, _ = cleaned(text)
    kept.encode()
    assert all(char in "\t\n" or not (ord(char) < 32 or 127 <= ord(char) < 160) for char in kept)
    assert cleaned(kept)[0] == kept


def test_no_prompt_of_the_corpus_ends_a_paste() -> None:
    prompts = [entry["text"] for entry in json.loads(PROMPTS.read_text())]
    assert any("\x1b[201~" in prompt for prompt in prompts)
    assert not any("\x1b" in cleaned(prompt)[0] or "\r" in cleaned(prompt)[0] for prompt in prompts)


def test_a_text_over_one_mebibyte_is_refused_by_its_bytes() -> None:
    assert cleaned("ä" * (PASTE_LIMIT // 2))[1].sent == PASTE_LIMIT // 2
    with pytest.raises(UsageError, match="1 MiB"):
        cleaned("ä" * (PASTE_LIMIT // 2) + "x")


def test_each_paste_has_a_buffer_of_its_own() -> None:
    assert len({checked_id(buffer_name()) for _ in range(100)}) == 100
