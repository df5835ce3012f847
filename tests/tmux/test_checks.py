"""Verified done, on a real tmux: what agents claim is checked, refuted, told, and forgotten once files change."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from repositories import repository
from tmux.nest import MACHINE, Nest, agent, at, shows, workspace
from tmux.test_guard import KIND, program
from tmux.test_hearing import environment, tell
from waiting import soon

from hiveui.errors import UsageError
from hiveui.hive import checks
from hiveui.hive.attempt import MARK
from hiveui.hive.hive import Hive
from hiveui.model.agent import AgentId
from hiveui.model.changes import Deed, Write
from hiveui.model.checks import Outcome, Status
from hiveui.model.claims import claim
from hiveui.model.signs import AgentState as S

CHECK = ["sh", "-c", 'echo run >> "$RUNS"; cat work; grep -q good work']
SLOW = ["sh", "-c", "echo begun; sleep 600"]


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    """A nest whose project is a repository, with a kind whose program has hooks and shows what is typed."""
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "fake.toml").write_text(KIND)
    repository(made.project, "work")
    program(made, "sh", "-c", "echo ready; exec cat")
    (made.project / ".gitignore").write_text("fake\n")
    made.env |= {"PATH": f"{made.project}:{made.env['PATH']}", "RUNS": str(short / "runs")}
    async with made:
        yield made


@contextlib.asynccontextmanager
async def opened(nest: Nest, **specs: dict[str, object]) -> AsyncIterator[Hive]:
    async with nest.hive() as hive:
        listening = asyncio.create_task(hive.hearing.listen())
        try:
            await nest.open(hive, {role: {"kind": "fake", **spec} for role, spec in specs.items()})
            for role in specs:
                await shows(hive, role, "ready")
            yield hive
        finally:
            listening.cancel()
            await asyncio.wait([listening])


def turn(hive: Hive, nest: Nest, role: str, work: str) -> None:
    """Have an agent do some work, and say that it is done."""
    env = environment(hive, role)
    id_ = str(next(_TURNS))
    tell(hive, env, "UserPromptSubmit", prompt="go", prompt_id=id_)
    (nest.project / "work").write_text(work)
    tell(hive, env, "Stop", last_assistant_message=f"done {id_}", prompt_id=id_)


_TURNS = itertools.count()


async def claims(hive: Hive, role: str, said: str) -> Outcome:
    await soon(lambda: claim(agent(hive, role)) == said, what=f"{role} {said}")
    return agent(hive, role).proof


async def is_in(hive: Hive, role: str, state: S) -> None:
    await soon(lambda: agent(hive, role).reading.state is state, what=state)


def runs(nest: Nest) -> int:
    file = Path(nest.env["RUNS"])
    return len(file.read_text().splitlines()) if file.exists() else 0


async def test_a_claim_is_checked_once_for_the_same_files_and_is_a_claim_again_once_they_change(
    nest: Nest, monkeypatch: pytest.MonkeyPatch
):
    async with opened(nest, coder={"check": CHECK}) as hive:
        turn(hive, nest, "coder", "good\n")
        proof = await claims(hive, "coder", "done, checked")
        assert (proof.status, proof.exit, proof.commit != "") == (Status.PASSED, 0, True)
        assert (await hive.work.checks.output(**at(hive, "coder")))["text"] == "good\n"
        (nest.project / "new").write_text("by hand")
        places = {str(nest.project): (agent(hive, "coder").id,)}
        monkeypatch.setattr(hive.work.checks, "_watched", lambda _: places)  # no watcher is at work here
        hive.work.checks.wrote(workspace(hive).id, [Write(str(nest.project), "new", Deed.ADDED, "")])
        await claims(hive, "coder", "claims done")
        (nest.project / "new").unlink()
        turn(hive, nest, "coder", "good\n")
        await claims(hive, "coder", "done, checked")
        assert runs(nest) == 1


async def test_a_turn_that_changed_nothing_claims_nothing(nest: Nest):
    async with opened(nest, coder={"check": CHECK}) as hive:
        before = (nest.project / "work").read_text()
        turn(hive, nest, "coder", before)
        await is_in(hive, "coder", S.DONE)
        turn(hive, nest, "coder", "good\n")
        await claims(hive, "coder", "done, checked")
        assert runs(nest) == 1


async def test_what_a_program_writes_as_it_starts_is_its_first_turns(nest: Nest):
    program(nest, "sh", "-c", "echo good > work; echo ready; exec cat")
    async with opened(nest, coder={"check": CHECK}) as hive:
        turn(hive, nest, "coder", "good\n")
        await claims(hive, "coder", "done, checked")


async def test_a_failed_check_needs_the_person_until_the_agent_works_again(nest: Nest):
    async with opened(nest, coder={"check": CHECK}) as hive:
        turn(hive, nest, "coder", "bad\n")
        await is_in(hive, "coder", S.FAILED)
        reading = agent(hive, "coder").reading
        assert reading.source == "check"
        assert "it ended with exit status 1" in reading.evidence
        tell(hive, environment(hive, "coder"), "UserPromptSubmit", prompt="mend it", prompt_id="m")
        await is_in(hive, "coder", S.WORKING)
        tell(hive, environment(hive, "coder"), "Stop", last_assistant_message="I did nothing", prompt_id="m")
        await is_in(hive, "coder", S.FAILED)
        assert runs(nest) == 1
        turn(hive, nest, "coder", "good\n")
        await claims(hive, "coder", "done, checked")
        assert agent(hive, "coder").reading.state is S.DONE


async def test_an_agent_is_told_that_its_check_failed_a_few_times_and_then_the_person_is(nest: Nest):
    (nest.paths.config / "config.yaml").write_text("check_tries: 2\n")
    async with opened(nest, coder={"check": CHECK, "on_fail": "tell"}) as hive:
        told = hive.work.checks._prompts = Told()
        for number in (1, 2):
            turn(hive, nest, "coder", f"bad {number} ```\n")
            await soon(lambda: len(told.texts) == number, what="a word to the agent")  # noqa: B023
            assert f"(time {number} of 2)" in told.texts[-1]
            assert f"````\nbad {number} ```\n````" in told.texts[-1]
            assert agent(hive, "coder").proof.tries == number
        turn(hive, nest, "coder", "bad still\n")
        await is_in(hive, "coder", S.FAILED)
        turn(hive, nest, "coder", "good\n")
        assert (await claims(hive, "coder", "done, checked")).tries == 0
        assert len(told.texts) == 2


class Told:
    """Keeps what agents are told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        """Roles, and what each was told."""

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.said]

    async def queue(self, *, workspace: str, role: str, text: str) -> None:
        assert workspace
        self.said.append((role, text))


