"""Agents on other hosts as the screen says them, and what is typed for one whose host is lost."""

from typing import Any

import pytest

from hiveui.model.agent import Agent, AgentId
from hiveui.model.hosts import HostFacts, HostLink, HostSpec, Standing, Way
from hiveui.model.signs import AgentState, Reading
from hiveui.tui.afar import Afar, began, spoken, where, why

LINK = HostLink(Standing.LOST, "box fell silent.", "Look at it.", "2026-11-21T20:00:00.000Z")
READING = Reading(AgentState.WORKING, since="2026-11-21T19:00:00.000Z")
FAR = Agent(AgentId("a"), "far", "claude", "box:.", host="box", pid=7, reading=READING)
NEAR = Agent(AgentId("b"), "near", "claude", "/w", pid=8, reading=READING)


def hosts(link: HostLink) -> dict[str, HostFacts]:
    return {"box": HostFacts(HostSpec("box", Way.COMMAND, ("x",)), link)}


def test_an_agent_whose_host_is_lost_is_said_to_be_nothing_but_that() -> None:
    lost = hosts(LINK)
    assert spoken(FAR, lost).word == "host lost"
    assert spoken(NEAR, lost).word == "working"
    assert (where(FAR), where(NEAR)) == (" @box", "")
    assert why(FAR, lost) == "box fell silent. Look at it."
    assert (began(FAR, lost), began(NEAR, lost)) == (LINK.since, READING.since)
    assert spoken(FAR, hosts(HostLink(Standing.UP))).word == "working"
    assert why(FAR, hosts(HostLink(Standing.UP))) == ""


@pytest.mark.parametrize(
    ("standing", "pane", "barred", "tried"),
    [
        (Standing.LOST, "box%1", True, 1),
        (Standing.OPENING, "box%1", True, 1),
        (Standing.REFUSED, "box%1", True, 0),
        (Standing.UP, "box%1", False, 0),
        (Standing.LOST, "%1", False, 0),
    ],
)
def test_keys_are_barred_with_a_sentence_and_have_a_lost_host_tried_again(
    standing: Standing, pane: str, barred: bool, tried: int
) -> None:
    told: list[tuple[str, Any]] = []
    said: list[str] = []
    link = HostLink(standing, "why.", "the mend.")
    afar = Afar(
        lambda: hosts(link), lambda *call, **params: told.append((*call, params)), lambda *text: said.append(text[0])
    )
    assert [afar.bars(pane), afar.bars(pane)] == [barred, barred]
    assert told == [("host/retry", {"names": ["box"]})] * tried
    assert len(said) == 2 * barred
    assert not said or ("the mend." in said[0]) is (standing is Standing.REFUSED)
