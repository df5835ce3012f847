from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hiveui.agents.transcripts import last_changes
from hiveui.errors import UsageError
from hiveui.model.agent import Agent
from hiveui.model.morning import ANEW, LEAVE, Do, Facts, condition, next_wish, old, plan, sentence, step
from hiveui.model.usage import Spend

NEW, OLD = "7f3a0000-1111", "55d00000-2222"
AGENT = Agent("a", "planner", "claude", "/p", conversation=NEW, conversations=(NEW, OLD))
BOTH = Facts(resumes=True, kept={NEW: "2026-11-20T18:00:00+00:00", OLD: ""})


def test_an_agent_goes_on_with_its_last_conversation():
    found = step(AGENT, BOTH)
    assert (found.do, found.conversation, found.changed) == (Do.RESUME, NEW, "2026-11-20T18:00:00+00:00")
    assert sentence(found) == "resume 7f3a0000…"


@pytest.mark.parametrize(
    ("agent", "facts", "said"),
    [
        (AGENT, Facts(resumes=True, kept={OLD: ""}), "start anew: conversation 7f3a0000… is gone"),
        (AGENT, Facts(resumes=False), "start anew"),
        (Agent("a", "planner", "codex", "/p"), Facts(resumes=True), "start anew"),
        (AGENT, Facts("its folder /p is gone.", resumes=True, kept={NEW: ""}), "its folder /p is gone."),
    ],
)
def test_what_cannot_go_on_says_why(agent, facts, said):
    assert sentence(step(agent, facts)) == said


def test_the_conversation_that_is_gone_on_with_has_an_age_and_a_fullness_and_another_one_only_an_age():
    used = replace(AGENT, spend=Spend(context=41))
    at = datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert condition(step(used, BOTH), at) == "3 h old, 41 % full"
    assert condition(step(used, BOTH, OLD), at) == condition(step(used, BOTH, ANEW), at) == ""


def test_an_obstacle_does_not_make_an_agent_forget_its_conversation():
    assert step(AGENT, Facts("x", resumes=True, kept=BOTH.kept)).conversation == NEW


def test_wishes_are_followed_and_those_that_cannot_be_met_are_named():
    assert step(AGENT, BOTH, LEAVE).do is Do.LEAVE
    assert sentence(step(AGENT, BOTH, ANEW)) == "start anew"
    assert step(AGENT, BOTH, OLD).conversation == OLD
    with pytest.raises(UsageError, match="no conversation 'elsewhere'"):
        step(AGENT, BOTH, "elsewhere")
    with pytest.raises(UsageError, match="no agent 'plan'") as raised:
        plan({"planner": (AGENT, BOTH)}, {"plan": ANEW})
    assert raised.value.hint == "Did you mean planner?"


def test_choosing_goes_through_all_conversations_and_a_new_one_and_comes_around():
    wishes, found = [], step(AGENT, BOTH)
    for _ in range(3):
        wishes.append(next_wish(found))
        found = step(AGENT, BOTH, wishes[-1])
    assert wishes == [OLD, ANEW, NEW]
    assert next_wish(step(AGENT, Facts())) == ANEW


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("2026-11-21T08:59:30+00:00", "just now"),
        ("2026-11-21T08:20:00+00:00", "40 min old"),
        ("2026-11-21T06:00:00Z", "3 h old"),
        ("2026-11-01T00:00:00+00:00", "20 d old"),
        ("2027-01-01T00:00:00+00:00", "just now"),
        ("", ""),
    ],
)
def test_the_age_of_a_conversation_is_said_in_one_unit(changed, said):
    assert old(changed, datetime(2026, 11, 21, 9, tzinfo=UTC)) == said


def test_transcripts_are_found_by_home_and_variables_and_nothing_by_one_that_is_not_set(tmp_path: Path):
    home = tmp_path / "a home [1]"
    file = home / ".kept" / "proj" / "id-1.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("x")
    env = {"HOME": str(home), "PLACE": str(home / ".kept")}
    assert set(last_changes(("~/.kept/*/{conversation}.jsonl",), ("id-1", "id-2"), env)) == {"id-1"}
    assert last_changes(("$PLACE/*/{conversation}.jsonl",), ("id-1",), env) == {"id-1": file.stat().st_mtime}
    assert last_changes(("$UNSET/*/{conversation}.jsonl", "$UNSET{conversation}"), ("id-1",), env) == {}
