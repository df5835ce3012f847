"""Screens of programs that were updated, configured or squeezed: right or unsure, never wrong.

Each is a recorded screen with a small change that another version, theme or pane may bring.
"""

import re
from collections.abc import Callable, Sequence

import pytest

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import rules_for
from hiveui.model.signs import AgentState
from tests.recordings import Recording, recordings

Rows = Sequence[str]
EVERY = list(recordings())
OPEN = frozenset({AgentState.APPROVAL, AgentState.QUESTION})
BUSY = frozenset({AgentState.WORKING, AgentState.RETRYING})
AT_REST = frozenset({AgentState.DONE, AgentState.IDLE, AgentState.ERROR})


def each(*changes: tuple[str, str]) -> Callable[[Rows], Rows]:
    """Change every row by regular expressions."""

    def change(rows: Rows) -> Rows:
        for pattern, other in changes:
            rows = [re.sub(pattern, other, row) for row in rows]
        return rows

    return change


def filled(rows: Rows) -> list[str]:
    """Give the rows down to the last with text."""
    return list(rows)[: max((i for i, row in enumerate(rows, 1) if row.strip()), default=0)]


def half(rows: Rows) -> Rows:
    *most, last = filled(rows)
    return [*most, last[: len(last) // 2]]


def cut(columns: int) -> Callable[[Rows], Rows]:
    return lambda rows: [row if len(row) <= columns else row[: columns - 1] + "…" for row in rows]


SPINNERS = r"^(\s*)[·✢✳✶✻✽] (\S+…)", r"[\u2800-\u28ff]", r"^◦ ", r"^( ?)[◎○◉∙] (Working)"
OTHERWISE = {
    "other verbs": each(
        (r"^([·✢✳✶✻✽*] )\w+…", r"\1Zorbing the flux…"),
        (r"\bThinking\b", "Contemplating"),
        (r"\bWorking\b", "Pondering"),
        (r"(\bWorked|Cogitated|Brewed|Crunched|Churned|Baked|Cooked) for", "Noodled for"),
    ),
    "larger numbers": each((r"\b\d+s\b", "1h 2m 3s"), (r"\b\d+ tokens", "12.3k tokens"), (r"\b\d+%", "99%")),
    "other models": each(
        (r"Opus 5\.5", "Sonnet 9 (1M context)"),
        (r"gpt-5(-codex)?\b", "o9-mini-high"),
        (r"v\d+\.\d+\.\d+", "v9.9.9"),
        (r"stub-model|Stub Model", "Mega-9"),
    ),
    "a status line more": lambda rows: [*filled(rows), "  main* · ctx 42 % · $1.20"],
    "ellipses of dots": each(("…", "...")),
    "dots as an ellipsis": each((r"\.\.\.", "…")),
    "another hint in the composer": each(
        ("Type your message or @path/to/file", "メッセージを入力"), ("Ask Codex to do anything", "What next?")
    ),
    "no blank rows": lambda rows: [row for row in rows if row.strip()],
    "more blank rows": lambda rows: [row for row in rows for _ in range(1 if row.strip() else 2)],
    "other bullets": each((r"^(\s*)[●⏺•✦◆]", r"\1▪")),
}
"""Changes by which few screens become unsure."""
HARDER = {
    "another spinner": each(
        (SPINNERS[0], r"\1◉ \2"), (SPINNERS[1], "◴"), (SPINNERS[2], "◈ "), (SPINNERS[3], r"\1◍ \2")
    ),
    "a spinner of letters": each(
        (SPINNERS[0], r"\1x \2"), (SPINNERS[1], "x"), (SPINNERS[2], "x "), (SPINNERS[3], r"\1x \2")
    ),
    "no timer": each((r"\s*\((\d+[hms] ?)+[^)]*\)", "")),
    "interrupted by other words": each(
        ("esc to interrupt", "esc to stop"),
        (r"esc (twice )?interrupt", "esc stops"),
        ("esc to cancel", "press esc to stop"),
        ("Enter to steer", "Enter steers"),
    ),
    "shortcuts by other words": each(
        (r"\? for shortcuts", "? help"),
        ("for shortcuts", "help"),
        (r"shift\+tab to cycle", "⇧⇥ cycles"),
        (r"ctrl\+p commands", "ctrl+k menu"),
        (r"/ commands · \? help", "F1 menu"),
    ),
    "answered by other words": each(
        ("Esc to cancel", "Esc cancels"),
        (r"Enter to (select|confirm|submit)", r"↵ \1s"),
        (r"[Pp]ress enter to", "Hit return to"),
    ),
    "asks in other words": each((r"Do you want to [^?]*\?", "May I?"), (r"Would you like to [^?]*\?", "Shall I?")),
    "half of the last row": half,
}
"""Changes after which much cannot be known any more."""
TITLE_ALONE = {
    ("gemini", "question"),
    ("claude", "retrying_429"),
    ("claude", "retrying_500"),
    ("codex", "retrying_401"),
}
"""Where nothing on the screen is known any more, titles tell that somebody is asked, or that it is busy, and no more."""

TORN = ("gemini", "recovered_500")
"""A spinner is left over on it; its title tells."""


def state(recording: Recording, rows: Rows, *, titled: bool) -> AgentState | None:
    sign = read_screen(rules_for(recording.kind), rows, recording.title if titled else "")
    return sign.state if sign else None


@pytest.mark.parametrize("titled", [True, False], ids=["titled", "untitled"])
@pytest.mark.parametrize("change", [*OTHERWISE, *HARDER])
def test_a_screen_that_looks_otherwise_is_never_read_wrongly(change, titled):
    wrong = {}
    for recording in EVERY:
        found = state(recording, (OTHERWISE | HARDER)[change](recording.rows), titled=titled)
        named = (recording.kind, recording.name)
        excused = named in TITLE_ALONE if titled else named == TORN
        if found is not None and found not in recording.shows and not excused:
            wrong[f"{recording.folder}/{recording.name}"] = found
    assert wrong == {}


@pytest.mark.parametrize("change", OTHERWISE)
def test_a_screen_that_looks_a_little_otherwise_is_still_known(change):
    known = [state(one, OTHERWISE[change](one.rows), titled=True) is not None for one in EVERY]
    assert sum(known) >= 0.9 * len(known)


@pytest.mark.parametrize("columns", [60, 40, 25])
def test_rows_that_are_cut_off_never_turn_work_rest_and_needs_into_one_another(columns):
    """What a row says behind the cut is lost: that it tries again is lost in that it works, and no more."""
    for recording in EVERY:
        found = state(recording, cut(columns)(recording.rows), titled=False)
        named = f"{recording.folder}/{recording.name}: {found}"
        for one, others in ((OPEN, BUSY | AT_REST), (BUSY, OPEN | AT_REST), (AT_REST, BUSY | OPEN)):
            if recording.shows <= one:
                assert found not in others, named


QUOTED = {
    "claude": (
        "✻ Brewing… (3s · esc to interrupt)",
        "● API Error: 500 Internal server error",
        "Retrying in 5 seconds… (attempt 3/10)",
        "✻ Waiting for 2 background agents to finish",
        "You've hit your limit · resets 3pm",
    ),
    "codex": (
        "• Working (3s • esc to interrupt)",
        "■ unexpected status 401 Unauthorized",
        "■ You've hit your usage limit. Try again in 3 hours",
        "■ Conversation interrupted",
    ),
    "gemini": ("⠴ Thinking... (esc to cancel, 2s)", "✕ [API Error: 500]", "Trying to reach gemini (Attempt 3/10)"),
    "opencode": ("■■■⬝⬝⬝ esc interrupt", "[retrying attempt #3]", "△ Permission required"),
    "copilot": ("◎ Working · esc esc interrupt", "● Request failed due to a transient API error. Retrying..."),
}
"""What a program says of itself, as it may stand in what it quotes."""
_REPLY = re.compile(r"\s{0,2}[●⏺•✦◆] ")


@pytest.mark.parametrize("kind", QUOTED)
@pytest.mark.parametrize("indent", ["  ", "     ", "    $ "])
def test_what_an_agent_quotes_at_rest_is_not_what_it_does(kind, indent):
    for recording in (one for one in EVERY if one.kind == kind and one.shows <= AT_REST - {AgentState.ERROR}):
        replies = [i for i, row in enumerate(recording.rows, 1) if _REPLY.match(row)]
        for quoted in QUOTED[kind] if replies else ():
            rows = [*recording.rows[: replies[-1]], indent + quoted, *recording.rows[replies[-1] :]]
            found = state(recording, rows, titled=True)
            assert found is None or found in recording.shows, f"{recording.folder}/{recording.name}: {quoted}"
