import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.rehearsal.__main__ import SHIPPED, load
from hiveui.agents.rehearsal.cells import cells, chop, clean, cut, wrap
from hiveui.agents.rehearsal.composer import Composer
from hiveui.agents.rehearsal.dialog import Dialog
from hiveui.agents.rehearsal.keys import Keys, Press
from hiveui.agents.rehearsal.memory import Memory, folder
from hiveui.agents.rehearsal.script import parse
from hiveui.agents.rehearsal.stage import LOOKS, block
from hiveui.agents.rehearsal.steps import STEPS
from hiveui.agents.scratch import make_scratch, remove_scratch
from hiveui.errors import ConfigError, StorageError, UsageError


@pytest.mark.parametrize("name", sorted(file.stem for file in SHIPPED.glob("*.toml")))
def test_every_shipped_script_is_read(name: str) -> None:
    script = load(name)
    assert script.steps or script.replies


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[step]]\ndo = "dance"', "s.toml:1: step 1: do = 'dance' is no step kind; there are say, stream"),
        ('[[step]]\ndo = "bell"\n\n[[step]]\ndo = "say"', "s.toml:4: step 2: say needs 'text'."),
        ('[[step]]\ndo = "say"\ntext = 3', "s.toml:1: step 1: text must be a string."),
        ('[[step]]\ndo = "think"\nseconds = -1', "s.toml:1: step 1: seconds must be a number."),
        ('[[step]]\ndo = "run"\ncommand = "ls"', "s.toml:1: step 1: command must be a list of strings."),
        ('[[step]]\ndo = "bell"\ntext = ""', "s.toml:1: step 1: bell has no 'text'; it takes nothing."),
        ('[[reply]]\ndo = "bell"', "s.toml:1: reply 1: match must be a string or a list of strings."),
        ("[step]\ndo = 1", "s.toml: write [[step]] with two brackets."),
        ("[[stop]]", "s.toml: unknown table 'stop'; a script has [[step]] and [[reply]] only."),
        ("[[step]]\ndo = ]", "s.toml: Invalid value (at line 2, column 6)"),
        ('[[step]]\ndo = "say"\ntext = """\n[[step]]\n"""\n[[step]]', "s.toml:6: step 2: do = None"),
    ],
)
def test_a_wrong_script_gets_one_sentence_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "s.toml", STEPS)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_an_unknown_script_is_told_which_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        load("nobody")
    assert "planner" in caught.value.hint


STREAM = "a\x1b[A é\x1b[200~x\r\ny\x1b[201~\x1b\r\r\x7f\x1bOB\x1b[13;2u中".encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_keys_are_the_same_wherever_their_bytes_are_split(at: list[int]) -> None:
    def decoded(cuts: list[int]) -> list[Press]:
        keys, presses = Keys(), []
        for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
            presses += keys.feed(STREAM[start:end])
        text = "".join("\0" if press.name != "text" else press.text for press in presses)
        return [Press(text), *(press for press in presses if press.name != "text")]

    assert decoded(sorted(at)) == decoded([])
    assert [press.name for press in decoded([])[1:]] == [
        "up", "paste", "ctrl+j", "enter", "backspace", "down", "ctrl+j",
    ]  # fmt: skip


def test_a_lone_escape_is_held_until_it_is_flushed() -> None:
    keys = Keys()
    assert keys.feed(b"\x1b") == []
    assert keys.ambiguous
    assert keys.flush() == [Press("escape")]
    assert not keys.ambiguous


def test_a_prompt_is_edited_and_submitted() -> None:
    composer = Composer()
    edits = [Press("text", "one two"), Press("ctrl+w"), Press("ctrl+j"), Press("paste", "3\x1b[31m4"), Press("left")]
    assert [composer.feed(press) for press in [*edits, Press("backspace")]] == [None] * 6
    assert composer.lines(10) == (["one ", "4"], (1, 0))
    assert composer.feed(Press("enter")) == "one \n4"
    assert composer.feed(Press("enter")) is None


