from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hiveui.hive.absence import Absence
from hiveui.hive.bus import Bus
from hiveui.hive.wording import Wording
from hiveui.model.absence import changes
from hiveui.model.agent import Agent
from hiveui.model.events import (
    AgentAdded,
    AgentExited,
    AgentRead,
    AgentSpent,
    AgentStarted,
    FileWritten,
    Noticed,
    PersonReturned,
    Record,
    WorkspaceOpened,
)
from hiveui.model.signs import AgentState, Dialog, Reading
from hiveui.model.state import State, Workspace
from hiveui.model.usage import Spend
from hiveui.paths import Paths
from hiveui.storage.eventlog import EventLog

S = AgentState


def told(*events, now=S.IDLE):
    state = State({"w": Workspace("w", "shop", "/p", "", agents=(Agent("a", "backend", "claude", "/p"),))})
    agent = replace(state.workspaces["w"].agents[0], reading=Reading(now))
    state = State({"w": replace(state.workspaces["w"], agents=(agent,))})
    (change,) = changes(state, [Record(i, "", event) for i, event in enumerate(events)])
    return change


def read(state, **more):
    return AgentRead("w", "a", Reading(state, **more))


def test_one_sentence_tells_turns_questions_errors_cost_and_the_state_now():
    change = told(
        *(read(S.WORKING), read(S.APPROVAL), read(S.WORKING), read(S.DONE), read(S.IDLE)),
        *(read(S.WORKING), read(S.IDLE), read(S.WORKING), read(S.ERROR, evidence="API Error: 500")),
        *(read(S.WORKING), read(S.QUESTION), AgentSpent("w", "a", Spend(), 0.40), AgentSpent("w", "a", Spend(), 0.02)),
        now=S.QUESTION,
    )
    assert change.sentence == (
        "backend finished 2 turns, asked twice (1 unanswered), met an error (API Error: 500), cost $0.42; "
        "it waits for an answer now."
    )


def test_a_question_that_gives_way_to_the_next_is_answered_and_the_same_one_read_again_is_not():
    first, second = Dialog("rm -r x?"), Dialog("rm -r y?")
    change = told(read(S.APPROVAL, dialog=first), read(S.APPROVAL, dialog=first), read(S.APPROVAL, dialog=second))
    assert (change.asked, change.answered) == (2, 1)


def test_a_question_that_is_wrapped_and_cut_in_a_narrower_pane_is_the_same():
    wide, narrow = Dialog("Run this? $ npm install jose"), Dialog("Run this?  $ npm inst…")
    change = told(read(S.APPROVAL, dialog=wide), read(S.APPROVAL, dialog=narrow), read(S.APPROVAL, dialog=wide))
    assert (change.asked, change.answered) == (1, 0)


def test_who_did_nothing_is_quiet_and_what_was_marked_read_is_no_turn():
    assert told().quiet
    assert told(read(S.IDLE), Noticed("x")).sentence == "backend did nothing new; it is idle now."
    assert told(read(S.DONE), read(S.IDLE)).turns == 1


def test_starts_and_ends_are_told_and_agents_that_are_gone_are_not():
    ended = AgentExited("w", "a", 1, Reading(S.EXITED))
    change = told(
        ended, AgentStarted("w", "a", "%1", 1, Reading()), ended, AgentExited("w", "z", 1, Reading()), now=S.EXITED
    )
    assert change.sentence == "backend was started, ended twice; its program has ended now."


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def later(self, **more):
        self.now += timedelta(**more)


async def test_away_is_five_minutes_without_a_deed_and_told_from_the_log(tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(
        "hiveui.storage.eventlog._now", lambda: clock().strftime("%Y-%m-%dT%H:%M:%S.000Z"), raising=True
    )
    log = EventLog(tmp_path / "events")
    bus = Bus(log, log.state, log.seq)
    absence = Absence(bus, log, Wording(Paths.find({"HOME": str(tmp_path)}), {}), clock)
    bus.publish(WorkspaceOpened("w", "shop", "/p", "", "", ()))
    bus.publish(AgentAdded("w", Agent("a", "backend", "claude", "/p")))
    absence.acted()
    bus.publish(read(S.WORKING))
    bus.publish(read(S.DONE))
    clock.later(minutes=4)
    absence.acted()
    clock.later(seconds=1)
    left = clock()
    absence.acted()
    for _ in range(3):
        clock.later(minutes=10)
        bus.publish(read(S.WORKING))
        bus.publish(read(S.DONE))
    still_away = await absence.since()
    assert still_away["agents"][0]["turns"] == 3
    absence.acted()
    back = await absence.since()
    assert back["since"] == left.strftime("%Y-%m-%dT%H:%M:%SZ") == still_away["since"]
    assert (back["agents"][0]["turns"], back["whole"]) == (3, True)
    assert (await absence.since(minutes=15))["agents"][0]["turns"] == 2
    assert [r.event.away for r in log.read(0, 100) if isinstance(r.event, PersonReturned)] == [back["since"]]
    log.close()


def test_what_was_written_is_named_once_each():
    wrote = [FileWritten("w", "a", path) for path in ("api/auth.py", "README.md", "api/auth.py", "x\x1b[2J.py")]
    change = told(*wrote, now=S.WORKING)
    assert change.files == ["api/auth.py", "README.md", "x\x1b[2J.py"]
    assert change.sentence == "backend wrote 3 files (auth.py, README.md, …); it works now."
    assert told(wrote[1]).sentence == "backend wrote README.md; it is idle now."
