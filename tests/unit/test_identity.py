"""Who calls: agents by their token, programs by the agent they come from, the person by neither."""

from pathlib import Path

import pytest
from fake_machine import FakeMachine, FakeProcess

from hiveui.hive.identity import AGENT_VARIABLE, Tokens, inside
from hiveui.model.agent import Agent, AgentId

CODER = Agent(AgentId("a-1"), "coder", "claude", "/tmp", pid=100)
SHELL = Agent(AgentId("a-2"), "shell", "shell", "/tmp", pid=200, person=True)
ENDED = Agent(AgentId("a-3"), "ended", "claude", "/tmp")
AGENTS = (CODER, SHELL, ENDED)


def machine(**environ: str) -> FakeMachine:
    """Process 300 below 100, 301 below 200, 302 below nothing of ours, with this environment."""
    return FakeMachine(
        {
            100: FakeProcess(50),
            150: FakeProcess(100),
            200: FakeProcess(50),
            300: FakeProcess(150),
            301: FakeProcess(200),
            302: FakeProcess(1, environ),
        }
    )


def test_a_token_is_its_agents_and_outlives_the_daemon(tmp_path: Path) -> None:
    token = Tokens(tmp_path / "key").token(CODER.id)
    assert Tokens(tmp_path / "key").agent(token) == CODER.id
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("forged", ["", ".", "a-1", "a-1.", "a-1." + "0" * 64, "ä-1.é", "\ud800", "a-2.{}", "{}x"])
def test_a_forged_token_is_nobodys(tmp_path: Path, forged: str) -> None:
    tokens = Tokens(tmp_path / "key")
    assert tokens.agent(forged.format(tokens.token(CODER.id).partition(".")[2])) is None


def test_a_key_that_was_lost_halfway_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    other = Tokens(tmp_path / "other")
    assert Tokens(tmp_path / "key").agent(other.token(CODER.id)) is None
    assert (tmp_path / "key").stat().st_size == 64


@pytest.mark.parametrize(("pid", "found"), [(100, "a-1"), (300, "a-1"), (301, None), (302, None), (999, None)])
def test_a_program_below_an_agent_is_the_agent_and_one_below_a_shell_the_person(pid: int, found: str | None) -> None:
    assert inside(machine(), pid, AGENTS) == found


@pytest.mark.parametrize(("mark", "found"), [("a-1", "a-1"), ("a-2", None), ("a-3", "a-3"), ("other-hives", None)])
def test_a_program_that_left_its_agent_or_outlived_it_is_known_by_its_environment(mark: str, found: str | None) -> None:
    assert inside(machine(**{AGENT_VARIABLE: mark}), 302, AGENTS) == found
