"""Workspaces whose tmux is gone are restored as they were saved, on a real tmux."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tmux import nest as nests
from tmux.nest import CAT, MACHINE, Nest, agent, at, ended, workspace
from waiting import soon

from hiveui.errors import UsageError
from hiveui.hive.hive import Hive
from hiveui.model.events import TabsArranged
from hiveui.model.layout import Leaf, Split, Tab

TALKER = """
version = 1
title = "Talker"
argv = ["sh", "-c", 'touch "$HOME/$1.talk"; echo began $1 as $TAG; exec cat', "talker"]
session = ["{conversation}"]
resume = ["sh", "-c", 'echo resumed $1 as $TAG; [ ! -e "$HOME/broken" ] || exit 3; exec cat', "talker", "{conversation}"]
transcripts = ["~/{conversation}.talk"]
stagger = 0.2
"""
SECRET = "ghp_" + "A1b2" * 9
TALK = {"kind": "talker", "env": {"TAG": "it"}}


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "talker.toml").write_text(TALKER)
    async with made:
        yield made


async def lose(nest: Nest, hive: Hive) -> None:
    """End tmux as a reboot does, and wait until that is known."""
    pid = await nest.server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await soon(lambda: workspace(hive).note, what="the loss of tmux")


async def shows(hive: Hive, role: str, wanted: str) -> None:
    """Wait until an agent has had its turn to start, and shows something."""
    await soon(lambda: agent(hive, role).pane, what=f"the start of {role}")
    await nests.shows(hive, role, wanted)


async def restore(nest: Nest, hive: Hive, **wishes: str) -> dict[str, Any]:
    return await hive.morning.restore(workspace=workspace(hive).id, env=nest.env, wishes=wishes)


async def plan(nest: Nest, hive: Hive, **wishes: str) -> dict[str, Any]:
    return await hive.morning.plan(workspace=workspace(hive).id, env=nest.env, wishes=wishes)


async def test_a_restored_workspace_has_its_geometry_and_each_agent_its_conversation(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK, "two": TALK, "cat": CAT})
        conversations = {role: agent(hive, role).conversation for role in ("one", "two")}
        assert all(conversations.values())
        for role, id_ in conversations.items():
            await shows(hive, role, f"began {id_} as it")
        shaped = (Tab("mine", Split("rows", (Leaf("two"), Leaf("cat")), (3, 1))), Tab("more", Leaf("one")))
        hive.bus.publish(TabsArranged(workspace(hive).id, shaped))
        await hive.view(workspace=workspace(hive).id, tab=1, role="one", zoomed=True)
        await lose(nest, hive)
    async with nest.hive() as hive:
        planned = await plan(nest, hive)
        assert planned["notes"] == []
        assert [(a["role"], a["do"], a["conversation"]) for a in planned["agents"]] == [
            ("one", "resume", conversations["one"]),
            ("two", "resume", conversations["two"]),
            ("cat", "anew", ""),
        ]
        answer = await restore(nest, hive)
        assert answer["starting"] == ["one", "two", "cat"], "those in sight come first"
        for role, id_ in conversations.items():
            await shows(hive, role, f"resumed {id_} as it")
        await shows(hive, "cat", "ready")
        found = workspace(hive)
        assert (found.tabs, found.note) == (shaped, "")
        assert (found.view.tab, found.view.role, found.view.zoomed) == (1, "one", True)
        assert [a.role for a in found.agents] == ["one", "two", "cat"]


async def test_agents_of_one_kind_start_one_after_the_other_and_the_kinds_beside_each_other(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK, "two": TALK, "three": TALK, "cat": CAT})
        await lose(nest, hive)
        started: list[tuple[str, float]] = []
        hive.bus.listen(
            lambda event: (
                started.append((event.id, asyncio.get_running_loop().time()))
                if type(event).__name__ == "AgentStarted"
                else None
            )
        )
        await restore(nest, hive)
        await soon(lambda: len(started) == 4)
        times = {a.role: next(t for id_, t in started if id_ == a.id) for a in workspace(hive).agents}
        assert times["two"] - times["one"] >= 0.2
        assert times["three"] - times["two"] >= 0.2
        assert times["cat"] < times["two"]


async def test_what_cannot_start_says_why_in_its_pane_and_the_others_start(nest: Nest):
    (nest.project / "sub").mkdir()
    tool = nest.project.parent / "tool"
    tool.write_text("#!/bin/sh\nexec cat\n")
    tool.chmod(0o755)
    async with nest.hive() as hive:
        agents = {"folder": {"kind": "talker", "dir": "sub"}, "program": [str(tool)], "cat": CAT}
        await nest.open(hive, agents)
        talked = agent(hive, "folder").conversation
        await lose(nest, hive)
        tool.unlink()
        (nest.project / "sub").rmdir()
        obstacles = {a["role"]: a["obstacle"] for a in (await plan(nest, hive))["agents"]}
        assert obstacles == {
            "folder": f"its folder {nest.project}/sub is gone. Make it again, then start the agent.",
            "program": f"'{tool}' was not found in the PATH of the shell that ran hive.",
            "cat": "",
        }
        await restore(nest, hive)
        await shows(hive, "cat", "ready")
        for role in ("folder", "program"):
            await shows(hive, role, obstacles[role][:50])
            assert (await ended(hive, role)).note == obstacles[role]
        assert agent(hive, "folder").conversation == talked, "what could not start forgets nothing"
        (nest.project / "sub").mkdir()
        await hive.restart(**at(hive, "folder"))
        await shows(hive, "folder", f"resumed {talked}")


async def test_a_program_that_outlived_its_tmux_is_named_before_another_is_started(nest: Nest):
    deaf = ["sh", "-c", "trap '' HUP TERM; echo ready; while :; do sleep 0.05; done"]
    async with nest.hive() as hive:
        await nest.open(hive, {"deaf": deaf})
        await shows(hive, "deaf", "ready")
        pid = agent(hive, "deaf").pid
        assert pid is not None
        await lose(nest, hive)
        notes = (await plan(nest, hive))["notes"]
        os.kill(pid, signal.SIGKILL)
        assert len(notes) == 1
        assert notes[0].startswith(f"deaf: its program of before goes on without a screen; end it first: kill {pid}")
        await soon(lambda: not MACHINE.alive(pid))

        async def alone() -> bool:
            return not (await plan(nest, hive))["notes"]

        await soon(alone, what="the end of its last child, which may outlive it by a moment")
        await restore(nest, hive)
        await shows(hive, "deaf", "ready")
        os.kill(agent(hive, "deaf").pid or pid, signal.SIGKILL)


async def test_a_daemon_that_ends_while_it_restores_leaves_the_rest_to_be_started(nest: Nest):
    (nest.paths.kinds / "talker.toml").write_text(TALKER.replace("stagger = 0.2", "stagger = 2.0"))
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK, "two": TALK, "three": TALK})
        had = {role: agent(hive, role).conversation for role in ("one", "two", "three")}
        for role, id_ in had.items():
            await shows(hive, role, f"began {id_}")
        await lose(nest, hive)
        await restore(nest, hive)
        await soon(lambda: agent(hive, "one").pid)
    async with nest.hive() as hive:
        assert agent(hive, "one").pid
        assert "it was not started" in (await ended(hive, "three")).note
        await hive.restart(**at(hive, "three"))
        await shows(hive, "three", f"resumed {had['three']}")


async def test_a_tap_that_is_replaced_while_agents_wait_for_their_turn_ends_none_of_them(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK, "two": TALK, "three": TALK})
        for role in ("one", "two", "three"):
            await shows(hive, role, "began")
        await lose(nest, hive)
        await restore(nest, hive)
        (supervisor,) = hive._supervisors.values()
        await supervisor.here.adopt()  # as once the tap was replaced
        for role in ("one", "two", "three"):
            await shows(hive, role, "resumed")


async def test_of_two_that_restore_at_once_one_does_and_the_other_joins(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"cat": CAT, "other": CAT})
        await lose(nest, hive)
        answers = await asyncio.gather(*(restore(nest, hive) for _ in range(5)))
        assert sorted(answer["joined"] for answer in answers) == [False, True, True, True, True]
        for role in ("cat", "other"):
            await shows(hive, role, "ready")
        assert len(await nest.server.sessions()) == 1
        assert (await plan(nest, hive))["running"]


async def test_wishes_leave_out_begin_anew_and_go_back_to_an_earlier_conversation(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"left": TALK, "fresh": TALK, "back": TALK})
        first = {role: agent(hive, role).conversation for role in ("left", "fresh", "back")}
        for role, id_ in first.items():
            await shows(hive, role, f"began {id_}")
        await hive.restart(**at(hive, "back"), conversation="")
        second = agent(hive, "back").conversation
        await shows(hive, "back", f"began {second}")
        assert agent(hive, "back").conversations == (second, first["back"])
        await lose(nest, hive)
        with pytest.raises(UsageError, match="no agent 'nobody'"):
            await restore(nest, hive, nobody="anew")
        assert workspace(hive).note, "a wish that cannot be met starts nothing"
        await restore(nest, hive, left="leave", fresh="anew", back=str(first["back"]))
        await shows(hive, "back", f"resumed {first['back']}")
        fresh = await soon(lambda: agent(hive, "fresh").pid and agent(hive, "fresh").conversation)
        assert fresh != first["fresh"]
        assert agent(hive, "fresh").conversations == (fresh, first["fresh"])
        assert (agent(hive, "left").note, agent(hive, "left").pane) == ("left out", None)
        await hive.restart(**at(hive, "left"))
        await shows(hive, "left", f"resumed {first['left']}")


async def test_a_resume_that_fails_at_once_is_said_and_the_conversation_is_kept(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK})
        id_ = agent(hive, "one").conversation
        await shows(hive, "one", "began")
        (Path(nest.env["HOME"]) / "broken").touch()
        await lose(nest, hive)
        await restore(nest, hive)
        assert re.fullmatch(
            r"conversation \S+… could not be resumed; ctrl\+r begins another", (await ended(hive, "one")).note
        )
        assert agent(hive, "one").conversation == id_
        (Path(nest.env["HOME"]) / "broken").unlink()
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", f"resumed {id_}")


async def test_a_conversation_that_is_gone_is_begun_anew_and_says_so(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK})
        id_ = agent(hive, "one").conversation
        await shows(hive, "one", "began")
        await lose(nest, hive)
        (Path(nest.env["HOME"]) / f"{id_}.talk").unlink()
        (said,) = (await plan(nest, hive))["agents"]
        assert (said["do"], said["why"]) == ("anew", f"conversation {id_[:8]}… is gone")
        await restore(nest, hive)
        await shows(hive, "one", "began")
        assert agent(hive, "one").conversations[1] == id_


@pytest.mark.parametrize("change", ["changed", "gone"])
async def test_a_layout_that_is_another_is_said_and_what_was_saved_is_what_runs(nest: Nest, change: str):
    async with nest.hive() as hive:
        talker = {"kind": "talker", "env": {"TAG": "it", "A_TOKEN": "hidden"}}
        await nest.open(hive, {"one": talker, "cat": [*CAT, SECRET]})
        id_ = agent(hive, "one").conversation
        await shows(hive, "one", "began")
        await lose(nest, hive)
        if change == "gone":
            (nest.project / ".hive" / "layouts" / "one.yaml").unlink()
        else:
            nest.layout({"one": ["sh", "-c", "touch $HOME/evil"]})
        nest.env["TAG"] = "mine"
        notes = (await plan(nest, hive))["notes"]
        assert ("has changed" if change == "changed" else "is not there any more") in notes[0]
        assert notes[1:] == [
            "one: its layout set A_TOKEN, and values are not kept; set them in this shell.",
            "cat: a secret in its command is not kept, and the layout that has it is another now.",
        ]
        await restore(nest, hive)
        await shows(hive, "one", f"resumed {id_} as mine")
        await shows(hive, "cat", "ready")
        assert not (Path(nest.env["HOME"]) / "evil").exists()
    kept = b"".join(path.read_bytes() for path in nest.paths.events.iterdir())
    assert b"A_TOKEN" in kept
    assert b"hidden" not in kept
    assert SECRET.encode() not in kept


async def test_opening_the_layout_after_tmux_went_begins_anew_and_remembers_the_conversation(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK})
        first = agent(hive, "one").conversation
        await shows(hive, "one", f"began {first}")
        await lose(nest, hive)
        await nest.open(hive, {"one": TALK})
        second = agent(hive, "one").conversation
        await shows(hive, "one", f"began {second}")
        assert agent(hive, "one").conversations == (second, first)


async def test_a_workspace_whose_agents_had_all_ended_is_found_gone_too(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": ["true"]})
        await ended(hive, "one")
        pid = await nest.server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await soon(lambda: not MACHINE.alive(pid))
    async with nest.hive() as hive:
        assert "tmux ended while no daemon ran" in workspace(hive).note
        assert workspace(hive).saved
        await restore(nest, hive)
        assert (await ended(hive, "one")).exit_status == 0


async def test_an_id_that_could_be_an_option_is_no_conversation(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": TALK})
        for id_ in ("--help", "../x", "a b", "*"):
            with pytest.raises(UsageError, match="no conversation's id"):
                await hive.report(agent(hive, "one").id, state="idle", conversation=id_)
