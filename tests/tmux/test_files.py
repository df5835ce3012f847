"""What changes in agents' folders, and whose it is: a real hive, a real kernel, hooks as programs call them."""

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nest import Nest, agent, at, workspace
from waiting import soon

from hiveui.agents.hooks.injection import SCRIPT
from hiveui.model.changes import NOTICED, Batch, Deed, How

KIND = """version = 1
title = "Fake"
argv = ["fake"]
hooks = { way = "settings", events = ["Stop"] }
"""
FAKES = {"coder": {"kind": "fake"}, "writer": {"kind": "fake"}}


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    """A nest with a kind of agents whose program has hooks, in a repository."""
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "fake.toml").write_text(KIND)
    program = short / "fake"
    program.write_text("#!/bin/sh\nexec cat\n")
    program.chmod(0o755)
    made.env["PATH"] = f"{short}:{made.env['PATH']}"
    subprocess.run(["git", "init", "-q", str(made.project)], check=True)
    async with made:
        yield made


@contextlib.asynccontextmanager
async def watched(nest, agents=FAKES):
    async with nest.hive() as hive:
        tasks = [asyncio.create_task(work) for work in (hive.hearing.listen(), hive.work.files.follow())]
        try:
            await nest.open(hive, agents)
            await soon(lambda: hive.work.files.tops(workspace(hive).id))
            yield hive
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


def tell(hive, role, event, **fields):
    """Run the hook as the agent's program would."""
    supervisor = next(iter(hive._supervisors.values()))
    env = {variable.name: variable.value for variable in supervisor.environment(agent(hive, role))}
    payload = json.dumps({"hook_event_name": event, "session_id": "s", "cwd": agent(hive, role).dir, **fields})
    command = ["sh", str(hive._paths.hooks / SCRIPT), event, env["HIVE_AGENT_ID"]]
    subprocess.run(command, input=payload.encode(), env=env, check=True)


async def write(hive, path, **more):
    """Wait until it is said whose the newest change of a path is; that change."""

    def said():
        found = hive.work.files.writes(workspace(hive).id, path=path)
        return found[0] if found and found[0].evidence != NOTICED else None

    return await soon(said)


async def begun(nest, hive):
    """Wait until a change is told of: the watcher has begun."""
    name = nest.project / "first"

    def told():
        name.write_text(os.urandom(4).hex())
        return hive.work.files.writes(workspace(hive).id)

    await soon(told)


async def test_an_edit_is_known_by_the_tool_that_named_it_and_the_persons_is_not_known(nest: Nest):
    async with watched(nest) as hive:
        await begun(nest, hive)
        use = {"tool_name": "Write", "tool_input": {"file_path": f"{nest.project}/a.py"}, "tool_use_id": "1"}
        tell(hive, "coder", "PreToolUse", **use)
        (nest.project / "a.py").write_text("a")
        tell(hive, "coder", "PostToolUse", **use)
        (nest.project / "b.py").write_text("b")
        mine, yours = await write(hive, "a.py"), await write(hive, "b.py")
        assert (mine.role, mine.how, mine.by) == ("coder", How.TOOL, agent(hive, "coder").id)
        assert (yours.role, yours.how, yours.by) == ("", How.UNKNOWN, None)


async def test_a_process_of_a_pane_that_has_the_file_open_to_write_is_known_and_a_mute_agent_is_a_doubt(nest: Nest):
    keeps = ["sh", "-c", "while read name; do exec 3>>$name; echo said >&3; done"]
    async with watched(nest, {**FAKES, "logger": keeps}) as hive:
        await begun(nest, hive)
        await hive.panes.send(**at(hive, "logger"), text="log.txt")
        logged = await write(hive, "log.txt")
        assert (logged.role, logged.how) == ("logger", How.PROCESS)
        use = {"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "1"}
        tell(hive, "coder", "PreToolUse", **use)
        (nest.project / "made.txt").write_text("x")
        made = await write(hive, "made.txt")
        assert made.by is None
        assert "logger, which does not tell what it does" in made.evidence


async def test_who_looks_on_is_told_at_once_and_again_once_it_is_known_whose_a_change_is(nest: Nest):
    class Onlooker:
        backlog = 0
        drives = True

        def __init__(self):
            self.told = []

        def notify(self, method, params):
            self.told.append((method, params))

    async with watched(nest) as hive:
        await begun(nest, hive)
        onlooker = Onlooker()
        hive.work.feeds.look(onlooker, workspace=workspace(hive).id, rows=True)
        use = {"tool_name": "Write", "tool_input": {"file_path": f"{nest.project}/a.py"}, "tool_use_id": "1"}
        tell(hive, "coder", "PreToolUse", **use)
        (nest.project / "a.py").write_text("a")
        said = lambda: [w for _, p in onlooker.told for w in p["writes"] if w["path"] == "a.py"]  # noqa: E731
        await soon(said)
        tell(hive, "coder", "PostToolUse", **use)
        await soon(lambda: said()[-1]["role"] == "coder")
        first, *_, last = said()
        assert (first["by"], first["evidence"], first["number"]) == (None, NOTICED, last["number"])
        assert sum(hive.work.feeds.look(onlooker, workspace=workspace(hive).id)["bars"][last["by"]]) == 1
        hive.work.feeds.leave(onlooker)


async def test_after_a_flood_all_that_git_knows_is_known(nest: Nest):
    async with watched(nest) as hive:
        await begun(nest, hive)
        names = {f"deep/f{i}.txt" for i in range(3000)}
        (nest.project / "deep").mkdir()
        for name in names:
            (nest.project / name).write_text("x")
        await soon(lambda: names <= {w.path for w in hive.work.files.writes(workspace(hive).id)}, within=30)
        by_hand = Batch(str(nest.project.resolve()), rescan=True)
        (nest.project / "deep" / "f1.txt").unlink()
        hive.work.files._told(by_hand)
        await soon(lambda: hive.work.files.writes(workspace(hive).id)[0].deed is Deed.DELETED)


async def test_what_hiveui_does_itself_is_no_agents(nest: Nest):
    async with watched(nest) as hive:
        await begun(nest, hive)
        use = {"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "1"}
        tell(hive, "coder", "PreToolUse", **use)
        with hive.work.files.acting(str(nest.project.resolve())):
            (nest.project / "rolled-back.txt").write_text("x")
        made = await write(hive, "rolled-back.txt")
        assert (made.by, made.evidence) == (None, "HiveUI wrote it, as it was told to")
