"""Shaping on a real tmux: shells, closing, stopping, undoing, and what keeps its place."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tmux.nest import CAT, MACHINE, Nest, agent, at, ended, shows, workspace
from waiting import soon

from hiveui.errors import UsageError
from hiveui.hive.hive import Hive
from hiveui.model import shape
from hiveui.model.codec import to_json
from hiveui.model.layout import Leaf, Split, Tab, roles


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


def shown(hive: Hive) -> list[tuple[str, ...]]:
    """Give the roles of each tab."""
    return [roles(tab.root) for tab in workspace(hive).tabs]


async def arrange(hive: Hive, after: tuple[Tab, ...], before: tuple[Tab, ...] | None = None) -> bool:
    known = workspace(hive).tabs if before is None else before
    answer = await hive.shaping.arrange(workspace=workspace(hive).id, before=to_json(known), after=to_json(after))
    return bool(answer["arranged"])


async def add(hive: Hive, where: str, **more: Any) -> str:
    answer = await hive.shaping.add(workspace=workspace(hive).id, where=where, **more)
    return str(answer["role"])


async def undo(hive: Hive) -> dict[str, Any]:
    return await hive.shaping.undo(workspace=workspace(hive).id)


SIDE_BY_SIDE = (Tab("main", Split("columns", (Leaf("b"), Leaf("a")), (3, 1))),)


async def test_two_who_arrange_at_once_do_not_overwrite_each_other(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        before = workspace(hive).tabs
        assert await arrange(hive, SIDE_BY_SIDE)
        assert not await arrange(hive, shape.rename(before, 0, "mine"), before)
        assert workspace(hive).tabs == SIDE_BY_SIDE
        assert await undo(hive) == {"role": "", "resumed": False}
        assert workspace(hive).tabs == before
        with pytest.raises(UsageError, match="last 10 minutes"):
            await undo(hive)


@pytest.mark.parametrize(
    "after",
    [
        [{"title": "t", "root": "nobody"}],
        [{"title": "t", "root": {"direction": "rows", "children": ["a", "a"], "sizes": [1, 1]}}],
        [{"title": "t", "root": {"direction": "rows", "children": [], "sizes": []}}],
        [{"title": "t", "root": {"direction": "around", "children": ["a", "b"], "sizes": [1, 1]}}],
        [{"title": "t", "root": 7}],
        [{"title": "t"}],
        [{"title": "\n", "root": "a"}],
    ],
)
async def test_what_cannot_be_tabs_is_refused_in_a_sentence_and_changes_nothing(nest: Nest, after: list[Any]):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        before = workspace(hive).tabs
        with pytest.raises(UsageError, match=r"no tabs|cannot stand"):
            await hive.shaping.arrange(workspace=workspace(hive).id, before=to_json(before), after=after)
        assert workspace(hive).tabs == before


async def test_a_shell_stands_beside_its_agent_in_the_same_folder_and_environment(nest: Nest):
    (nest.project / "sub").mkdir()
    async with nest.hive() as hive:
        await nest.open(hive, {"a": {"command": list(CAT), "dir": "sub", "env": {"MARK": "x y"}}, "b": CAT})
        assert await add(hive, "columns", beside="a") == "shell"
        assert shown(hive) == [("a", "shell", "b")]
        shell = agent(hive, "shell")
        await soon(lambda: (MACHINE.environ(shell.pid) or {}).get("MARK") == "x y", what="its environment")
        there, note = psutil.Process(shell.pid), agent(hive, "shell").note
        await soon(lambda: there.cwd() == str(nest.project / "sub"), what=f"its folder: {there.cmdline()}, {note!r}")
        assert (shell.person, shell.added) == (True, True)
        assert await add(hive, "rows", beside="shell") == "shell 2"
        assert await add(hive, "tab") == "shell 3"
        assert shown(hive) == [("a", "shell", "shell 2", "b"), ("shell 3",)]
        (nest.project / "sub").rmdir()
        with pytest.raises(UsageError, match="is not there"):
            await add(hive, "rows", beside="a")
        with pytest.raises(UsageError, match="cannot stand at 'above'"):
            await add(hive, "above", beside="a")


async def test_a_closed_agent_comes_back_at_its_place_and_number(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT, "c": CAT})
        before, pid = workspace(hive).tabs, agent(hive, "b").pid
        await hive.shaping.close(**at(hive, "b"))
        assert [a.role for a in workspace(hive).agents] == ["a", "c"]
        assert "b" not in {role for tab in shown(hive) for role in tab}
        assert not MACHINE.alive(pid or 0)
        assert await undo(hive) == {"role": "b", "resumed": False}
        assert [a.role for a in workspace(hive).agents] == ["a", "b", "c"]
        assert workspace(hive).tabs == before
        await shows(hive, "b", "ready")


async def test_what_was_stopped_starts_again_and_several_deeds_are_undone_one_by_one(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        before = workspace(hive).tabs
        await hive.shaping.stop(**at(hive, "a"))
        await hive.shaping.close(**at(hive, "b"))
        await hive.shaping.close(**at(hive, "a"))
        assert (workspace(hive).tabs, workspace(hive).agents) == ((), ())
        assert [(await undo(hive))["role"] for _ in range(2)] == ["a", "b"]
        assert workspace(hive).tabs == before
        with pytest.raises(UsageError, match="last 10 minutes"):  # closing a stopped one and undoing that started it
            await undo(hive)
        await hive.shaping.stop(**at(hive, "a"))
        await ended(hive, "a")
        assert (await undo(hive))["role"] == "a"
        await shows(hive, "a", "ready")


async def test_an_agent_comes_back_into_its_conversation_where_that_is_known(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"coder": {"kind": "rehearsal"}, "b": CAT})
        await shows(hive, "coder", "rehearsal")
        talk = agent(hive, "coder").conversation
        await hive.shaping.close(**at(hive, "coder"))
        assert await undo(hive) == {"role": "coder", "resumed": True}
        back = agent(hive, "coder")
        await soon(lambda: "--resume" in _argv(back.pid or 0), what="the resumed program")
        assert _argv(back.pid or 0)[-2:] == ["--resume", talk]


def _argv(pid: int) -> list[str]:
    return psutil.Process(pid).cmdline() if MACHINE.alive(pid) else []


async def test_a_closed_agent_that_is_there_again_does_not_come_back_a_second_time(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        await hive.shaping.close(**at(hive, "b"))
        await nest.open(hive, {"a": CAT, "b": CAT})
        with pytest.raises(UsageError, match="last 10 minutes"):
            await undo(hive)
        assert [a.role for a in workspace(hive).agents] == ["a", "b"]


async def test_opening_again_keeps_what_was_arranged_while_the_file_is_as_it_was(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        await arrange(hive, SIDE_BY_SIDE)
        shell = await add(hive, "rows", beside="a")
        kept = workspace(hive).tabs
        plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
        assert plan["changes"] == []
        await nest.open(hive, {"a": CAT, "b": CAT})
        assert workspace(hive).tabs == kept
        await nest.open(hive, {"a": CAT, "b": CAT, "new": CAT}, remove=True)
        assert shown(hive) == [("a", "b", "new")]
        assert agent(hive, shell).pid is not None


async def test_another_daemon_finds_the_panes_as_they_were_arranged(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        await arrange(hive, SIDE_BY_SIDE)
        await add(hive, "rows", beside="a")
        kept, shell = workspace(hive).tabs, agent(hive, "shell")
    async with nest.hive() as hive:
        assert workspace(hive).tabs == kept
        assert agent(hive, "shell").pid == shell.pid
        await hive.restart(**at(hive, "shell"))
        await hive.shaping.close(**at(hive, "shell"))
        assert workspace(hive).tabs == SIDE_BY_SIDE
    async with nest.hive() as hive:
        assert (await undo(hive))["role"] == "shell"
        assert workspace(hive).tabs == kept
        await soon(lambda: agent(hive, "shell").pid, what="the shell that was closed under an earlier daemon")


async def test_after_tmux_is_gone_the_panes_open_again_where_they_stood(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT, "b": CAT})
        await arrange(hive, SIDE_BY_SIDE)
        await add(hive, "tab", beside="a")
        pid = await nest.server.pid()
        os.kill(pid or 0, 9)
        await soon(lambda: workspace(hive).note, what="the loss to be noticed")
        await nest.open(hive, {"a": CAT, "b": CAT})
        assert workspace(hive).tabs == SIDE_BY_SIDE
        await shows(hive, "b", "ready")


async def test_a_pane_that_an_agent_made_leaves_the_tabs_when_it_ends(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"a": CAT})
        (window,) = [a.id for a in workspace(hive).agents]
        supervisor = hive._supervisors[workspace(hive).id]
        await supervisor.here.session.client.ask(f"split-window -d -t ={supervisor.id}:{window} 'read line'")
        await soon(lambda: workspace(hive).role("a pane 1"), what="the pane that it made")
        child = agent(hive, "a pane 1")
        await arrange(hive, shape.split(workspace(hive).tabs, "a", 0, child.role, "rows"))
        assert shown(hive) == [("a", "a pane 1")]
        answer = await hive.shaping.close(**at(hive, child.role))
        assert answer == {"undoable": False}
        assert shown(hive) == [("a",)]
        assert workspace(hive).role(child.role) is None
