"""Prompts that wait, on a real tmux: kept, changed, held back and delivered."""

import json
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tmux.nest import CAT, Nest, agent, at, shows, workspace
from waiting import soon

from hiveui.errors import UsageError
from hiveui.hive.hive import Hive
from hiveui.model import delivering
from hiveui.model.events import AgentRead
from hiveui.model.prompts import Step
from hiveui.model.signs import AgentState, Reading, Source

RECEIVER = [sys.executable, "-P", str(Path(__file__).with_name("receiver.py"))]
SECRET = "sk-ant-api03-" + "Ab3" * 20
REPORTS = (
    "stty -echo; printf '\\342\\235\\257 '; while :; do printf '\\033]7501;state={}:app=x\\033\\\\'; sleep 0.2; done"
)
"""A program that says a state again and again, shows an empty composer, and shows nothing of what is typed."""


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


async def receiver(nest: Nest, hive: Hive, *command: str) -> Path:
    """Open a workspace with one receiver, at rest; the file that it keeps prompts in."""
    kept = nest.project / "kept"
    program = list(command) or [*RECEIVER, str(kept)]
    await nest.open(hive, {"coder": {"kind": "rehearsal", "command": program}})
    return kept


def queue(hive: Hive) -> list[str]:
    return [prompt.preview for prompt in workspace(hive).queues.get("coder", ())]


def got(kept: Path) -> list[str]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


async def state(hive: Hive, wanted: str) -> None:
    await soon(lambda: agent(hive, "coder").reading.state == wanted, what=wanted)


async def test_prompts_wait_while_the_agent_asks_and_can_be_changed_meanwhile(nest: Nest):
    async with nest.hive() as hive:
        await receiver(nest, hive, "sh", "-c", REPORTS.format("blocked:kind=permission"))
        await state(hive, "approval")
        ids = []
        for text in ("one", "two", "three", "four"):
            answer = await hive.prompts.queue(**at(hive, "coder"), text=text)
            assert answer["why"] == "it asks something: answer that first"
            assert answer["ahead"] == len(ids)
            ids.append(answer["prompt"])
        hive.prompts.move(**at(hive, "coder"), prompt=ids[2], place=0)
        await hive.prompts.edit(**at(hive, "coder"), prompt=ids[0], text="another\r\n\x1b[31mone")
        await hive.prompts.drop(**at(hive, "coder"), prompt=ids[1])
        assert queue(hive) == ["three", "another", "four"]
        assert (await hive.prompts.text(**at(hive, "coder"), prompt=ids[0]))["text"] == "another\n[31mone"
        with pytest.raises(UsageError, match="it asks something"):
            hive.prompts.release(**at(hive, "coder"), prompt=ids[0])
        with pytest.raises(UsageError, match="does not wait"):
            await hive.prompts.drop(**at(hive, "coder"), prompt=ids[1])
        with pytest.raises(UsageError, match="nothing to send"):
            await hive.prompts.queue(**at(hive, "coder"), text="\x03\n ")
        assert len(list(nest.paths.prompts.iterdir())) == 3
    async with nest.hive() as hive:
        assert queue(hive) == ["three", "another", "four"]
        assert {prompt.step for prompt in workspace(hive).queues["coder"]} == {Step.WAITING}
        await hive.workspaces.close(workspace=workspace(hive).id, forget=True)
        assert list(nest.paths.prompts.iterdir()) == []


async def test_a_secret_is_typed_as_it_is_and_stands_in_no_event(nest: Nest):
    async with nest.hive() as hive:
        kept = await receiver(nest, hive)
        held = agent(hive, "coder")
        await state(hive, "idle")
        text = f"use {SECRET};"
        await hive.prompts.queue(**at(hive, "coder"), text=text)
        (file,) = nest.paths.prompts.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert queue(hive) == ["use [secret];"]
        await soon(lambda: got(kept) == [text])
        await soon(lambda: not workspace(hive).queues)
        assert list(nest.paths.prompts.iterdir()) == []
        assert held.id == agent(hive, "coder").id
    assert not [file for file in nest.paths.state.rglob("*") if file.is_file() and SECRET in file.read_text("latin-1")]


