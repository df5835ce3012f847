"""The project's memory on the screen: written by the person while an agent changes it, and decided by an agent."""

import json
import shlex
import subprocess

from tests.robot import CAT, HIVE, WITHIN, World
from tests.waiting import until

LINES = "# Shop\n\nSessions end after a day.\n\nTests stand in `tests`.\n"


def test_what_person_and_agent_write_at_the_same_time_is_both_kept_or_both_shown(world: World) -> None:
    file = world.project / "AGENTS.md"
    file.write_text(LINES)
    editor = {"kind": "claude", "command": ["sh"]}
    world.up({"cat": CAT, "editor": editor})
    robot = world.opens()
    robot.sees("2 editor")
    robot.types("m")
    robot.sees("What all are to know", "AGENTS.md", "Sessions end after a day.", "e edit")
    robot.types("e")
    robot.sees("ctrl+s save", "`tests`")
    robot.types("Mine, too.")
    runs(world, "editor", "sed -i s/day/week/ AGENTS.md")
    until(lambda: "week" in file.read_text(), WITHIN, "the agent's change")
    robot.press("C-s")
    robot.sees("AGENTS.md is saved, with what was changed there meanwhile.", "Mine, too.", "a week")
    assert file.read_text() == LINES.replace("day", "week") + "Mine, too."

    robot.types("e")
    robot.sees("ctrl+s save")
    robot.types("And mine.")
    runs(world, "editor", "sed -i '1s/.*/# Its shop/' AGENTS.md")
    until(lambda: "Its" in file.read_text(), WITHIN, "the agent's change")
    robot.press("C-s")
    robot.sees("both stand here", "<<<<<<< yours", "And mine.# Shop", "# Its shop")
    assert "And mine" not in file.read_text()
    robot.press("Escape")
    robot.sees("What all are to know", "What you wrote is kept")
    robot.press("Escape")
    robot.misses("What all are to know")


def test_an_agent_decides_by_its_token_and_links_are_written_only_after_a_yes(world: World) -> None:
    (world.project / "CLAUDE.md").write_text("Rules.\n")
    subprocess.run(["git", "add", "CLAUDE.md"], cwd=world.project, env=world.env, check=True)
    world.up({"backend": {"kind": "claude", "command": ["sh"]}, "cat": CAT})
    runs(world, "backend", shlex.join([*HIVE, "decide", "sessions end", "after 30 days"]))
    decisions = world.project / ".hive" / "decisions.md"
    until(lambda: decisions.exists() and "after 30 days" in decisions.read_text(), WITHIN, "the decision")
    assert decisions.read_text().rstrip().endswith("UTC, backend (claude)**: sessions end after 30 days")
    runs(world, "backend", shlex.join([*HIVE, "memory"]) + " > seen")
    until(lambda: "after 30 days" in read(world, "seen"), WITHIN, "what the agent reads")
    runs(world, "backend", shlex.join([*HIVE, "send", "cat", "x"]) + " 2> refused")
    until(lambda: "ay not" in read(world, "refused"), WITHIN, "a refusal")

    steps = json.loads(world.done("memory", "link", "--json"))
    assert [(step["file"], step["tracked"]) for step in steps["steps"]] == [("AGENTS.md", False), ("CLAUDE.md", True)]
    assert not (world.project / "AGENTS.md").exists()
    assert "git tracks it" in world.done("memory", "link")
    world.done("memory", "link", "--yes")
    assert (world.project / "AGENTS.md").read_text() == "Rules.\n"
    assert (world.project / "CLAUDE.md").read_text() == "@AGENTS.md\n"
    assert "source of all already" in world.hive("memory", "link")[2]
    assert "after 30 days" in world.done("memory")


def runs(world: World, role: str, line: str) -> None:
    """Have the shell in an agent's pane run a line."""
    pane = world.pane(role)
    world.tmux("send-keys", "-t", pane, "-l", line)
    world.tmux("send-keys", "-t", pane, "Enter")


def read(world: World, name: str) -> str:
    file = world.project / name
    return file.read_text() if file.exists() else ""
