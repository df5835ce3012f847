"""The commands about who needs the person: what they list, answer, wait for and keep."""

import json
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import test_cli

from hiveui.config.misreadings import keep
from hiveui.gateway.blocking import BlockingClient
from hiveui.gateway.protocol import Notification
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import needs, overview, walk
from hiveui.model.events import AgentRead, event_to_json
from hiveui.model.prompts import Prompt
from hiveui.model.signs import AgentState, Choice, Dialog, Reading
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths

daemon, hive, home, person = test_cli.daemon, test_cli.hive, test_cli.home, test_cli.person

S = AgentState
NOW = "2026-01-01T12:00:00.000Z"
INSTALL = Dialog("run \x1b[31mnpm?", (Choice("Yes", ("1",)), Choice("Always", ("2",), lasting=True)))


def reading(state: AgentState, at: str = "11:00", dialog: Dialog | None = None) -> Reading:
    return Reading(state, since=f"2026-01-01T{at}:00.000Z", dialog=dialog)


def hive_of(**agents: Agent) -> State:
    named = tuple(replace(agent, role=role, id=AgentId(role)) for role, agent in agents.items())
    workspaces = (Workspace(WorkspaceId("a"), "a", "/a", "", agents=named[:2]),)
    workspaces += (Workspace(WorkspaceId("b"), "b", "/b", "", agents=named[2:]),)
    return State({workspace.id: workspace for workspace in workspaces})


def one(state: AgentState, at: str = "11:00", **facts: Any) -> Agent:
    return Agent(AgentId(""), "", "shell", "/", reading=reading(state, at), **facts)


# the queue, as data


def test_the_queue_holds_everybody_in_one_part_only_and_the_most_urgent_first() -> None:
    state = hive_of(
        error=one(S.ERROR, "09:00"),
        later=one(S.QUESTION, "11:30"),
        first=one(S.APPROVAL, "11:00"),
        stuck=one(S.STUCK, "08:00"),
        snoozed=one(S.APPROVAL, snoozed="2026-01-01T12:00:01.000Z"),
        over=one(S.APPROVAL, "11:59", snoozed="2026-01-01T11:59:59.000Z"),
        muted=one(S.DONE, muted=True),
        young=one(S.DONE, "11:50"),
        old=one(S.DONE, "10:50"),
        calm=one(S.WORKING),
    )
    found = overview(state, NOW)
    parts = [[need.agent.role for need in part] for part in (found.needs, found.unread, found.snoozed, found.muted)]
    assert parts == [["first", "later", "over", "stuck", "error"], ["old", "young"], ["snoozed"], ["muted"]]


def test_who_has_prompts_waiting_comes_before_who_has_none_of_those_that_are_as_urgent() -> None:
    state = hive_of(first=one(S.APPROVAL, "10:00"), behind=one(S.APPROVAL, "11:00"), error=one(S.ERROR, "09:00"))
    waiting = (Prompt("p", "", "go on", 5, NOW),)
    queued = {id_: replace(w, queues={"behind": waiting, "error": waiting}) for id_, w in state.workspaces.items()}
    assert [need.agent.role for need in needs(State(queued), NOW)] == ["behind", "first", "error"]


def test_walking_goes_round_by_rank_from_the_agent_in_focus_and_nowhere_where_nobody_else_asks() -> None:
    ranked = needs(hive_of(x=one(S.ERROR), y=one(S.APPROVAL), z=one(S.STUCK)), NOW)

    def walked(here: str, by: int) -> str | None:
        need = walk(ranked, AgentId(here), by)
        return need.agent.role if need else None

    assert [walked(here, 1) for here in ("elsewhere", "y", "z", "x")] == ["y", "z", "x", "y"]
    assert [walked(here, -1) for here in ("y", "x", "z")] == ["x", "z", "y"]
    assert walk(ranked[:1], ranked[0].agent.id, 1) is None
    assert walk([], None, 1) is None


# the commands


def test_attention_lists_what_is_asked_and_its_exit_code_says_whether_anybody_waits(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.DONE))
    assert hive("attention")[0] == 0
    daemon.add("docs", home / "docs", "two", reading=reading(S.APPROVAL, dialog=INSTALL))
    code, out, _ = hive("attention")
    assert code == 3
    assert "needs you" in out.splitlines()[1]
    assert "run ␛[31mnpm?" in out
    assert [line.split() for line in out.splitlines()[2:4]] == [
        ["1", "Yes"],
        ["2", "Always", "(for", "times", "to", "come", "too)"],
    ]
    code, out, _ = hive("attention", "--json")
    found = json.loads(out)
    assert (code, found["version"], [need["role"] for need in found["needs"]]) == (3, 1, ["two"])
    assert found["needs"][0]["dialog"]["fingerprint"] == INSTALL.fingerprint
    assert [need["role"] for need in found["unread"]] == ["one"]


def test_attention_starts_no_daemon(home, hive) -> None:
    assert hive("attention") == (0, "", "Nobody needs you.\n")


