"""Agents that run on for nothing, budgets and limits, on a real tmux: flagged, interrupted, held and let go on."""

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tmux.nest import Nest, agent, at, shows, workspace
from tmux.test_hearing import environment, tell
from waiting import soon

from hiveui.hive import guard as guards
from hiveui.hive.hive import Hive
from hiveui.model import delivering
from hiveui.model.events import AgentSpent, Noticed
from hiveui.model.runaway import CALLS
from hiveui.model.signs import AgentState as S
from hiveui.model.usage import Spend, Tokens

KIND = 'version = 1\ntitle = "Fake"\nargv = ["fake"]\nhooks = { way = "settings", events = ["Stop"] }\n'
RECEIVER = Path(__file__).with_name("receiver.py")
LISTENS = "import sys,tty\ntty.setcbreak(0)\nprint('ready',flush=True)\nwhile True: print('got',repr(sys.stdin.read(1)),flush=True)"


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    """A nest with a kind whose program has hooks; it shows the keys that it gets."""
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "fake.toml").write_text(KIND)
    program(made, sys.executable, "-c", LISTENS)
    made.env["PATH"] = f"{made.project}:{made.env['PATH']}"
    async with made:
        yield made


def program(nest: Nest, *argv: str) -> None:
    """Make `fake` run another program."""
    file = nest.project / "fake"
    file.write_text("#!/bin/sh\nexec " + " ".join("'" + word.replace("'", "'\\''") + "'" for word in argv) + "\n")
    file.chmod(0o755)


@contextlib.asynccontextmanager
async def watched(nest: Nest, **spec: object) -> AsyncIterator[Hive]:
    async with nest.hive() as hive:
        listening = asyncio.create_task(hive.hearing.listen())
        try:
            await nest.open(hive, {"coder": {"kind": "fake", **spec}})
            yield hive
        finally:
            listening.cancel()
            await asyncio.wait([listening])


def circles(hive: Hive, command: str, times: int = CALLS) -> None:
    env = environment(hive, "coder")
    for _ in range(times):
        fields = {"tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": f"t{next(_USES)}"}
        tell(hive, env, "PreToolUse", **fields)
        tell(hive, env, "PostToolUse", tool_response="", **fields)


_USES = itertools.count()


async def reads(hive: Hive, state: S, evidence: str = "") -> None:
    def there() -> bool:
        reading = agent(hive, "coder").reading
        return reading.state is state and evidence in reading.evidence

    await soon(there, what=f"{state}: {evidence}")


async def test_the_same_call_over_and_over_is_stuck_until_another_comes_or_the_person_says_so(nest: Nest):
    async with watched(nest) as hive:
        tell(hive, environment(hive, "coder"), "UserPromptSubmit", prompt="go")
        circles(hive, "make", CALLS - 1)
        await reads(hive, S.WORKING)
        circles(hive, "make", 1)
        await reads(hive, S.STUCK, "the same call 8 times: Bash: make")
        assert agent(hive, "coder").reading.source == "guard"
        told = await hive.why(**at(hive, "coder"))
        assert [sign["source"] for sign in told["signs"]][-1] == "guard"
        circles(hive, "cat log", 1)
        await reads(hive, S.WORKING)
        circles(hive, "make")
        await reads(hive, S.STUCK)
        hive.answers.seen(**at(hive, "coder"))
        await reads(hive, S.WORKING)
        circles(hive, "make", 3)
        await soon(lambda: hive.hearing.turns(agent(hive, "coder")).heard and not list(nest.paths.spool.iterdir()))
        await reads(hive, S.WORKING)


async def test_a_dialog_and_the_end_of_a_turn_are_never_called_stuck(nest: Nest):
    async with watched(nest) as hive:
        env = environment(hive, "coder")
        circles(hive, "make")
        await reads(hive, S.STUCK)
        tell(hive, env, "PermissionRequest", tool_name="Bash", tool_input={"command": "rm x"})
        await reads(hive, S.APPROVAL)
        tell(hive, env, "Stop", last_assistant_message="so be it")
        await reads(hive, S.DONE)
        tell(hive, env, "UserPromptSubmit", prompt="again")
        await reads(hive, S.WORKING)


async def test_a_turn_is_interrupted_once_where_the_layout_says_so_and_what_goes_on_is_said(nest: Nest, monkeypatch):
    monkeypatch.setattr(guards, "PROVEN", 0.5)
    async with watched(nest, on_stuck="interrupt") as hive:
        env = environment(hive, "coder")
        said: list[str] = []
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        await shows(hive, "coder", "ready")
        circles(hive, "make")
        await reads(hive, S.STUCK, "it was interrupted, and goes on: the same call")
        await shows(hive, "coder", "got '\\x1b'")
        circles(hive, "make")
        await reads(hive, S.STUCK, "the same call 16 times")
        monkeypatch.setattr(guards, "PROVEN", 60)
        tell(hive, env, "Stop", last_assistant_message="")
        await reads(hive, S.DONE)
        tell(hive, env, "UserPromptSubmit", prompt="again")
        circles(hive, "make test")
        await shows(hive, "coder", "got '\\x1b'\ngot '\\x1b'")
        tell(hive, env, "Stop", last_assistant_message="I stop")
        await soon(lambda: said == ["coder was interrupted: the same call 8 times: Bash: make test"])


