"""Who needs the person: the queue over all workspaces, and answers that are bound to what was seen."""

from dataclasses import replace

import pytest
from scripted import agent, workspace
from test_switcher import another

from hiveui.errors import UsageError
from hiveui.model.events import AgentHushed, AgentRead, AgentRemoved
from hiveui.model.signs import AgentState, Choice, Dialog, Reading, Source
from hiveui.tui import reply

S = AgentState
SINCE = "2026-01-01T00:00:00.000Z"
INSTALL = Dialog(
    "$ npm install jose",
    (
        Choice("Yes, proceed (y)", ("y",)),
        Choice("Yes, and don't ask again (p)", ("p",), lasting=True),
        Choice("No", ("esc",)),
    ),
)
COOKIE = Dialog("Keep the old cookie?", (Choice("Keep it", ("1",)), Choice("Type something", ("2",))), free=True)


def asks(
    id_: str, dialog: Dialog | None, state: AgentState = S.APPROVAL, since: str = SINCE, place: str = "w"
) -> AgentRead:
    return AgentRead(
        place, id_, Reading(state, Source.SCREEN, since=since, evidence="a permission dialog", dialog=dialog)
    )


def answered(seat):
    return [params for method, params in seat.hive.asked if method == "agent/answer"]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A robot types as soon as it sees."""
    monkeypatch.setattr(reply, "UNASKED", 0.0)


async def opens(seat, *events):
    seat.hive.answers["agent/answer"] = {"answered": "Yes, proceed (y)", "gone": True}
    for event in events:
        seat.hive.happen(event)
    seat.press("A")
    await seat.shows("Attention", "enter go there")


async def test_the_queue_lists_everybody_over_all_workspaces_the_most_urgent_first(sit):
    async with sit() as seat:
        await another(seat, state=S.ERROR)
        await opens(seat, asks("a3", INSTALL), asks("a5", COOKIE, S.QUESTION, "2025-12-31T23:00:00.000Z"))
        lines = [line.replace("▸", "").split() for line in seat.text().splitlines()[1:] if "▲" in line]
        assert [line[1:3] for line in lines[:3]] == [["5", "review"], ["3", "frontend"], ["1", "frontend"]]
        await seat.shows("need you  3", "$ npm install jose", "1 keep  2 type", "docs", "unread  1", "1 planner")


@pytest.mark.parametrize("role", ["owner", "approver"])
async def test_a_number_and_enter_answer_the_dialog_that_is_shown_and_no_other(sit, role):
    async with sit(role=role) as seat:
        await opens(seat, asks("a3", INSTALL))
        await seat.shows("1  Yes, proceed (y)", "for times to come too", "a number, then enter, answers")
        seat.press("1")
        await seat.shows("▸ 1  Yes, proceed (y)", "enter gives this answer")
        seat.press("enter")
        await seat.shows("Answered 3 frontend: Yes, proceed (y).")
        assert answered(seat) == [
            {"workspace": "w", "role": "frontend", "dialog": INSTALL.fingerprint, "choice": 1, "lasting": False}
        ]


async def test_an_answer_for_times_to_come_is_asked_once_more(sit):
    async with sit() as seat:
        await opens(seat, asks("a3", INSTALL))
        seat.press("2", "enter")
        await seat.shows("This holds for times to come, not only for now: enter once more gives it.")
        assert answered(seat) == []
        seat.press("enter")
        await seat.until(lambda: answered(seat))
        assert (answered(seat)[0]["choice"], answered(seat)[0]["lasting"]) == (2, True)


async def test_a_key_on_its_way_is_no_answer_to_a_dialog_that_changed_meanwhile(sit, monkeypatch):
    async with sit() as seat:
        await opens(seat, asks("a3", INSTALL))
        seat.press("1")
        await seat.shows("▸ 1  Yes, proceed (y)")
        monkeypatch.setattr(reply, "UNASKED", 1000.0)
        seat.hive.happen(asks("a3", COOKIE, S.QUESTION))
        seat.press("enter", "1", "enter")
        await seat.shows("1  Keep it", "a number, then enter, answers", "This came up just now")
        seat.press("j", "k")
        await seat.shows("1  Keep it")
        seat.press("1", "enter")
        await seat.until(lambda: answered(seat))
        assert [(one["dialog"], one["choice"]) for one in answered(seat)] == [(COOKIE.fingerprint, 1)]


async def test_a_refused_answer_says_why_in_the_words_of_the_daemon(sit, monkeypatch):
    async with sit() as seat:
        await opens(seat, asks("a3", INSTALL))
        call = seat.hive.call

        async def refuse(method, **params):
            if method == "agent/answer":
                raise UsageError("frontend asks something else by now: nothing was typed.", "Look at it again.")
            return await call(method, **params)

        monkeypatch.setattr(seat.hive, "call", refuse)
        seat.press("1", "enter")
        await seat.shows("frontend asks something else by now: nothing was typed. Look at it again.")


async def test_a_text_of_ones_own_goes_with_the_answer_that_takes_it(sit):
    async with sit() as seat:
        await opens(seat, asks("a3", COOKIE, S.QUESTION))
        seat.press("t")
        await seat.shows("First the number of the answer that takes a text, then t.")
        seat.press("2", "t")
        await seat.shows("type, and:")
        seat.press("7", "space", "d")
        await seat.shows("7 d")
        seat.press("enter")
        await seat.until(lambda: answered(seat))
        assert (answered(seat)[0]["choice"], answered(seat)[0]["text"]) == (2, "7 d")
        await seat.shows("Attention")


async def test_enter_goes_to_an_agent_of_another_workspace_and_back(sit):
    async with sit() as seat:
        await another(seat, state=S.ERROR)
        await opens(seat)
        seat.press("j")
        await seat.shows("docs", "enter goes to its pane")
        seat.press("enter")
        await seat.until(lambda: seat.bench.workspace.id == "v" and seat.bench.overlay.card is None)
        seat.press(";")
        await seat.until(lambda: (seat.bench.workspace.id, seat.bench.desk.role) == ("w", "frontend"))


async def test_snoozed_and_muted_agents_stand_apart_and_are_counted_no_more(sit):
    async with sit() as seat:
        await opens(seat, asks("a3", INSTALL))
        seat.press("Z")
        await seat.shows("3 frontend is put off for 10 minutes.")
        assert ("agent/hush", {"workspace": "w", "role": "frontend", "minutes": 10}) in seat.hive.asked
        seat.hive.happen(AgentHushed("w", "a3", "2026-01-01T00:14:00.000Z"))
        await seat.shows("snoozed  1", "11m more", "△")
        assert "need you" not in seat.text().splitlines()[0]
        seat.press("k", "k", "k", "j", "m")
        await seat.until(lambda: any("muted" in params for method, params in seat.hive.asked if method == "agent/hush"))
        seat.hive.happen(AgentHushed("w", "a1", muted=True))
        await seat.shows("muted  1")
        seat.press("escape")
        await seat.until(lambda: seat.bench.overlay.card is None)
        seat.press("n")
        await seat.shows("Nobody needs you.")


async def test_the_chosen_line_stays_with_its_agent_and_goes_on_to_another_where_that_is_gone(sit):
    async with sit() as seat:
        await opens(seat, asks("a3", INSTALL))
        seat.hive.happen(asks("a4", COOKIE, S.QUESTION, "2025-12-31T23:00:00.000Z"))
        await seat.shows("need you  2")
        assert any(line.split()[:4] == ["▸", "▲", "3", "frontend"] for line in seat.text().splitlines())
        seat.hive.happen(AgentRemoved("w", "a3"))
        await seat.shows("need you  1", "1  Keep it")


async def test_a_answers_the_agent_in_focus_and_else_the_most_urgent_one(sit):
    async with sit() as seat:
        seat.hive.answers["agent/answer"] = {"answered": "No", "gone": False}
        seat.hive.happen(asks("a3", INSTALL))
        seat.press("1", "a")
        await seat.shows("3 frontend  ▲ approval", "$ npm install jose", "a number, then enter")
        assert seat.bench.desk.role == "planner"
        seat.press("enter", "3", "enter")
        await seat.shows("Answered 3 frontend: No; but it still stands there: look at its pane.")
        assert seat.bench.overlay.card is None
        seat.press("a")
        await seat.shows("a number, then enter")
        seat.hive.happen(asks("a3", None, S.WORKING))
        await seat.until(lambda: seat.bench.overlay.card is None)
        seat.press("a")
        await seat.shows("Nobody needs you.")
        seat.hive.happen(asks("a3", None))
        seat.press("a")
        await seat.shows("3 frontend cannot be answered from outside: enter types into it.")
        assert (seat.bench.desk.role, len(answered(seat))) == ("frontend", 1)


async def test_n_walks_by_urgency_over_tabs_and_workspaces_and_keeps_typing(sit):
    async with sit() as seat:
        await another(seat)
        for id_, place, second in (("a3", "w", 10), ("a-v", "v", 20), ("a5", "w", 30)):
            seat.hive.happen(asks(id_, INSTALL, since=f"2026-01-01T00:00:{second}.000Z", place=place))
        await seat.shows("▲ 3 need you, 1 elsewhere", "review ▲")

        async def leads(key, *place):
            seat.press(key)
            await seat.until(lambda: (seat.bench.workspace.id, seat.bench.desk.role) == place)

        await leads("1", "w", "planner")
        for place in (("w", "frontend"), ("v", "frontend"), ("w", "review"), ("w", "frontend")):
            await leads("n", *place)
        await leads("N", "w", "review")
        await leads("N", "v", "frontend")
        await leads(";", "w", "review")
        seat.press("enter")
        await leads("alt+n", "w", "frontend")
        assert seat.bench.desk.typing


@pytest.mark.parametrize("size", [(80, 24), (120, 32), (200, 50)])
async def test_whatever_agents_ask_fits_and_acts_on_nothing(sit, size):
    hostile = Dialog(
        "\x1b]52;c;aGk=\x07 日本語 \u202e" * 60, tuple(Choice(f"\x9b2J {n}" * 30, ("1",)) for n in range(12))
    )
    async with sit(size=size) as seat:
        await opens(seat, asks("a3", hostile), *(asks(f"a{n}", hostile, S.QUESTION) for n in (1, 2, 4)))
        await seat.shows("12  ", "a number, then enter, answers")
        seat.press("j", "j", "j")
        await seat.shows("a number, then enter, answers")
        text = seat.text()
        assert not any(char in text for char in "\x1b\x07\x9b\u202e")
        seat.press("escape")
        await seat.until(lambda: seat.bench.overlay.card is None)
        seat.press("a")
        await seat.shows("▲ approval" if seat.bench.desk.role == "frontend" else "▲ question")


async def test_a_turn_that_ended_is_read_once_by_the_next_thing_done_there(sit):
    done = AgentRead("w", "a3", Reading(S.DONE, since="2026-01-01T00:01:00.000Z"))
    async with sit() as seat:
        seat.hive.happen(done)
        await seat.shows("3 frontend  codex  ● done")
        assert seat.hive.heard("agent/seen") == []
        seat.press("R")
        seat.press("R", "z")
        await seat.until(lambda: seat.hive.heard("agent/seen"))
        seat.press("z")
        await seat.shows("%3 60x14")
        assert seat.hive.heard("agent/seen") == [{"workspace": "w", "role": "frontend"}]
        seat.press("1")
        await seat.until(lambda: len(seat.hive.heard("agent/seen")) == 2)
        assert seat.hive.heard("agent/seen")[-1]["role"] == "planner"
        seat.press("3", "u")
        await seat.until(lambda: any(method == "agent/seen" for method, _ in seat.hive.asked))


async def test_what_is_wrong_is_kept_with_what_it_really_is(sit, tmp_path, monkeypatch):
    async with sit() as seat:
        monkeypatch.setattr(
            seat.app._hand.misreading._premises,
            "_paths",
            replace(seat.app._hand.misreading._premises._paths, config=tmp_path),
        )
        ran = []
        monkeypatch.setattr(seat.app._hand.misreading, "_run", ran.append)
        seat.hive.answers["agent/read"] = {"lines": ["❯ \x1b[31m1. Yes"], "next": None}
        seat.press("W")
        await seat.shows("3 frontend is not approval. What does it really do?", "▸ ◐ working")
        seat.press("enter")
        await seat.shows("The screen is kept as working; `hive wrong --check` reads it anew.")
        assert "codex.toml" in ran[0]
        (fixture,) = (tmp_path / "rules" / "fixtures").iterdir()
        assert '"really": "working"' in fixture.read_text()
        assert "\\u276f \\u001b[31m1. Yes" in fixture.read_text()
        assert fixture.stat().st_mode & 0o777 == 0o600


def test_the_queue_of_a_hive_where_nothing_asks_is_empty():
    from hiveui.model.attention import overview
    from hiveui.model.state import State

    quiet = replace(workspace("one"), agents=(agent(1, "one"),))
    found = overview(State({quiet.id: quiet}), SINCE)
    assert not any((found.needs, found.unread, found.snoozed, found.muted))


async def test_who_may_not_answer_sees_what_is_asked_and_is_offered_no_answer(sit):
    async with sit(role="viewer") as seat:
        seat.hive.happen(asks("a3", INSTALL))
        seat.press("A")
        await seat.shows(
            "▸ ▲  3 frontend", "$ npm install jose", "·  Yes, proceed (y)", "·  No", "to answer is for approvers"
        )
        assert not [offer for offer in ("1-9", "a number, then", "1 yes", "1  Yes") if offer in seat.text()]
    async with sit(role="approver") as seat:
        await opens(seat, asks("a3", INSTALL))
        await seat.shows("1  Yes, proceed (y)", "1 yes", "a number, then enter, answers")
