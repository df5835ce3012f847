"""Recordings in a real tmux pane: sessions byte by byte as the agents printed them, stills at other widths."""

import json
from collections import Counter

import pytest

from tests.widths import DRAWN, FILE, SESSIONS, WIDTHS, live, stills


@pytest.mark.parametrize("session", sorted(SESSIONS))
async def test_a_session_is_read_rightly_at_every_state(tmux, session):
    for _, (word, about) in live(tmux.socket, session, DRAWN):
        assert word == "right", about


@pytest.mark.parametrize("columns", [60, 80, 120, 140, 200])
@pytest.mark.parametrize("session", sorted(SESSIONS))
async def test_bytes_that_were_meant_for_another_width_mislead_nobody(tmux, session, columns):
    """They were printed for 100 columns, so what tmux shows is torn: it may be unsure, and never the opposite."""
    for _, (word, about) in live(tmux.socket, session, columns):
        assert word != "wrong", about


async def test_stills_that_tmux_breaks_at_another_width_mislead_nobody(tmux):
    found = list(stills(tmux.socket))
    assert [about for _, (word, about) in found if word == "wrong"] == []
    counts = Counter((width, word) for width, (word, _) in found)
    kept = json.loads(FILE.read_text("utf-8"))
    for width in WIDTHS:  # what docs/agents.md says; versions of tmux break wide characters a little otherwise
        assert abs(counts[width, "right"] - kept[str(width)]["stills"]["right"]) <= 5, width