async def test_silence_is_said_and_ends_with_the_first_output(nest: Nest, monkeypatch):
    program(nest, "sh", "-c", "echo ready; while read -r x; do echo more; done")
    async with watched(nest, stuck_minutes=1) as hive:
        tell(hive, environment(hive, "coder"), "PreToolUse", tool_name="Bash", tool_input={"command": "make"})
        await reads(hive, S.WORKING)
        await shows(hive, "coder", "ready")
        await hive.guard.look()
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(guards, "_now", lambda: loop.time() + 60)
        await hive.guard.look()
        await reads(hive, S.STUCK, "no output for 1 min while it uses Bash: make")
        await hive.panes.send(**at(hive, "coder"), text="x")
        await shows(hive, "coder", "more")
        await hive.guard.look()
        await reads(hive, S.WORKING)
        left = [{"id": "server", "status": "running"}]
        tell(hive, environment(hive, "coder"), "Stop", last_assistant_message="", background_tasks=left)
        await reads(hive, S.WORKING, "beside it go on: 1")
        monkeypatch.setattr(guards, "_now", lambda: loop.time() + 9000)
        await hive.guard.look()
        await reads(hive, S.WORKING, "beside it go on: 1")


# queues


def queue(hive: Hive) -> list[str]:
    return [prompt.preview for prompt in workspace(hive).queues.get("coder", ())]


def got(kept: Path) -> list[str]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


async def test_a_queue_waits_for_a_limit_and_goes_on_once_it_is_over(nest: Nest, monkeypatch):
    monkeypatch.setattr(delivering, "TURN_WITHIN", 0.5)
    kept = nest.project / "kept"
    program(nest, sys.executable, "-P", str(RECEIVER), str(kept))
    async with watched(nest) as hive:
        await shows(hive, "coder", "❯")
        said = "You've hit your limit · resets in 2h"
        tell(hive, environment(hive, "coder"), "StopFailure", error="rate_limit", last_assistant_message=said)
        await reads(hive, S.RATE_LIMITED)
        assert agent(hive, "coder").reading.resets == "2h"
        answer = await hive.prompts.queue(**at(hive, "coder"), text="go on")
        assert answer["why"] == "it is rate-limited, and goes on when that resets 2h; --now sends it anyway"
        monkeypatch.setattr(hive.courier, "clock", lambda: datetime.now(UTC) + timedelta(hours=2))
        hive.courier.time_passed()
        assert (queue(hive), hive.courier._busy) == (["go on"], set())
        monkeypatch.setattr(hive.courier, "clock", lambda: datetime.now(UTC) + timedelta(hours=2, minutes=1))
        await soon(lambda: hive.courier.time_passed() or got(kept) == ["go on"])
        await soon(lambda: not queue(hive))
        assert got(kept) == ["go on"]


async def test_a_queue_waits_for_a_budget_and_what_is_sent_now_does_not(nest: Nest, monkeypatch):
    monkeypatch.setattr(delivering, "TURN_WITHIN", 0.5)
    kept = nest.project / "kept"
    program(nest, sys.executable, "-P", str(RECEIVER), str(kept))
    async with watched(nest, budget=2) as hive:
        await shows(hive, "coder", "❯")
        tell(hive, environment(hive, "coder"), "Stop", last_assistant_message="")
        await reads(hive, S.IDLE)
        coder = agent(hive, "coder")
        hive.bus.publish(AgentSpent(workspace(hive).id, coder.id, Spend(Tokens(1), 2.5)))
        first = await hive.prompts.queue(**at(hive, "coder"), text="one")
        await hive.prompts.queue(**at(hive, "coder"), text="two")
        why = "coder has used up its budget: $2.50 of $2.00; `hive budget allow coder` lets it go on"
        assert first["why"] == why
        assert hive.prompts.list(**at(hive, "coder"))["prompts"][0]["why"] == why
        hive.prompts.release(**at(hive, "coder"), prompt=first["prompt"])
        await soon(lambda: queue(hive) == ["two"])
        assert got(kept) == ["one"]
        hive.budgets.allow(workspace=workspace(hive).id, role="coder")
        await soon(lambda: not queue(hive))
        assert got(kept) == ["one", "two"]


async def test_a_rehearsal_that_says_nothing_is_interrupted_and_that_is_seen_to_end_its_turn(nest: Nest, monkeypatch):
    script = nest.project / "thinks.toml"
    script.write_text('[[step]]\ndo = "think"\nseconds = 3600\n')
    async with nest.hive() as hive:
        said: list[str] = []
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        spec = {"kind": "rehearsal", "env": {"REHEARSAL": str(script)}, "stuck_minutes": 1, "on_stuck": "interrupt"}
        await nest.open(hive, {"coder": spec})
        await reads(hive, S.WORKING)
        await shows(hive, "coder", "Thinking…")
        await hive.guard.look()
        assert agent(hive, "coder").reading.state is S.WORKING
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(guards, "_now", lambda: loop.time() + 60)
        await hive.guard.look()
        await soon(lambda: said == ["coder was interrupted: no output for 1 min"])
        await shows(hive, "coder", "Interrupted.")
        assert agent(hive, "coder").reading.state is S.IDLE


async def test_what_the_person_chose_holds_as_soon_as_it_is_looked_at(nest: Nest):
    async with watched(nest) as hive:
        nest.paths.config_file.write_text("stuck_calls: 3\n")
        await hive.guard.look()
        circles(hive, "make", 3)
        await reads(hive, S.STUCK, "the same call 3 times")
        nest.paths.config_file.write_text("stuck_calls: 0\n")
        await hive.guard.look()
        circles(hive, "make", 1)
        await reads(hive, S.WORKING)
