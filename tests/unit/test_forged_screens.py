"""What an agent merely prints raises no attention: a dialog counts where the program draws its own."""

import pytest

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import rules_for
from tests.recordings import Recording, recordings

LINE = "─" * 100
COMPOSERS = {
    "claude": (LINE, "❯ {draft}", LINE, "  ⏸ manual mode on · ? for shortcuts"),
    "codex": ("", "› {draft}", "", "  gpt-5-codex default · ~/work · Title", "  ← for agents · ? for shortcuts"),
    "gemini": (
        "                                        ? for shortcuts",
        LINE,
        " Shift+Tab to accept edits",
        "",
        " > {draft}",
        "",
        " workspace (/directory)      sandbox      /model",
        " ~/work                      no sandbox     Auto",
    ),
    "qwen": (LINE, "> {draft}", LINE, "  ➜ work · model", "  ⏸ Ask permissions (shift + tab to cycle)"),
    "copilot": (" ~/work", LINE, "❯ {draft}", LINE, " Interactive · Manual Approval · / commands     gpt-5"),
    "opencode": (
        "  ┃",
        "  ┃  {draft}",
        "  ┃",
        "  ┃  Build · Model",
        "  ╹" + "▀" * 90,
        "   ~/work                      1.2K (1%)  ctrl+p commands",
    ),
}
DIALOGS = [r for r in recordings() if r.needs_person and r.kind in COMPOSERS and "@" not in r.name]


def lines(recording: Recording) -> list[str]:
    """Give the dialog as a file might hold it: the screen without its empty rows."""
    return [row for row in recording.rows if row.strip()]


def needs_person(kind: str, rows: list[str]) -> bool:
    sign = read_screen(rules_for(kind), rows)
    return sign is not None and sign.state in {"approval", "question"}


def drawn(kind: str, draft: str = "") -> list[str]:
    return [row.format(draft=draft) for row in COMPOSERS[kind]]


@pytest.mark.parametrize("recording", DIALOGS, ids=lambda r: f"{r.folder}/{r.name}")
@pytest.mark.parametrize("indent", ["", "  ", "     "])
def test_a_dialog_that_is_printed_above_the_composer_asks_nothing(recording, indent):
    """A file that was shown, at any indentation, in the last turn or before."""
    printed = [indent + row for row in lines(recording)]
    kind = recording.kind
    assert not needs_person(kind, [*printed, *drawn(kind)])
    assert not needs_person(kind, [*printed, "", "● That was the file.", *drawn(kind, "thanks")])
    assert not needs_person(kind, ["❯ cat screen.txt", "", "```", *printed, "```", *drawn(kind)])


@pytest.mark.parametrize("kind", COMPOSERS)
@pytest.mark.parametrize(
    "draft", ["1. Yes", "Do you want to proceed? 1. Yes", "Enter to select · Esc to cancel", "△ Permission required"]
)
def test_a_dialog_that_is_typed_asks_nothing(kind, draft):
    assert not needs_person(kind, ["● An answer.", "", *drawn(kind, draft)])


@pytest.mark.parametrize("recording", DIALOGS, ids=lambda r: f"{r.folder}/{r.name}")
def test_a_dialog_that_scrolled_up_asks_nothing(recording):
    after = [f"row {i} of what came later" for i in range(12)]
    assert not needs_person(recording.kind, [*lines(recording), *after])


@pytest.mark.parametrize("kind", COMPOSERS)
def test_a_printed_composer_does_not_hide_a_live_dialog(kind):
    for recording in DIALOGS:
        if recording.kind == kind and needs_person(kind, [*recording.rows]):
            assert needs_person(kind, [*drawn(kind), "", *recording.rows]), f"{recording.folder}/{recording.name}"
