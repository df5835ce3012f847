"""Dialogs: their questions, choices and keys, and what tells one from another."""

from dataclasses import replace

import pytest

from hiveui.agents.reading import read_notice, read_screen
from hiveui.agents.rulebook import rules_for
from hiveui.model.signs import Choice, Dialog
from tests.recordings import recordings

EVERY = {f"{r.folder}/{r.name}": r for r in recordings()}


def dialog(name: str) -> Dialog:
    recording = EVERY[name]
    sign = read_screen(rules_for(recording.kind), recording.rows, recording.title)
    assert sign is not None
    assert sign.dialog is not None
    return sign.dialog


@pytest.mark.parametrize(
    ("name", "about", "choices"),
    [
        ("claude/approval_bash", "echo hi > hi.txt", "1 2* 3* 4"),
        ("claude/approval_write", "Do you want to create new.txt?", "1 2* 3"),
        ("claude/dialog_trust", "/home/coder/work/claude2", "enter down+enter"),
        ("claude/dialog_apikey", "use this API key?", "up+enter enter"),
        ("claude/s4_question", "Which colour do you want?", "1 2 3 4"),
        ("claude-2.1.197/question_multi2", "Which fruits?", "- - - - 5"),
        ("claude-2.1.197/approval_fetch", "fetch content from example.com", "1 2* 3"),
        ("codex/approval_bash", "$ echo esc > /home/coder/tmp/esc.txt", "1 2* 3"),
        ("codex/dialog_trust", "Trust this folder?", "1 2"),
        ("gemini/approval_bash", "echo hi > hi.txt", "1 2* 3"),
        ("gemini-0.61.0/question", "Which colour do you want?", "1 2 3"),
        ("qwen/approval_bash", "Allow execution of: 'echo'?", "1 2* 3* 4"),
        ("opencode/approval_bash", "$ echo hi > hi.txt", "click click* escape"),
        ("opencode-1.18.33/question", "Which colour do you want?", "1 2 3"),
        ("copilot-1.0.102/approval_write", "Do you want to create", "1 2* 3"),
        ("copilot-1.0.102/approval_bash@60", "echo hi > hi.txt", "1 2"),
    ],
)
def test_a_dialog_is_read_with_its_choices_and_their_keys(name, about, choices):
    """`2*` is a choice that holds for times to come; `-` one whose keys the screen does not tell."""
    found = dialog(name)
    assert about in found.question
    keys = ["+".join(choice.keys) or "-" for choice in found.choices]
    assert " ".join(key + "*" * choice.lasting for key, choice in zip(keys, found.choices, strict=True)) == choices


def test_labels_are_the_programs_own_whole_where_they_are_wrapped():
    labels = [choice.label for choice in dialog("codex-0.169.0/approval_bash@60").choices]
    assert labels[0] == "Yes, proceed (y)"
    assert labels[1].endswith("start with `echo esc > ../outside-esc.txt` (p)")
    assert dialog("claude/s4_question").free
    assert not dialog("claude/approval_bash").free


def test_a_fingerprint_stays_while_the_marker_moves_and_the_window_changes():
    assert dialog("claude-2.1.329/approval_bash").fingerprint == dialog("claude-2.1.329/approval_bash_down").fingerprint
    assert dialog("codex-0.169.0/approval_bash").fingerprint == dialog("codex-0.169.0/approval_bash_down").fingerprint
    assert dialog("gemini-0.61.0/approval_write").fingerprint != dialog("gemini-0.61.0/approval_edit").fingerprint
    one = Dialog("⠋ Run ls?", (Choice("Yes", ("1",)),))
    assert one.fingerprint == replace(one, question="⠙ Run ls?").fingerprint


def test_a_fingerprint_changes_with_every_word_and_number():
    one = Dialog("Run sleep 5?", (Choice("Yes", ("1",)), Choice("No", ("2",))))
    others = [
        replace(one, question="Run sleep 50?"),
        replace(one, choices=one.choices[::-1]),
        replace(one, choices=one.choices[:1]),
        replace(one, free=True),
        replace(one, question="Run sleep 5? Yes", choices=one.choices[1:]),
    ]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 6
    assert (
        replace(one, choices=(Choice("Yes", ("enter",)), Choice("No", ("down", "enter")))).fingerprint
        == one.fingerprint
    )


