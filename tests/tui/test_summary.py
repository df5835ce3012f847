from dataclasses import replace

from scripted import workspace

from hiveui.model.usage import Spend, Tokens

SUMS = {"input": 12_300, "output": 950, "cache_read": 4_100_000, "cache_write": 0, "cache_write_hour": 0}
MORE = {"workspace": "w", "name": "shop", "kind": "claude", "here": True, "budget": None}
COST = {
    "prices": "2026-11-21",
    "day": "2026-11-21",
    "agents": [
        {
            **MORE,
            "role": "planner",
            "model": "claude-opus-5-5",
            "context": 41,
            "usd": 1.42,
            "today": 0.42,
            "unpriced": 0,
        }
        | SUMS,
        {
            **MORE,
            "role": "ba\x1b[31mck",
            "model": "\x9bnext",
            "context": None,
            "usd": None,
            "today": None,
            "unpriced": 9,
        }
        | SUMS,
    ],
    "days": [],
    "models": [{"model": "claude-opus-5-5", "usd": 1.42, "today": 0.42, "unpriced": 0} | SUMS],
    "total": {"usd": 1.42, "today": 0.42, "unpriced": 9} | SUMS,
}


async def test_what_agents_cost_is_read_on_a_card_and_unknown_is_a_question_mark(sit):
    async with sit(workspace()) as seat:
        seat.hive.answers["usage/list"] = COST
        seat.press("$")
        await seat.shows("What shop costs", "prices of 2026-11-21", "12.3k", "4.1M", "$1.42", "41 %", "$1.42+?")
        await seat.shows("ba␛[31mck")
        line = next(line for line in seat.text().splitlines() if "ba␛" in line)
        assert "$" not in line
        assert line.count("?") >= 2
        seat.press("escape")
        await seat.until(lambda: "What shop costs" not in seat.text())


async def test_the_first_line_has_the_workspaces_cost_and_nothing_where_it_is_unknown(sit):
    shown = workspace()
    async with sit(shown) as seat:
        await seat.shows("shop ▸ build")
        assert "$" not in seat.text().splitlines()[0]
    spent = [replace(agent, spend=Spend(Tokens(1, 1), 0.71)) for agent in shown.agents[:2]]
    async with sit(replace(shown, agents=(*spent, *shown.agents[2:]))) as seat:
        await seat.shows("$1.42")


async def test_what_changed_is_read_on_a_card_those_first_to_which_something_happened(sit):
    said = {"workspace": "w", "role": "x", "now": "idle"}
    agents = [
        {**said, "sentence": "planner did nothing new; it is idle now.", "quiet": True},
        {**said, "sentence": "tests \x1b[2Jmet 1 error; it stands with an error now.", "quiet": False, "now": "error"},
    ]
    async with sit(workspace()) as seat:
        seat.hive.answers["events/since"] = {
            "since": "2025-12-31T23:00:00Z",
            "whole": True,
            "model": "",
            "agents": agents,
        }
        seat.press("H")
        await seat.shows("While you were away", "tests ␛[2Jmet 1 error", "planner did nothing new")
        text = seat.text()
        assert text.index("met 1 error") < text.index("did nothing new")


async def test_a_models_words_stand_under_the_plain_sentence_as_its_own_with_what_they_cost(sit):
    plain = {"workspace": "w", "role": "x", "now": "idle", "sentence": "tests finished 2 turns.", "quiet": False}
    cost = {"requests": 1, "input": 300, "output": 20, "usd": 0.0004, "problem": ""}
    found = {"since": "2025-12-31T23:00:00Z", "whole": True, "model": "claude-haiku-5-5", "words": cost}
    async with sit(workspace()) as seat:
        seat.hive.answers["events/since"] = found | {"agents": [plain | {"words": "All \x1b[2Jtests pass."}]}
        seat.press("H")
        await seat.shows("tests finished 2 turns.", "claude-haiku-5-5 says: “All ␛[2Jtests pass.”")
        await seat.shows("claude-haiku-5-5: 1 request, 320 tokens, $0.0004.")
