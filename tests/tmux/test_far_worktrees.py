"""Worktrees on another host: a real sshd in a network namespace of its own, with a real git and a tmux there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hiveui.hive.hive import Hive
from hiveui.model.changes import NOTICED
from hiveui.model.hosts import Standing
from tests.far import Far
from tests.repositories import git
from tests.tmux.elsewhere import link, opened, returns
from tests.tmux.nest import Nest, agent, at, nest_in_a_repository, shows, workspace  # noqa: F401  the fixture
from tests.waiting import soon

WRITER = [
    "sh",
    "-c",
    "echo ready in $PWD; while read -r name; do echo by $HIVE_ROLE >$name; echo wrote $name; done",
]
"""A program that writes files whose names it is given."""


@pytest.fixture
def far(short: Path) -> Iterator[Far]:
    with contextlib.closing(Far(short / "far")) as far:
        (far.home / ".gitconfig").write_text("[user]\nname = me\nemail = me@invalid\n[safe]\ndirectory = *\n")
        yield far


@pytest.fixture
def theirs(far: Far, nest: Nest) -> Path:
    """The checkout there: a clone of the project."""
    git(far.home, "clone", "-q", str(nest.project), "shop")
    return far.home / "shop"


@contextlib.asynccontextmanager
async def watched(nest: Nest) -> AsyncIterator[Hive]:
    """Run a hive that looks at what agents on other hosts change."""
    async with nest.hive() as hive:
        following = [asyncio.create_task(follow()) for follow in (hive._around.mirrors.follow, hive.work.files.follow)]
        try:
            yield hive
        finally:
            for task in following:
                task.cancel()
            await asyncio.wait(following)


def mirror(hive: Hive, role: str) -> str:
    return hive._around.mirrors.seen(agent(hive, role)).dir


def place(hive: Hive, role: str) -> Path:
    """Give the folder there in which an agent works."""
    host, _, folder = agent(hive, role).dir.partition(":")
    assert (host, folder[:1]) == ("far", "/")
    return Path(folder)


async def lists(hive: Hive) -> Mapping[str, Mapping[str, Any]]:
    found = await hive.work.cleaning.every(workspace=workspace(hive).id)
    return {one["role"]: one for one in found["checkouts"]}


async def test_two_on_one_host_have_a_worktree_and_a_branch_each_and_keep_them(nest: Nest, far: Far, theirs: Path):
    hosts = {"far": {"ssh": far.ssh, "dir": "shop"}}
    layout = {"w": {"command": WRITER, "host": "far", "replicas": 2, "checkout": "worktree", "dir": "web"}}
    layout["w"] |= {"copy": [".env"], "setup": [["sh", "-c", "cat .env >>~/was-set-up"]]}
    (theirs / ".env").write_text("A=1\n")
    (theirs / ".git/info/exclude").write_text(".env\n")
    roles = ("w-1", "w-2")

    async def writes(hive: Hive, name: str) -> None:
        """Have each write a file of that name, which is to be seen here as its own."""
        for role in roles:
            await hive.panes.send(**at(hive, role), text=name)
            await shows(hive, role, f"wrote {name}")

        def known(role: str) -> list[Any]:
            return hive.work.files.writes(workspace(hive).id, path=f"{mirror(hive, role)}/{name}")

        for role in roles:
            await soon(lambda role=role: any(one.role == role for one in known(role)), what=f"what {role} wrote")
            assert {one.role for one in known(role) if one.evidence != NOTICED} == {role}
            assert Path(mirror(hive, role), name).read_text() == f"by {role}\n"

    async with watched(nest) as hive:
        answer = await opened(nest, hive, hosts, layout)
        assert sorted(answer["started"]) == sorted(roles), answer["notes"]
        for role in roles:
            await shows(hive, role, "ready in")
            assert git(place(hive, role), "branch", "--show-current") == f"hive/shop/{role}"
            assert place(hive, role).name == "web"
            await soon(lambda role=role: mirror(hive, role) != agent(hive, role).dir, what="the mirror")
        places = [place(hive, role) for role in roles]
        ours = far.home / ".local/state/hive-hosts"
        assert all(one.is_relative_to(ours) and not one.is_relative_to(theirs) for one in places)
        await soon(lambda: {m for r in roles if (m := str(Path(mirror(hive, r)).parent))} <= set(tops(hive)))
        await writes(hive, "one")
        found = await lists(hive)
        assert {found[role]["form"] for role in roles} == {"worktree"}
        assert [found[role]["branch"].partition("/hive/")[2] for role in roles] == ["shop/w-1", "shop/w-2"]
        pids = [agent(hive, role).pid for role in roles]

    async with watched(nest) as hive:  # another daemon
        for role in roles:
            await returns(hive, role, "wrote one")
        assert [agent(hive, role).pid for role in roles] == pids
        far.cut()
        await soon(lambda: link(hive, "far").standing is Standing.LOST, 30)
        (places[0] / "meanwhile").write_text("by w-1\n")
        far.mend()
        hive.inspecting.retry()
        await soon(lambda: link(hive, "far").standing is Standing.UP, 30)
        await returns(hive, "w-1", "wrote one")
        await soon(lambda: Path(mirror(hive, "w-1"), "meanwhile").exists(), what="what it wrote meanwhile")
        assert not Path(mirror(hive, "w-2"), "meanwhile").exists()
        git(nest.project, "config", "user.name", "me")
        git(nest.project, "config", "user.email", "me@invalid")
        made = await hive.work.committing.commit(**at(hive, "w-1"), message="what was written")
        assert made["files"] == ["web/meanwhile", "web/one"]
        assert git(places[0], "log", "-1", "--format=%H %an %s") == f"{made['commit']} me what was written"
        assert git(places[0], "status", "--porcelain") == ""
        for role in roles:
            await hive.restart(**at(hive, role))
            await shows(hive, role, "ready in")
        assert [place(hive, role) for role in roles] == places
        assert (places[1] / "one").read_text() == "by w-2\n"
        await writes(hive, "two")
        look = await hive.work.merging.plan(workspace=workspace(hive).id)
        assert {one["role"]: one["ahead"] for one in look["chosen"]} == {"w-1": 1}
        _, seen = await hive.work.review._comparisons.take(workspace(hive).id, "w-1")
        assert {one.file.path for one in seen.files} == {"web/one", "web/two", "web/meanwhile"}
        assert {area.area.against for area in seen.checkouts} == {"main"}
        (places[1].parent / ".git").unlink()  # what it lost is said, and nothing else becomes of it
        await hive.workspaces.close(workspace=workspace(hive).id)
        await hive.morning.restore(workspace=workspace(hive).id, env=nest.env, wishes={})
        await soon(lambda: all(agent(hive, role).pane for role in roles), 30, what="both to be restored")
        await shows(hive, "w-1", "ready in")
        await shows(hive, "w-2", "on far, /")
        assert (places[1] / "one").exists()
    assert (far.home / "was-set-up").read_text() == "A=1\nA=1\n"
    assert len(git(theirs, "worktree", "list").splitlines()) == 3
    assert git(theirs, "status", "--porcelain") == ""


def tops(hive: Hive) -> Mapping[str, Any]:
    return hive.work.files.tops(workspace(hive).id)


async def test_a_line_that_is_cut_while_git_is_at_work_costs_nothing(nest: Nest, far: Far, theirs: Path):
    slow = "touch ~/begun; while ! [ -e ~/go ]; do sleep 0.05; done; cat"
    git(theirs, "config", "filter.slow.smudge", slow)
    (theirs / ".git/info/attributes").write_text("file filter=slow\n")
    layout = {"w": {"command": WRITER, "host": "far", "checkout": "worktree"}}
    async with nest.hive() as hive:
        opening = asyncio.create_task(opened(nest, hive, {"far": {"ssh": far.ssh, "dir": "shop"}}, layout))
        await soon((far.home / "begun").exists, 30, "git to be at work")
        far.cut()
        answer = await opening
        assert answer["started"] == []
        assert any("far" in note for note in answer["notes"])
        (far.home / "go").touch()
        await soon(lambda: list(theirs.glob(".git/worktrees/*/hiveui-agent")), what="git to be done")
        far.mend()
        hive.inspecting.retry()
        await soon(lambda: link(hive, "far").standing is Standing.UP, 30)
        await hive.restart(**at(hive, "w"))
        await shows(hive, "w", "ready in")
        assert git(place(hive, "w"), "branch", "--show-current") == "hive/shop/w"
        assert (place(hive, "w") / "file").read_text() == "this is file\n"