@pytest.mark.parametrize(
    ("presses", "answer"),
    [
        ([Press("enter")], 0),
        ([Press("down"), Press("down"), Press("down"), Press("enter")], 2),
        ([Press("text", "2")], 1),
        ([Press("text", "9")], None),
        ([Press("text", "y")], 0),
        ([Press("escape")], 2),
        ([Press("paste", "approve\n")], None),
        ([Press("down"), Press("paste", "Approve"), Press("enter")], 0),
    ],
)
def test_a_dialog_is_answered_by_key_digit_or_word(presses: list[Press], answer: int | None) -> None:
    dialog = Dialog("Run?", "$ ls", ["Yes", "Always", "No"], {"y": 0, "approve": 0})
    for press in presses:
        dialog.feed(press)
    assert dialog.answer == answer


@pytest.mark.parametrize("measured", [wrap, chop])
@given(st.text(max_size=80), st.integers(2, 30))
def test_no_laid_out_line_is_wider_than_asked(measured: Callable[[str, int], list[str]], text: str, width: int) -> None:
    text = clean(text)
    lines = measured(text.replace("\n", " ") if measured is chop else text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert cells(cut(text, width)) <= width


@given(st.text(max_size=60), st.sampled_from(sorted(LOOKS)), st.integers(2, 200))
def test_a_block_holds_no_control_but_its_own_colours(text: str, look: str, columns: int) -> None:
    for line in block(look, text + "\x1b]52;c;aGk=\x07\x1b[2J\x9b1A", columns):
        assert set(line.replace("\x1b[", "")).isdisjoint(map(chr, (*range(32), *range(0x7F, 0xA0))))


def test_a_conversation_is_recalled_but_for_its_torn_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    memory = Memory("abc-1")
    memory.begin("planner")
    memory.say("say", "Hello.")
    memory.reached(3)
    with (folder() / "abc-1.jsonl").open("a") as file:
        file.write(json.dumps({"step": 4})[:-1])
    again = Memory("abc-1")
    again.recall()
    assert (again.script, again.step, again.blocks) == ("planner", 3, [("say", "Hello.")])


@pytest.mark.parametrize("conversation", ["../x", "a/b", "x" * 65, "a b"])
def test_a_conversation_id_leads_out_of_no_folder(conversation: str) -> None:
    with pytest.raises(UsageError):
        Memory(conversation)


def head_of(repository: Path) -> str:
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=repository, text=True)


@pytest.mark.parametrize("times", [0, 2, 10**9])
def test_a_scratch_repository_goes_with_what_is_written_there_as_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    place, remove, late = tmp_path / "shop", shutil.rmtree, iter(range(times))
    make_scratch(place)

    def removing(path: Path, *, ignore_errors: bool) -> None:
        remove(path, ignore_errors=ignore_errors)
        for number in islice(late, 1):
            (place / f"late{number}").mkdir(parents=True)

    monkeypatch.setattr(shutil, "rmtree", removing)
    with contextlib.nullcontext() if times < 10 else pytest.raises(StorageError, match="removed whole"):
        remove_scratch(place)
    assert place.exists() is (times > 10)


def test_the_scratch_repository_is_the_same_commit_each_time_and_is_kept(tmp_path: Path) -> None:
    make_scratch(tmp_path / "one")
    make_scratch(tmp_path / "two")
    assert head_of(tmp_path / "one") == head_of(tmp_path / "two")
    (tmp_path / "one" / "more").write_text("kept")
    make_scratch(tmp_path / "one")
    assert (tmp_path / "one" / "more").read_text() == "kept"


def test_the_scratch_repository_takes_nobody_elses_folder(tmp_path: Path) -> None:
    subprocess.check_call(["git", "init", "-q", tmp_path])
    (tmp_path / "mine").mkdir()
    for folder_ in (tmp_path, tmp_path / "mine"):
        (folder_ / "work.txt").write_text("precious")
        with pytest.raises(StorageError, match="something else"):
            make_scratch(folder_)
    assert not (tmp_path / "README.md").exists()