async def test_a_prompt_waits_for_what_the_person_has_begun_in_the_pane(nest: Nest):
    async with nest.hive() as hive:
        kept = await receiver(nest, hive)
        await state(hive, "idle")
        pane = str(agent(hive, "coder").pane)
        hive.panes.input(None, pane=pane, input=[["text", "mine"]])
        await shows(hive, "coder", "❯ mine")
        prompt = (await hive.prompts.queue(**at(hive, "coder"), text="not mine"))["prompt"]

        def why() -> str:
            return hive.prompts.list(**at(hive, "coder"))["prompts"][0]["why"]

        await soon(lambda: why() == "something else stands in its composer")
        hive.panes.input(None, pane=pane, input=[["key", "enter"]])
        await soon(lambda: got(kept) == ["mine", "not mine"])
        assert prompt


async def test_what_is_typed_and_not_seen_is_left_to_the_person_and_tried_again_when_they_say_so(
    nest: Nest, monkeypatch
):
    monkeypatch.setattr(delivering, "SEEN_WITHIN", 0.3)
    async with nest.hive() as hive:
        await receiver(nest, hive, "sh", "-c", REPORTS.format("idle"))
        await state(hive, "idle")
        prompt = (await hive.prompts.queue(**at(hive, "coder"), text="into the void"))["prompt"]
        behind = (await hive.prompts.queue(**at(hive, "coder"), text="behind it"))["prompt"]

        def first():
            return workspace(hive).queues["coder"][0]

        await soon(lambda: first().note)
        assert "is typed" in first().note or "was typed" in first().note
        assert (first().step, first().tries) == (Step.TYPING, 1)
        hive.prompts.release(**at(hive, "coder"), prompt=prompt)
        await soon(lambda: first().tries == 2 and first().note)
        await hive.prompts.drop(**at(hive, "coder"), prompt=prompt)
        await soon(lambda: first().id == behind and first().note, what="the next one's turn")


async def test_a_program_that_nothing_tells_the_state_of_gets_it_at_once(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT})
        await shows(hive, "cat", "ready")
        answer = await hive.prompts.queue(**at(hive, "cat"), text="hello")
        assert (answer["prompt"], answer["receipt"]["sent"]) == ("", 5)
        await shows(hive, "cat", "hello")
        assert not workspace(hive).queues


async def test_an_agent_of_an_unknown_state_gets_a_prompt_only_when_the_person_says_so(nest: Nest):
    async with nest.hive() as hive:
        kept = await receiver(nest, hive)
        await state(hive, "idle")
        unsure = Reading(AgentState.UNSURE, Source.SCREEN)
        hive.bus.publish(AgentRead(workspace(hive).id, agent(hive, "coder").id, unsure))
        answer = await hive.prompts.queue(**at(hive, "coder"), text="now")
        assert answer["why"] == "its state is not known; send it anyway with --now"
        hive.prompts.release(**at(hive, "coder"), prompt=answer["prompt"])
        await soon(lambda: got(kept) == ["now"])


async def test_a_text_that_somebody_removed_is_said_and_holds_nobody_else_up(nest: Nest):
    async with nest.hive() as hive:
        kept = await receiver(nest, hive, "sh", "-c", REPORTS.format("working"))
        await state(hive, "working")
        lost = (await hive.prompts.queue(**at(hive, "coder"), text="lost"))["prompt"]
        (file,) = nest.paths.prompts.iterdir()
        file.unlink()
        hive.prompts.release(**at(hive, "coder"), prompt=lost)
        await soon(lambda: "cannot be read" in workspace(hive).queues["coder"][0].note)
        assert got(kept) == []
