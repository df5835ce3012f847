"""Files of agents on another host, as they are here: a real tmux, git and hooks in a box like a container."""

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from hiveui.errors import UsageError
from hiveui.hive.hive import Hive
from hiveui.model.agent import AgentId
from hiveui.model.changes import NOTICED, How, Write
from hiveui.model.claims import claim
from hiveui.model.events import Noticed
from hiveui.model.hosts import Standing
from hiveui.model.signs import AgentState as S
from tests.far import Box, Far
from tests.repositories import git
from tests.tmux.nest import CAT, Nest, agent, at, nest_in_a_repository, workspace  # noqa: F401  the fixture
from tests.tmux.test_hosts_tell import KIND, environment, ours, speaking_box, tell
from tests.waiting import promised, soon


@pytest.fixture
def box(short: Path) -> Iterator[Box]:
    with speaking_box(short / "box") as box:
        yield box


@pytest.fixture
def theirs(box: Box, nest: Nest) -> Path:
    """The checkout there: a clone of the project."""
    git(box.home, "clone", "-q", str(nest.project), "shop")
    return box.home / "shop"


@contextlib.asynccontextmanager
async def watched(nest: Nest, box: Box, **more: Any) -> AsyncIterator[Hive]:
    """Run a hive with an agent in the box and one here, whose files are watched."""
    nest.paths.kinds.mkdir(parents=True, exist_ok=True)
    (nest.paths.kinds / "fake.toml").write_text(KIND)
    async with nest.hive() as hive:
        every = (hive.hearing.listen, hive._around.mirrors.follow, hive.work.files.follow, hive.work.colliding.follow)
        following = [asyncio.create_task(follow()) for follow in every]
        try:
            agents = {"far": {"kind": "fake", "host": "box"}, "near": list(CAT), **more}
            nest.layout(agents, hosts={"box": {"command": box.command, "dir": "shop"}})
            plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
            asked = {"folder": str(nest.project), "layout": "one", "env": nest.env, "hash": plan["hash"]}
            await hive.workspaces.open(**asked)
            await soon(lambda: mirror(hive) in hive.work.files.tops(workspace(hive).id), what="the mirror")
            yield hive
        finally:
            for task in following:
                task.cancel()
            await asyncio.wait(following)


def mirror(hive: Hive) -> str:
    return hive._around.mirrors.seen(agent(hive, "far")).dir


def use(hive: Hive, box: Box, tool: str, event: str = "PostToolUse", **given: str) -> None:
    """Tell of a tool as the program of the agent there would."""
    env = environment(hive)
    words = ["env", *(f"{name}={env[name]}" for name in ("HIVE_TOKEN", "HIVE_SPOOL", "HIVE_AGENT_ID"))]
    hook = ["sh", str(ours(box) / "hooks" / "hook.sh"), event, env["HIVE_AGENT_ID"]]
    fields = {"hook_event_name": event, "session_id": "s-1", "cwd": str(box.home / "shop"), "tool_name": tool}
    payload = json.dumps({**fields, "tool_use_id": "t-1", "tool_input": given}).encode()
    subprocess.run([*box.command, *words, *hook], input=payload, check=True)


def text(hive: Hive, path: str) -> str:
    """Read a file of the mirror, which is gone for a moment while it is written anew."""
    with contextlib.suppress(FileNotFoundError):
        return Path(mirror(hive), path).read_text()
    return ""


def writes(hive: Hive, path: str) -> list[Write]:
    return hive.work.files.writes(workspace(hive).id, path=f"{mirror(hive)}/{path}")


@promised(4.0)
async def test_a_file_written_there_is_here_within_two_seconds_with_who_wrote_it(
    nest: Nest, box: Box, theirs: Path, within: float
):
    async with watched(nest, box) as hive:
        place = theirs / "file"
        use(hive, box, "Write", "PreToolUse", file_path=str(place), content="by far\n")
        place.write_text("by far\n")
        use(hive, box, "Write", file_path=str(place), content="by far\n")
        found = await soon(lambda: [one for one in writes(hive, "file") if one.role == "far"], within, "the change")
        assert found[0].how is How.TOOL
        await soon(lambda: text(hive, "file") == "by far\n")