LINE = "─" * 80
COMPOSER = (LINE, "❯ ", LINE, "  ? for shortcuts")
PLAN = (
    LINE,
    " Ready to code?",
    "",
    " Here is Claude's plan:",
    " 1. Do a",
    "",
    " Would you like to proceed?",
    "",
    " ❯ 1. Yes, and auto-accept edits",
    "   2. Yes, and manually approve edits",
    "   3. No, keep planning",
    "",
    " ctrl-g to edit in VS Code",
)


@pytest.mark.parametrize(
    ("kind", "rows", "state", "resets"),
    [
        ("claude", ("❯ go", "", "  ⎿  5-hour limit reached ∙ resets 3pm", "", *COMPOSER), "rate-limited", "3pm"),
        (
            "claude",
            ("❯ go", "", "● You've hit your session limit · resets 12:50am (America/Los_Angeles)", "", *COMPOSER),
            "rate-limited",
            "12:50am (America/Los_Angeles)",
        ),
        ("claude", ("❯ go", "", "● You've used 90% of your session limit · resets 3pm", "", *COMPOSER), "done", ""),
        (
            "claude",
            ("❯ /compact", "", "✻ Compacting conversation… (12s · ↑ 1.2k tokens)", "", *COMPOSER),
            "working",
            "",
        ),
        ("claude", ("❯ go", "", "* Running PreToolUse hooks…", "", *COMPOSER), "working", ""),
        ("claude", ("❯ go", "● Ok.", "", "✻ Churned for 3s · 2 agents still running", *COMPOSER), "working", ""),
        ("claude", ("● I plan.", *PLAN), "approval", ""),
        (
            "codex",
            (
                "› go",
                "",
                "■ You've hit your usage limit. Try again in 3 days 4 hours.",
                "",
                "› ",
                "",
                "  ? for shortcuts",
            ),
            "rate-limited",
            "3 days 4 hours",
        ),
        (
            "codex",
            ("› go", "", "• Reconnecting... 2/5 (9s • esc to interrupt)", "", "› ", "", "  ? for shortcuts"),
            "retrying",
            "",
        ),
        (
            "codex",
            (
                "• Plan.",
                "",
                "",
                "  Implement this plan?",
                "",
                "› 1. Yes, implement",
                "  2. No",
                "",
                "  Press enter to confirm",
            ),
            "approval",
            "",
        ),
        (
            "codex",
            ("› go", "", "─ Worked for 1m 02s ────", "", "› ", "", "  ? for shortcuts   62% context left"),
            "done",
            "",
        ),
    ],
)
def test_states_that_are_hard_to_record_are_read(kind, rows, state, resets):
    sign = read_screen(rules_for(kind), rows)
    assert sign is not None
    assert (sign.state, sign.resets) == (state, resets)


@pytest.mark.parametrize(
    ("kind", "signal", "body", "state"),
    [
        ("codex", "9", "Approval requested: echo hi", "approval"),
        ("codex", "9", "All done.", None),
        ("codex", "title", "⠏ Stub title | codex1", "working"),
        ("codex", "title", "[ ! ] Action Required | Stub title", "approval"),
        ("codex", "title", "Stub title | codex1", None),
        ("claude", "9", "Claude needs your permission", "approval"),
        ("claude", "777", "notify;Claude Code;Claude needs your permission to use Bash", "approval"),
        ("claude", "title", "⠂ Stub title", "working"),
        ("claude", "title", "✳ Claude Code", None),
        ("gemini", "title", "✋  Action Required (work)     ", "approval"),
        ("gemini", "title", "✦  Working… (work)", "working"),
        ("gemini", "title", "◇  Ready (work)", None),
        ("gemini", "777", "notify;Gemini CLI needs your attention;Approval required", "approval"),
        ("gemini", "777", "notify;Gemini CLI session complete;Run finished", None),
        ("qwen", "title", "◐\ufe0e Qwen - work", "working"),
        ("qwen", "title", "✳\ufe0e Qwen - work", "approval"),
        ("qwen", "title", "Qwen - work", None),
        ("shell", "title", "⠏ make", None),
    ],
)
def test_titles_and_notifications_are_read(kind, signal, body, state):
    sign = read_notice(rules_for(kind), signal, body)
    assert (sign.state if sign else None) == state
