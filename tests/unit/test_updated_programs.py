"""A program that was updated and looks different: whether it asks is read right, or nothing is read."""

import re

import pytest

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import rules_for
from tests.recordings import recordings

UPDATES = {
    "another prompt": lambda row: re.sub(r"[❯›]|(?<=^)> ", "▶ ", row),
    "other edges": lambda row: re.sub("[─━═╌▔▁▀▄┃│╭╮╰╯╹]", "=", row),
    "other marks": lambda row: row.translate(str.maketrans("●⏺✻✽✶✳✢•⎿✕✓", "◆◆◇◇◇◇◇▪└xv")),
    "no marks at all": lambda row: re.sub(r"[^\x00-\x7f]", " ", row),
    "other words for keys": lambda row: re.sub(r"(?i)\b(esc|enter|ctrl[-+]\w|tab)\b", "F9", row),
    "capitals": lambda row: row.upper(),
    "an indent of four": lambda row: f"    {row}",
}
"""What could be changed about every row."""


ASKING = {"approval", "question"}
EXCEPT = {("other edges", "claude-2.0.76", "idle_draft")}
"""Its draft quotes a dialog, and where the edges are others nothing tells a draft from one."""


@pytest.mark.parametrize("update", UPDATES)
def test_a_dialog_is_never_read_as_anything_else_and_nothing_else_as_a_dialog(update: str) -> None:
    for recording in recordings():
        if (update, recording.folder, recording.name) in EXCEPT:
            continue
        rows = [UPDATES[update](row) for row in recording.rows]
        sign = read_screen(rules_for(recording.kind), rows, recording.title)
        wrong = sign is not None and (sign.state in ASKING) != recording.needs_person
        assert not wrong, f"{recording.folder}/{recording.name}: {sign}"


def test_of_a_program_that_looks_like_no_version_that_is_known_nothing_is_read() -> None:
    for recording in recordings():
        rows = ["".join(chr(ord(c) ^ 1) if c.isalnum() else " " for c in row) for row in recording.rows]
        assert read_screen(rules_for(recording.kind), rows) is None, f"{recording.folder}/{recording.name}"