async def test_what_nobody_told_of_there_is_nobodys(nest: Nest, box: Box, theirs: Path):
    async with watched(nest, box) as hive:
        use(hive, box, "Read", file_path=str(theirs / "file"))
        (theirs / "new").write_text("who was it\n")
        await soon(lambda: writes(hive, "new"), what="the change")
        await soon(lambda: all(one.evidence != NOTICED for one in writes(hive, "new")))
        assert {one.by for one in writes(hive, "new")} == {None}


async def test_an_agent_there_is_never_taken_for_who_wrote_here(nest: Nest, box: Box, theirs: Path):
    async with watched(nest, box) as hive:
        await soon(lambda: str(nest.project) in hive.work.files.tops(workspace(hive).id), what="the checkout here")
        climbing = os.path.relpath(nest.project / "file", mirror(hive))
        for path in (climbing, str(nest.project / "file")):
            use(hive, box, "Write", "PreToolUse", file_path=path, content="mine\n")
            (nest.project / "file").write_text(f"mine, by {path}\n")
            use(hive, box, "Write", file_path=path, content="mine\n")
        here = f"{nest.project}/file"
        told = hive.hearing.events
        use(hive, box, "Read", file_path=path)
        await soon(lambda: hive.hearing.events > told, what="all that was told")

        def known() -> list[Write]:
            return hive.work.files.writes(workspace(hive).id, path=here)

        await soon(lambda: known() and all(one.evidence != NOTICED for one in known()))
        assert {one.by for one in known()} == {None}


async def test_a_hunk_is_taken_back_there_and_brought_again(nest: Nest, box: Box, theirs: Path):
    async with watched(nest, box) as hive:
        (theirs / "file").write_text("something else\n")
        await soon(lambda: writes(hive, "file"), what="the change")
        number, found = await hive.work.review._comparisons.take(workspace(hive).id, "far")
        (changed,) = found.files
        assert (changed.file.path, found.checkouts[changed.area].area.top) == ("file", mirror(hive))
        asked = {"workspace": workspace(hive).id, "comparison": number, "area": changed.area, "path": "file"}
        await hive.work.review.reverts.revert(**asked, digest=changed.digests[0])
        assert (theirs / "file").read_text() == "this is file\n"
        await soon(lambda: text(hive, "file") == "this is file\n")
        await hive.work.review.reverts.undo(workspace=workspace(hive).id)
        assert (theirs / "file").read_text() == "something else\n"
        assert git(theirs, "status", "--porcelain") == "M file"


async def test_nothing_that_the_repository_there_names_is_run_and_its_index_stays(
    nest: Nest, box: Box, theirs: Path, short: Path
):
    ran = short / "ran"
    evil = f"sh -c 'echo x >>{ran}; cat'"
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor", "gpg.program"):
        git(theirs, "config", key, evil)
    (theirs / ".gitattributes").write_text("* filter=evil diff=evil\n")
    for name in ("post-commit", "post-index-change", "reference-transaction", "post-checkout"):
        hook = theirs / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\necho {name} >>{ran}\n")
        hook.chmod(0o755)
    before = (theirs / ".git" / "index").read_bytes()
    (theirs / "link").symlink_to("/etc/passwd")
    (theirs / "-n").write_text("odd\n")
    async with watched(nest, box) as hive:
        (theirs / "file").write_text("changed\n")
        await soon(lambda: text(hive, "file") == "changed\n" and text(hive, "-n") == "odd\n")
        link = Path(mirror(hive), "link")
        assert str(link.readlink()) == "/etc/passwd"
        assert not ran.exists()
        assert (theirs / ".git" / "index").read_bytes() == before
        assert "refs/hive" not in git(theirs, "for-each-ref")


