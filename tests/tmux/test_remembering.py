"""The project's memory among agents on a real tmux: who changed it is known, and the others are told, once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from tmux.nest import Nest, agent, workspace
from tmux.test_checks import Told
from waiting import soon

from hiveui.errors import UsageError
from hiveui.hive.hive import Hive
from hiveui.model.agent import AgentId
from hiveui.model.memory import DECISIONS, SOURCE

AGENTS = {
    "coder": {"kind": "claude", "command": ["cat"]},
    "tests": {"kind": "claude", "command": ["cat"]},
    "calm": {"kind": "claude", "command": ["cat"], "memory": "quiet"},
    "shell": {"kind": "shell"},
}


@pytest.fixture
async def nest(short) -> AsyncIterator[Nest]:
    made = Nest(short)
    (made.project / SOURCE).write_text("one\ntwo\nthree\n")
    async with made:
        yield made


@contextlib.asynccontextmanager
async def opened(nest: Nest) -> AsyncIterator[tuple[Hive, Told]]:
    async with nest.hive() as hive:
        told = hive.work.memory._prompts = Told()
        await nest.open(hive, AGENTS)
        watching = asyncio.create_task(hive.work.memory.watch())
        try:
            await soon(lambda: hive.work.memory._texts, what="the first look")
            yield hive, told
        finally:
            watching.cancel()
            await asyncio.wait([watching])


async def test_a_decision_of_an_agents_is_told_to_the_others_once_and_not_to_who_wants_quiet(nest: Nest):
    async with opened(nest) as (hive, told):
        coder = agent(hive, "coder")
        await asyncio.gather(*(hive.work.memory.decide(by=coder.id, text=f"no {n}") for n in range(5)))
        words = lambda: "\n".join(told.texts)  # noqa: E731  one, where all fell into one look
        await soon(lambda: all(f"no {n}" in words() for n in range(5)), what="a word to the others")
        assert {role for role, _ in told.said} == {"tests"}
        assert [words().count(f"no {n}") for n in range(5)] == [1] * 5
        assert all("by coder (claude)" in text for text in told.texts)
        before = len(told.said)
        await hive.work.memory.decide(by=AgentId(""), workspace=workspace(hive).id, text="mine")
        await soon(lambda: len(told.said) == before + 2, what="a word to both")
        assert [role for role, _ in told.said[before:]] == ["coder", "tests"]
        written = (nest.project / DECISIONS).read_text()
        assert written.count("coder (claude)**: no ") == 5
        read = await hive.work.memory.read(by=coder.id)
        assert [file["name"] for file in read["files"]] == [SOURCE, DECISIONS]
        with pytest.raises(UsageError, match="says something"):
            await hive.work.memory.decide(by=coder.id, text=" \n")


async def test_what_was_changed_meanwhile_is_merged_and_where_it_cannot_be_nothing_is_saved(nest: Nest):
    file = nest.project / SOURCE
    async with opened(nest) as (hive, told):
        asked = {"workspace": workspace(hive).id, "name": SOURCE, "base": "one\ntwo\nthree\n"}
        file.write_text("one\ntwo\nthree\nfour\n")
        answer = await hive.work.memory.save(**asked, text="zero\none\ntwo\nthree\n")
        assert (answer["saved"], answer["merged"]) == (True, True)
        assert file.read_text() == "zero\none\ntwo\nthree\nfour\n"
        await soon(lambda: len(told.said) == 2, what="a word to both")
        answer = await hive.work.memory.save(**asked, text="none\ntwo\nthree\n")
        assert (answer["saved"], answer["current"]) == (False, file.read_text())
        assert "<<<<<<< yours" in answer["text"]
        assert file.read_text() == "zero\none\ntwo\nthree\nfour\n"