async def test_one_check_runs_at_a_time_unless_the_person_chose_otherwise_and_both_are_ended_with_the_daemon(
    nest: Nest,
):
    async with opened(nest, one={"check": SLOW}, two={"check": SLOW}) as hive:
        for role in ("one", "two"):
            listed = await hive.work.checks.start(**at(hive, role), by=AgentId(""))
        await claims_any(hive, "one", Status.RUNNING)
        await claims_any(hive, "two", Status.QUEUED)
        listed = hive.work.checks.list(workspace=at(hive, "one")["workspace"])
        assert listed == {"running": ["one"], "waiting": ["two"]}
        with pytest.raises(UsageError, match="its own check"):
            await hive.work.checks.start(role="one", by=agent(hive, "two").id)
        hive.work.checks.stop(**at(hive, "one"))
        await claims_any(hive, "one", Status.ENDED)
        await claims_any(hive, "two", Status.RUNNING)
        (nest.paths.config / "config.yaml").write_text("checks: 2\n")
        await hive.work.checks.start(by=agent(hive, "one").id)
        await claims_any(hive, "one", Status.RUNNING)
        assert agent(hive, "two").proof.status is Status.RUNNING
    async with nest.hive() as hive:
        assert {agent(hive, role).proof.status for role in ("one", "two")} == {Status.ENDED}
    assert not [value for _, value in MACHINE.processes_with(MARK) if str(os.getpid()) in value]


async def claims_any(hive: Hive, role: str, status: Status) -> None:
    await soon(lambda: agent(hive, role).proof.status is status, what=f"{role} {status}")


async def test_a_check_that_is_asked_for_is_known_of_in_the_answer(nest: Nest):
    async with opened(nest, coder={"check": SLOW}) as hive:
        told = await hive.work.checks.start(by=AgentId(""), **at(hive, "coder"))
        assert told["outcome"]["status"] == Status.QUEUED
        assert agent(hive, "coder").proof.status in {Status.QUEUED, Status.RUNNING}
        await soon(lambda: agent(hive, "coder").proof.status is Status.RUNNING)
        hive.work.checks.stop(**at(hive, "coder"))
        await soon(lambda: agent(hive, "coder").proof.status is Status.ENDED)


async def test_what_is_no_agents_is_proven_in_its_turn_too(nest: Nest):
    async with nest.hive() as hive:
        outcome = await hive.work.checks.prove(["sh", "-c", "echo no; exit 3"], nest.project, nest.env)
        assert (outcome.status, outcome.exit, outcome.holds) == (Status.FAILED, 3, True)
        assert Path(outcome.output).read_text() == "no\n"
        assert checks.TOLD < checks.SHOWN