def test_ls_and_status_count_who_needs_you_and_not_who_is_put_off(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", reading=replace(reading(S.RATE_LIMITED), resets="3pm"))
    daemon.add("docs", home / "docs", "two", reading=reading(S.APPROVAL, dialog=INSTALL))
    daemon.add("site", home / "site", "three", reading=reading(S.ERROR), muted=True)
    counts = {w["name"]: w["attention"] for w in json.loads(hive("ls", "--json")[1])["workspaces"]}
    assert counts == {"shop": 0, "docs": 1, "site": 0}
    out = hive("status")[1]
    assert "rate-limited (resets 3pm)" in out
    assert "error (muted)" in out


def test_an_answer_is_bound_to_the_dialog_of_that_moment_or_to_the_one_that_was_seen(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", "calm", reading=reading(S.APPROVAL, dialog=INSTALL))
    daemon.answers["agent/answer"] = {"answered": "Yes", "gone": False}
    code, out, err = hive("answer", "one", "1")
    assert (code, out) == (0, "one  Yes\n")
    assert "still stands there" in err
    hive("answer", "one", "2", "--lasting", "--text", "x", "--dialog", "seen")
    assert daemon.params("agent/answer") == [
        {"workspace": "w-0", "role": "one", "dialog": INSTALL.fingerprint, "choice": 1, "lasting": False},
        {"workspace": "w-0", "role": "one", "dialog": "seen", "choice": 2, "lasting": True, "text": "x"},
    ]


def test_what_asks_nothing_cannot_be_answered_and_a_wrong_name_is_mended(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.IDLE))
    assert hive("answer", "one", "1")[::2] == (
        2,
        "one asks nothing that can be answered from here.\n`hive read ROLE` shows its pane.\n",
    )
    assert "Did you mean one?" in hive("answer", "onne", "1")[2]
    assert daemon.params("agent/answer") == []


def test_snooze_puts_off_for_ten_minutes_or_as_said_or_for_good(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one")
    for args in ((), ("30",), ("0",), ("--mute",)):
        assert hive("snooze", "one", *args)[0] == 0
    given = [
        {name: value for name, value in params.items() if name not in {"workspace", "role"}}
        for params in daemon.params("agent/hush")
    ]
    assert given == [{"minutes": 10}, {"minutes": 30}, {"minutes": 0}, {"muted": True}]


@pytest.mark.parametrize(
    ("goal", "states", "code"),
    [
        ("idle", [S.IDLE], 0),
        ("idle", [S.WORKING, S.DONE], 0),
        ("done", [S.IDLE, S.WORKING, S.IDLE], 0),
        ("attention", [S.WORKING, S.QUESTION], 0),
        ("exited", [S.WORKING, S.EXITED], 0),
        ("done", [S.WORKING, S.EXITED], 4),
    ],
)
def test_wait_ends_with_the_event_it_waits_for(home, daemon, hive, monkeypatch, goal, states, code) -> None:
    """An idle agent is not done: it has to work first."""
    daemon.add("shop", home / "shop", "one", reading=reading(states[0]))

    def news(_: BlockingClient, deadline: float | None = None) -> Any:
        for state in states[1:]:
            event = event_to_json(AgentRead(WorkspaceId("w-0"), AgentId("a-0"), reading(state)))
            yield Notification("event", {"event": event})
        raise AssertionError("it waits on")

    monkeypatch.setattr(BlockingClient, "news", news)
    found, out, _ = hive("wait", "one", "--for", goal, "--json")
    assert (found, json.loads(out)["state"]) == (code, states[-1].value)


def test_wait_gives_up_in_time(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.WORKING))
    code, _, err = hive("wait", "one", "--for", "done", "--timeout", "0.05")
    assert (code, err) == (4, "It is working, and was waited for to be done.\n")


def test_wait_outlives_a_daemon_that_is_started_anew(home, daemon, hive, monkeypatch) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.WORKING))
    begun = threading.Event()

    def lost(_: BlockingClient, deadline: float | None = None) -> Any:
        begun.set()
        daemon.state = State({id_: _done(w) for id_, w in daemon.state.workspaces.items()})
        return iter(())

    monkeypatch.setattr(BlockingClient, "news", lost)
    assert hive("wait", "one", "--for", "done")[0] == 0
    assert begun.is_set()


def _done(workspace: Workspace) -> Workspace:
    return replace(workspace, agents=tuple(replace(a, reading=reading(S.DONE)) for a in workspace.agents))


def test_what_is_wrong_is_kept_for_this_user_only_and_the_rules_are_begun_once(home, daemon, hive) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.IDLE))
    daemon.answers["agent/read"] = {"lines": ["\x1b[2J secret", "❯"], "next": None}
    code, out, _ = hive("wrong", "one", "--state", "working", "--json")
    found = json.loads(out)
    fixture = Path(found["fixture"])
    assert code == 0
    assert fixture.stat().st_mode & 0o777 == 0o600
    assert fixture.parent.stat().st_mode & 0o077 == 0
    kept = json.loads(fixture.read_text())
    assert (kept["version"], kept["kind"], kept["read"]["state"], kept["really"]) == (1, "shell", "idle", "working")
    assert kept["screen"] == ["\x1b[2J secret", "❯"]
    rules = Path(found["rules"])
    assert str(fixture) in rules.read_text()
    rules.write_text("mine")
    hive("wrong", "one", "--state", "done")
    assert rules.read_text() == "mine"
    assert len(list(fixture.parent.iterdir())) == 2


def test_the_person_is_asked_what_it_really_does(home, daemon, hive, person, monkeypatch) -> None:
    daemon.add("shop", home / "shop", "one", reading=reading(S.IDLE))
    daemon.answers["agent/read"] = {"lines": [], "next": None}
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    person("2")
    code, out, err = hive("wrong", "one")
    assert code == 0
    assert "one is read as idle. What does it really do?" in err
    assert json.loads(Path(out.splitlines()[0]).read_text())["really"] == "working"
    monkeypatch.setenv("EDITOR", "/nowhere/vi")
    person("1")
    assert hive("wrong", "one")[0] == 2


def test_a_hostile_kind_leads_nowhere_else(home) -> None:
    kept = keep(Paths.find(os.environ), "../../x\n", {}, [], S.IDLE)
    assert kept.fixture.parent == home / ".config" / "hive" / "rules" / "fixtures"
    assert kept.rules.parent == kept.fixture.parent.parent
