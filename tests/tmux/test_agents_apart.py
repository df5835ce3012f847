"""Agents in worktrees of their own, on a real tmux and a real git."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest
from tmux.nest import CAT, Nest, agent, at, ended, nest_in_a_repository, shows, text, workspace  # noqa: F401  the fixture
from waiting import soon

from hiveui.errors import GitError
from hiveui.hive import checkouts
from hiveui.model.events import Noticed
from tests.repositories import git

TREE = {"checkout": "worktree"}


def program(line: str = "true", **more):
    return {**TREE, "command": ["sh", "-c", f"{line}; echo ready; exec cat"], **more}


async def test_two_agents_change_one_file_without_touching_each_other_and_are_found_again(nest: Nest):
    agents = {role: program("cat file") for role in ("one", "two")} | {"three": CAT}
    async with nest.hive() as hive:
        answer = await nest.open(hive, agents)
        assert answer["started"] == ["one", "two", "three"]
        for role in ("one", "two"):
            await shows(hive, role, "this is file")
            (Path(agent(hive, role).dir) / "file").write_text(f"this is of {role}\n")
        assert (nest.project / "file").read_text() == "this is file\n"
        assert [a.branch for a in workspace(hive).agents] == ["hive/shop/one", "hive/shop/two", "main"]
        where = [a.dir for a in workspace(hive).agents]
        assert where[:2] == [str(nest.paths.worktrees / workspace(hive).id / role) for role in ("one", "two")]
    async with nest.hive() as hive:
        assert [a.dir for a in workspace(hive).agents] == where
        assert (await nest.open(hive, agents))["started"] == []
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "this is of one\nready")
        await hive.workspaces.close(workspace=workspace(hive).id)
        await nest.open(hive, agents)
        await shows(hive, "two", "this is of two\nready")
        assert agent(hive, "two").branch == "hive/shop/two"
    assert len(git(nest.project, "worktree", "list").splitlines()) == 3


async def test_set_up_is_seen_in_the_pane_and_done_once_for_each_worktree(nest: Nest):
    (nest.project / ".env").write_text("KEY=1\n")
    setup = [["sh", "-c", 'echo "set up for $HIVE_ROLE"; echo x >> "$MARK"']]
    mark = nest.project.parent / "mark"
    fields = {"copy": [".env"], "setup": setup, "env": {"MARK": str(mark)}, "dir": "web"}
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program("cat ../.env; ls", **fields)})
        await shows(hive, "one", "KEY=1\npage\nready")
        shown = await text(hive, "one", history=True)
        assert "copied .env" in shown
        assert "set up for one" in shown
        assert agent(hive, "one").dir.endswith("/one/web")
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "KEY=1\npage\nready")
        assert mark.read_text() == "x\n"
        shutil.rmtree(Path(agent(hive, "one").dir).parent)
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "KEY=1\npage\nready")
        assert mark.read_text() == "x\nx\n"


async def test_set_up_that_fails_says_so_in_the_pane_and_is_done_again(nest: Nest):
    setup = [["sh", "-c", 'test -e "$MARK"']]
    mark = nest.project.parent / "mark"
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program(setup=setup, env={"MARK": str(mark)}), "two": CAT})
        await shows(hive, "two", "ready")
        lost = await ended(hive, "one")
        assert lost.exit_status == 1
        assert lost.note.startswith("set-up failed")
        await shows(hive, "one", "Set-up failed: sh -c 'test -e \"$MARK\"'")
        mark.touch()
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "ready")
        await hive.shaping.stop(**at(hive, "one"))
        assert "set-up" not in (await ended(hive, "one")).note


async def test_an_agent_without_its_worktree_says_why_in_its_pane_and_the_others_start(nest: Nest):
    git(nest.project, "checkout", "-q", "-b", "hive/shop/one")
    async with nest.hive() as hive:
        answer = await nest.open(hive, {"one": program(), "two": program()})
        assert answer["started"] == ["two"]
        why = f"the branch hive/shop/one is checked out in {nest.project}."
        assert f"one was not started: {why}" in " ".join(answer["notes"])
        await shows(hive, "two", "ready")
        assert why in (await ended(hive, "one")).note
        assert "is checked out in" in (await text(hive, "one")).replace("\n", "")
        with pytest.raises(GitError, match="is checked out in"):
            await hive.restart(**at(hive, "one"))
        git(nest.project, "checkout", "-q", "main")
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "ready")
        await hive.shaping.stop(**at(hive, "one"))
        await soon(lambda: agent(hive, "one").note == "")


async def test_a_folder_that_is_not_committed_is_said(nest: Nest):
    (nest.project / "new").mkdir()
    async with nest.hive() as hive:
        answer = await nest.open(hive, {"one": program(dir="new")})
        assert any("its worktree has no folder new. Commit" in note for note in answer["notes"])


async def test_what_takes_long_is_said_while_it_does(nest: Nest, monkeypatch):
    monkeypatch.setattr(checkouts, "PATIENCE", 0.0)
    said: list[str] = []
    async with nest.hive() as hive:
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        await nest.open(hive, {"one": program(), "two": CAT})
        assert [line.partition("/")[0] for line in said] == ["one: its worktree is being made: "]


async def test_a_repository_without_a_commit_opens_and_shares_its_folder(nest: Nest):
    shutil.rmtree(nest.project / ".git")
    git(nest.project, "init", "-q", "-b", "main")
    async with nest.hive() as hive:
        answer = await nest.open(hive, {"one": program()})
        await shows(hive, "one", "ready")
        assert agent(hive, "one").dir == str(nest.project)
        assert any("has no commit yet" in note for note in answer["notes"])


async def test_a_branch_that_an_agent_leaves_is_not_shown_any_more(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program()})
        supervisor = hive._supervisors[workspace(hive).id]
        git(Path(agent(hive, "one").dir), "checkout", "-q", "--detach")
        supervisor.housekeeping()
        assert agent(hive, "one").branch == ""


async def test_a_restart_while_the_worktree_is_made_waits_for_it(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program()})
        shutil.rmtree(agent(hive, "one").dir)
        await asyncio.gather(*(hive.restart(**at(hive, "one")) for _ in range(3)))
        await shows(hive, "one", "ready")


async def test_a_worktree_that_went_with_tmux_is_made_again_by_a_restore(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program()})
        await shows(hive, "one", "ready")
        place, id_ = Path(agent(hive, "one").dir), workspace(hive).id
        pid = await nest.server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await soon(lambda: workspace(hive).note, what="the loss of tmux")
        shutil.rmtree(place)
        await hive.morning.restore(workspace=id_, env=nest.env)
        await soon(lambda: agent(hive, "one").pane, what="the start")
        await shows(hive, "one", "ready")
        assert (place / ".git").is_file()


@pytest.mark.parametrize("leads", ["to the project's", "nowhere"])
async def test_an_agent_that_has_replaced_its_git_commits_to_no_branch_but_its_own(nest: Nest, leads: str):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": program(), "two": program()})
        await shows(hive, "one", "ready")
        place = Path(agent(hive, "one").dir)
        (place / "file").write_text("changed\n")
        (place / ".git").write_text(f"gitdir: {nest.project / '.git' if leads != 'nowhere' else place}\n")
        before = git(nest.project, "rev-parse", "HEAD")
        with pytest.raises(GitError, match="not its own any more") as caught:
            await hive.work.committing.commit(**at(hive, "one"), message="mine")
        assert ".git" in caught.value.hint
        plan = await hive.work.merging.plan(workspace=workspace(hive).id)
        assert "not its own" in next(one["why"] for one in plan["left"] if one["role"] == "one")
        assert (git(nest.project, "rev-parse", "HEAD"), git(nest.project, "status", "--porcelain", "-uno")) == (
            before,
            "",
        )