async def test_one_there_and_one_here_who_change_the_same_lines_collide(nest: Nest, box: Box, theirs: Path):
    async with watched(nest, box, near={"command": list(CAT), "checkout": "worktree"}) as hive:
        (Path(agent(hive, "near").dir) / "file").write_text("by near\n")
        use(hive, box, "Write", "PreToolUse", file_path=str(theirs / "file"), content="by far\n")
        (theirs / "file").write_text("by far\n")
        use(hive, box, "Write", file_path=str(theirs / "file"), content="by far\n")
        await soon(lambda: workspace(hive).radar.collisions, what="the collision")
        (met,) = workspace(hive).radar.collisions
        assert (met.path, {side.role for side in met.sides}) == ("file", {"far", "near"})


async def test_a_roll_back_is_done_there_and_commits_there_can_be_merged_here(nest: Nest, box: Box, theirs: Path):
    async with watched(nest, box) as hive:
        where = at(hive, "far")
        await soon_made(hive)
        use(hive, box, "Write", "PreToolUse", file_path=str(theirs / "file"), content="by far\n")
        (theirs / "file").write_text("by far\n")
        use(hive, box, "Write", file_path=str(theirs / "file"), content="by far\n")
        await soon(lambda: any(one.role == "far" for one in writes(hive, "file")), what="the change")
        answer = await hive.work.checkpoints.rollback(**where, number=1)
        assert [step["path"] for step in answer["steps"]] == ["file"]
        assert (theirs / "file").read_text() == "this is file\n"

        (theirs / "more").write_text("more\n")
        git(theirs, "add", "more")
        git(theirs, "commit", "-q", "-m", "more")
        await soon(lambda: text(hive, "more") == "more\n", what="the commit")
        git(nest.project, "config", "user.name", "me")
        git(nest.project, "config", "user.email", "me@invalid")
        look = await hive.work.merging.plan(workspace=workspace(hive).id)
        (chosen,) = look["chosen"]
        assert (chosen["role"], chosen["ahead"], chosen["conflicts"]) == ("far", 1, [])
        assert chosen["branch"].startswith("hive-hosts/box-")
        (theirs / "whose").write_text("nobody knows\n")
        with pytest.raises(UsageError, match="is known to be far's alone"):
            await hive.work.committing.commit(**where, message="no")
        use(hive, box, "Write", "PreToolUse", file_path=str(theirs / "web/page"), content="by far\n")
        (theirs / "web/page").write_text("by far\n")
        use(hive, box, "Write", file_path=str(theirs / "web/page"), content="by far\n")
        await soon(lambda: any(one.role == "far" for one in writes(hive, "web/page")[:1]), what="the change")
        made = await hive.work.committing.commit(**where, message="By far")
        assert (made["files"], made["place"]) == (["web/page"], mirror(hive))
        assert git(theirs, "log", "-1", "--format=%H %an") == f"{made['commit']} me"
        assert git(theirs, "status", "--porcelain") == "?? whose"
        await hive.workspaces.close(workspace=workspace(hive).id)
        await soon(lambda: "hive-hosts" not in git(nest.project, "branch", "--all"), what="the mirror to be gone")


async def test_a_check_is_run_there(nest: Nest, box: Box, theirs: Path):
    far = {"kind": "fake", "host": "box", "check": ["sh", "-c", "test -e ../bin/fake && grep -q right file"]}
    async with watched(nest, box, far=far) as hive:
        outcome = (await hive.work.checks.start(by=AgentId(""), **at(hive, "far"), wait=True))["outcome"]
        assert (outcome["status"], outcome["exit"]) == ("failed", 1)
        (theirs / "file").write_text("right\n")
        outcome = (await hive.work.checks.start(by=AgentId(""), **at(hive, "far"), wait=True))["outcome"]
        assert outcome["status"] == "passed"
        (theirs / "file").write_text("wrong\n")
        await soon(lambda: agent(hive, "far").proof.stale, what="the proof to be stale")


