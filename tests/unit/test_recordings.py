"""Recorded screens of real agents: right or unsure, never wrong."""

import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import SHIPPED, rules_for
from hiveui.model.signs import AgentState
from tests.recordings import Recording, recordings

EVERY = list(recordings())
OPEN = frozenset({AgentState.APPROVAL, AgentState.QUESTION, AgentState.EXITED})
AT_REST = frozenset({AgentState.DONE, AgentState.IDLE})
GLYPHS = "❯›●>✻✦◆• 1.2)─│╭╰┃╹▀\n?()abc Esc to cancel Enter select interrupt 3s …"


def read(recording: Recording, rows=None, kind: str = "") -> AgentState | None:
    sign = read_screen(rules_for(kind or recording.kind), rows or recording.rows, recording.title)
    return sign.state if sign else None


@pytest.mark.parametrize("recording", EVERY, ids=lambda r: f"{r.folder}/{r.name}")
def test_no_recording_is_read_wrongly(recording):
    state = read(recording)
    assert state is None or state in recording.shows


@pytest.mark.parametrize("kind", sorted({recording.kind for recording in EVERY}))
def test_nine_in_ten_recordings_of_every_program_are_read(kind):
    states = [read(recording) for recording in EVERY if recording.kind == kind]
    assert sum(state is not None for state in states) >= 0.9 * len(states)


def test_without_its_title_a_screen_is_read_less_often_and_no_worse():
    """Codex hides its status line while text streams; only its title tells that from the end of a turn."""
    for recording in EVERY:
        sign = read_screen(rules_for(recording.kind), recording.rows)
        torn = recording.kind == "gemini" and recording.name == "recovered_500"
        assert sign is None or sign.state in recording.shows or torn, f"{recording.folder}/{recording.name}"


def test_a_screen_that_is_cut_is_never_read_as_the_opposite():
    """What is drawn halfway: a dialog does not become rest or work, and work does not become rest or a need."""
    for recording in EVERY:
        rows = [*recording.rows]
        while rows and not rows[-1]:
            rows.pop()
        for cut in range(1, len(rows)):
            for part in (rows[:-cut], rows[cut:]):
                state = read(recording, part)
                if recording.needs_person:
                    assert state is None or state in OPEN, f"{recording.folder}/{recording.name} {cut}"
                elif recording.shows <= {"working", "retrying"}:
                    assert state not in OPEN | AT_REST, f"{recording.folder}/{recording.name} {cut}"


def test_another_programs_rules_never_see_a_need_where_there_is_none():
    for recording in EVERY:
        for kind in ("claude", "codex", "gemini", "qwen", "opencode", "copilot", "generic"):
            state = read(recording, kind=kind)
            if not recording.needs_person:
                assert state not in {AgentState.APPROVAL, AgentState.QUESTION}, (
                    f"{recording.folder}/{recording.name} {kind}"
                )


@given(st.sampled_from(sorted(path.stem for path in SHIPPED.glob("*.toml"))), st.text(GLYPHS, max_size=400), st.text())
def test_no_screen_stops_the_reader(kind, screen, title):
    sign = read_screen(rules_for(kind), screen.split("\n"), title)
    assert sign is None or sign.evidence.isprintable()


def test_reading_takes_less_than_a_millisecond():
    spans = []
    for recording in EVERY:
        rules = rules_for(recording.kind)
        begin = time.perf_counter()
        read_screen(rules, recording.rows, recording.title)
        spans.append(time.perf_counter() - begin)
    assert statistics.median(spans) < 0.001
