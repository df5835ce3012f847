"""Programs in panes as processes: whether they can start, how they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_machine import FakeMachine, FakeProcess
from waiting import end, soon, until

from hiveui.agents.launch import Launch
from hiveui.hive import processes
from hiveui.hive.identity import AGENT_VARIABLE
from hiveui.machine import this_machine

MACHINE = this_machine()


def launch(*argv: str, cwd: str = "/tmp") -> Launch:
    return Launch(argv, {}, {}, cwd, "ctrl+j", 10, install="Get it.")


def test_a_program_is_looked_for_in_the_agents_path_and_folder(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "tool").chmod(0o755)
    assert processes.obstacle(launch("tool", "x"), {"PATH": str(tmp_path)}) == ""
    assert processes.obstacle(launch("./tool", cwd=str(tmp_path)), {"PATH": ""}) == ""
    for way in (launch("tool"), launch("tool", cwd=str(tmp_path)), launch("./tool")):
        assert processes.obstacle(way, {"PATH": "/nowhere"}) == "Get it."


def test_a_folder_that_is_gone_is_an_obstacle_with_its_mend(tmp_path: Path) -> None:
    gone = processes.obstacle(launch("sh", cwd=str(tmp_path / "gone")), {"PATH": "/bin"})
    assert gone == f"its folder {tmp_path}/gone is gone. Make it again, then start the agent."


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (None, "its end was not seen"),
        (0, "ended with exit status 0"),
        (-9, "ended by SIGKILL"),
        (-99, "ended by signal 99"),
    ],
)
def test_an_end_is_said(status: int | None, sentence: str) -> None:
    assert processes.ending(status) == sentence


def test_orphans_are_those_that_lead_by_agent() -> None:
    marked = {AGENT_VARIABLE: "a-1"}
    machine = FakeMachine({10: FakeProcess(1, marked), 11: FakeProcess(10, marked), 12: FakeProcess(1, marked)})
    assert processes.orphans(machine) == {"a-1": [10, 12]}


@pytest.fixture
def group(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A leader that heeds HUP, and a member of its group that heeds neither HUP nor TERM."""
    code = (
        "import os, signal, sys, time\n"
        "if os.fork() == 0:\n"
        "    signal.signal(signal.SIGHUP, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    open(sys.argv[1], 'w').write(str(os.getpid()) + ' ')\n"
        "time.sleep(60)\n"
    )
    env = {**os.environ, AGENT_VARIABLE: "a-group"}
    file = tmp_path / "member"
    leader = subprocess.Popen([sys.executable, "-c", code, str(file)], env=env, start_new_session=True)
    until(lambda: file.exists() and file.read_text().endswith(" "))
    member = int(file.read_text())
    yield leader, member
    end(member)
    end(leader.pid)
    leader.wait()


async def test_a_group_ends_with_what_its_leader_leaves_behind(group, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, member = group
    ending = ((signal.SIGHUP, 0.2), (signal.SIGTERM, 0.2), (signal.SIGKILL, 3.0))
    monkeypatch.setattr(processes, "ENDING", ending)
    await processes.see_them_end(MACHINE, [leader.pid])
    await soon(lambda: not MACHINE.alive(member))
    assert not MACHINE.alive(leader.pid)


async def test_what_has_ended_already_is_not_waited_for() -> None:
    await processes.see_them_end(FakeMachine(), [])
    assert processes.groups_left(FakeMachine(), [4_000_000]) == set()