async def test_what_an_agent_there_says_is_done_is_checked_there_by_itself(nest: Nest, box: Box, theirs: Path):
    runs, check = box.home / "runs", "echo run >> ../runs; grep -q right file"
    turns = itertools.count()

    def turn(hive: Hive, written: str) -> None:
        number = str(next(turns))
        tell(hive, box, "UserPromptSubmit", prompt="go", prompt_id=number)
        (theirs / "file").write_text(written)
        tell(hive, box, "Stop", prompt_id=number)

    async with watched(nest, box, far={"kind": "fake", "host": "box", "check": ["sh", "-c", check]}) as hive:
        turn(hive, (theirs / "file").read_text())
        await soon(lambda: agent(hive, "far").reading.state is S.DONE)
        turn(hive, "right\n")
        await soon(lambda: claim(agent(hive, "far")) == "done, checked")
        assert len(runs.read_text().splitlines()) == 1  # the turn before had changed nothing
        turn(hive, "wrong\n")
        await soon(lambda: agent(hive, "far").reading.state is S.FAILED)
        tell(hive, box, "UserPromptSubmit", prompt="mend it", prompt_id="m")
        await soon(lambda: agent(hive, "far").reading.state is S.WORKING)
        tell(hive, box, "Stop", prompt_id="m")
        await soon(lambda: agent(hive, "far").reading.state is S.FAILED)
        assert len(runs.read_text().splitlines()) == 2


async def test_what_is_too_much_to_bring_is_said_once_and_comes_once_it_is_not(
    nest: Nest, box: Box, theirs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hiveui.hive.mirrors.UNREADY", 0.1)
    async with watched(nest, box) as hive:
        said: list[str] = []
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        with monkeypatch.context() as bounded:
            bounded.setattr("hiveui.git.bounds.MOST", 2000)
            (theirs / "new").write_text("much")
            await soon(lambda: any("its files take over" in one for one in said), what="a word")
        await soon(lambda: text(hive, "new") == "much", what="the change")
        assert len([one for one in said if "is not brought over" in one]) == 1


async def test_a_checkout_behind_an_sshd_is_mirrored_and_a_cut_link_costs_nothing(nest: Nest, short: Path):
    with contextlib.closing(Far(short / "far")) as far:
        git(far.home, "clone", "-q", str(nest.project), "shop")
        place = far.home / "shop" / "file"
        async with nest.hive() as hive:
            following = [
                asyncio.create_task(follow()) for follow in (hive._around.mirrors.follow, hive.work.files.follow)
            ]
            try:
                nest.layout(
                    {"far": {"command": list(CAT), "host": "far"}}, hosts={"far": {"ssh": far.ssh, "dir": "shop"}}
                )
                plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
                asked = {"folder": str(nest.project), "layout": "one", "env": nest.env, "hash": plan["hash"]}
                await hive.workspaces.open(**asked)
                await soon(lambda: mirror(hive) in hive.work.files.tops(workspace(hive).id), what="the mirror")
                place.write_text("by far\n")
                await soon(lambda: text(hive, "file") == "by far\n", what="the change")
                far.cut()
                await soon(lambda: hive.bus.state.hosts["far"].link.standing is Standing.LOST)
                place.write_text("meanwhile\n")
                far.mend()
                await soon(lambda: text(hive, "file") == "meanwhile\n", what="the change meanwhile")
            finally:
                for task in following:
                    task.cancel()
                await asyncio.wait(following)


async def soon_made(hive: Hive) -> None:
    """Wait until there is a checkpoint of what stands there, made as its program was started."""

    async def made() -> list[Any]:
        return (await hive.work.checkpoints.every(**at(hive, "far")))["checkpoints"]

    await soon(made, what="a checkpoint")
