"""The project's memory: one source, nothing lost when two write, nothing read from or written to elsewhere."""

import fcntl
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import GitError, HiveError, StorageError, UsageError
from hiveui.git.texts import difference, merge
from hiveui.model.memory import BEGINNING, DECISIONS, FILES, IMPORTS, LARGEST, SOURCE, change, entry, imports, links
from hiveui.model.text import visible
from hiveui.storage import memory

NAMES = [SOURCE, *IMPORTS]
NOW = "2026-11-21T18:04:05.000Z"


@given(st.fixed_dictionaries({name: st.none() | st.sampled_from(["", "# a\n", "@AGENTS.md\n", "b"]) for name in NAMES}))
def test_linking_loses_no_word_and_once_done_has_nothing_to_do(texts):
    after = dict(texts)
    for step in links(texts, every=True):
        after[step.name] = step.text
    assert links(after, every=True) == []
    assert after[SOURCE] is not None
    assert all(imports(after[name] or "") or after[name] == after[SOURCE] for name in IMPORTS)
    everything = "\n".join(text or "" for text in after.values())
    assert all(line in everything for text in texts.values() for line in (text or "").splitlines())


def test_linking_begins_with_what_claude_md_says_and_makes_no_file_that_nobody_reads():
    assert [(s.name, s.text) for s in links({"CLAUDE.md": "rules\n"})] == [
        (SOURCE, "rules\n"),
        ("CLAUDE.md", "@AGENTS.md\n"),
    ]
    assert [(s.name, s.text) for s in links({})] == [(SOURCE, BEGINNING), ("CLAUDE.md", "@AGENTS.md\n")]
    assert [s.name for s in links({SOURCE: "a", "CLAUDE.md": "b", "GEMINI.md": "c"})] == ["CLAUDE.md", "GEMINI.md"]


@given(st.text(), st.text(min_size=1))
def test_a_decision_is_one_block_that_nothing_in_it_ends(text, author):
    written = entry(text, author, NOW)
    first, *rest = written.splitlines()
    assert first.startswith("- **2026-11-21 18:04 UTC, ")
    assert all(not line or line.startswith("  ") for line in rest)
    assert visible(written.replace("\n", "")) == written.replace("\n", "")


def test_what_is_told_of_a_change_is_fenced_and_says_who_made_it():
    told = change("AGENTS.md", difference(b"a\nb\n", b"a\n```\nc\x1b[2J\n", around=1), "backend (claude)")
    assert "by backend (claude)" in told
    assert "````\n@@" in told
    assert "-b\n+```\n+c␛[2J\n````" in told


def test_appends_at_the_same_time_are_all_kept_whole(tmp_path: Path):
    def add(number: int) -> None:
        for i in range(20):
            memory.append(tmp_path, DECISIONS, entry(f"{number}.{i}\nand why", "a", NOW))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (memory.read(tmp_path, DECISIONS) or "").splitlines()
    assert sorted(lines[::2]) == sorted(entry(f"{n}.{i}", "a", NOW).rstrip() for n in range(8) for i in range(20))
    assert set(lines[1::2]) == {"  and why"}
    (tmp_path / DECISIONS).write_text("torn")
    memory.append(tmp_path, DECISIONS, "- new\n")
    assert memory.read(tmp_path, DECISIONS) == "torn\n- new\n"


def test_a_file_that_another_keeps_locked_is_not_waited_for_without_end(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(memory, "PATIENCE", 0.1)
    memory.append(tmp_path, DECISIONS, "- one\n")
    with (tmp_path / DECISIONS).open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="locked by another"):
            memory.append(tmp_path, DECISIONS, "- two\n")
    memory.append(tmp_path, DECISIONS, "- three\n")
    assert memory.read(tmp_path, DECISIONS) == "- one\n- three\n"


def test_what_is_told_of_a_long_change_says_that_it_begins_earlier():
    told = change("AGENTS.md", [f"+{n}" for n in range(100)], "")
    assert "(what stands before is left out)\n+40\n" in told
    assert "left out" not in change("AGENTS.md", ["+1"], "")


def test_no_link_leads_out_of_the_project_and_a_link_within_it_is_followed(tmp_path: Path):
    project, outside = tmp_path / "shop", tmp_path / "bashrc"
    project.mkdir()
    outside.write_text("mine")
    (project / SOURCE).symlink_to(outside)
    for touch in (memory.read, lambda f, n: memory.write(f, n, "x"), lambda f, n: memory.append(f, n, "x")):
        with pytest.raises(UsageError, match="leads out"):
            touch(project, SOURCE)
    assert outside.read_text() == "mine"
    with pytest.raises(UsageError, match="no file of the memory"):
        memory.read(project, "../bashrc")
    (project / SOURCE).unlink()
    (project / SOURCE).write_text("all")
    (project / SOURCE).chmod(0o664)
    (project / "CLAUDE.md").symlink_to(SOURCE)
    memory.write(project, "CLAUDE.md", "new")
    assert ((project / SOURCE).read_text(), (project / "CLAUDE.md").is_symlink()) == ("new", True)
    assert (project / SOURCE).stat().st_mode & 0o777 == 0o664


def test_what_is_no_text_is_refused_in_a_sentence(tmp_path: Path):
    (tmp_path / SOURCE).write_bytes(b"\xff\xfe")
    (tmp_path / "CLAUDE.md").mkdir()
    os.mkfifo(tmp_path / "GEMINI.md")
    (tmp_path / ".hive").mkdir()
    (tmp_path / DECISIONS).write_bytes(b"x" * (LARGEST + 1))
    for name in FILES:
        with pytest.raises(HiveError):
            memory.read(tmp_path, name)


def test_two_changes_are_brought_together_and_those_of_the_same_lines_stand_both():
    base = "".join(f"line {n}\n" for n in range(9))
    ours, theirs = base.replace("line 1", "mine"), base.replace("line 7", "theirs")
    both = merge(base, ours, theirs, ("yours", "before", "theirs"))
    assert (both.conflicts, both.text) == (0, ours.replace("line 7", "theirs"))
    apart = merge(base, ours, base.replace("line 1", "theirs"), ("yours", "before", "theirs"))
    assert apart.conflicts == 1
    assert "<<<<<<< yours\nmine\n" in apart.text


def test_half_a_character_and_a_full_disk_are_no_reason_to_lose_what_two_wrote(tmp_path: Path, monkeypatch):
    assert merge("a\n\nb\n", "a\ud800\n\nb\n", "a\n\nc\n", ("yours", "before", "theirs")).text == "a?\n\nc\n"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    for compare in (lambda: merge("a", "b", "c", ("yours", "before", "theirs")), lambda: difference(b"a", b"b", 1)):
        with pytest.raises(GitError, match="No such file"):
            compare()
