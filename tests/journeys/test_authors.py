"""Three real agents write in one tree, by their edit tools and by commands: it is known who made each change."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.programs import SLOW, with_claude, with_codex
from tests.robot import World
from tests.scribes import Scribes, steps
from tests.waiting import until

WRITERS = 900.0
"""Seconds in which they have written everything, on a busy machine."""
CLAUDE = ("claude", "--permission-mode", "acceptEdits", "--allowedTools", "Bash,Write,Edit")
CODEX = ("codex", "-m", "gpt-5.5", "-c", 'approval_policy="never"', "-c", 'sandbox_mode="danger-full-access"')


def prepares(world: World, model: Scribes) -> None:
    """Start two of Claude Code and one Codex in the project's own folder."""
    claude, codex = with_claude(world, model), with_codex(world, model)
    agents = {role: {"kind": "claude", "command": list(CLAUDE), "env": claude} for role in ("ann", "ben")}
    world.up({**agents, "cod": {"kind": "codex", "command": list(CODEX), "env": codex}})
    for role in agents:
        world.pane_sees(role, "accept edits on", SLOW)
    world.pane_sees("cod", "Ask Codex", SLOW)


def found(world: World, role: str, count: int) -> tuple[dict[bool, Counter[str]], list[str]]:
    """Count what is said of what a role wrote, by whether an edit tool did, and give what is wrong."""
    said: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    wrong = []
    for step in {step.path: step for step in steps(role, count)}.values():
        writes: list[dict[str, Any]] = world.ask("files/who", path=str(world.project / step.path))["writes"]
        for write in writes:
            said[step.edit][write["role"] or "?"] += 1
            if write["role"] not in {"", role}:
                wrong.append(f"{step.path}: {write}")
        if not writes:
            said[step.edit]["nothing was seen"] += 1
    return said, wrong


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("count", [pytest.param(60, marks=pytest.mark.real), pytest.param(200, marks=pytest.mark.slow)])
def test_of_three_real_agents_in_one_tree_it_is_known_who_wrote_what(world: World, count: int) -> None:
    """Each writes so many times."""
    with Scribes(str(world.project)) as model:
        prepares(world, model)
        roles = ("ann", "ben", "cod")
        for role in roles:
            world.done("send", role, f"scribe {role} {count}")
        for role in roles:
            world.pane_sees(role, f"{role} wrote everything", WRITERS)
        last = [list(steps(role, count))[-1].path for role in roles]
        until(
            lambda: all(world.ask("files/who", path=str(world.project / path))["writes"] for path in last),
            SLOW,
            "the last changes",
        )
        said = {role: found(world, role, count) for role in roles}
        edits = sum((said[role][0][True] for role in roles), Counter[str]())
        commands = sum((said[role][0][False] for role in roles), Counter[str]())
        figures = json.dumps({"edits": edits, "commands": commands})
        print(figures)
        assert [wrong for role in roles for wrong in said[role][1]] == []
        known_edits, known_commands = (sum(counts[role] for role in roles) for counts in (edits, commands))
        assert (edits.total() >= 3 * count / 4, commands.total() >= 3 * count / 2) == (True, True), figures
        assert known_edits >= 0.99 * edits.total(), figures
        assert known_commands >= 0.8 * commands.total(), figures
