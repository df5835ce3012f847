"""A program reads `hive status --json`."""

import json
import re

from tests.robot import CAT, COUNT, WITHIN, World
from tests.waiting import until

FIELDS = [
    "id", "role", "kind", "host", "pid", "pane", "tab", "state", "check", "source", "confidence", "since", "exit_status", "branch",
    "cwd", "conversation", "resets", "dialog", "snoozed", "muted",
]  # fmt: skip


def test_status_as_json_has_the_promised_shape(world: World) -> None:
    ends = {"command": ["sh", "-c", "exit 3"], "dir": "."}
    tabs = [{"title": "build", "panes": ["counter", "ends"]}, {"title": "rest", "panes": ["killed"]}]
    world.up({"counter": COUNT, "ends": ends, "killed": CAT}, tabs=tabs)
    world.hive("press", "killed", "ctrl+\\")
    until(lambda: set(world.pids()) == {"counter"}, WITHIN, "two ends")
    until(lambda: world.agent("counter").reading.state == "unsure", WITHIN, "the counter's first line")

    document = json.loads(world.done("status", "--json"))
    assert list(document) == ["version", "workspaces", "hosts"]
    assert document["version"] == 1
    (workspace,) = document["workspaces"]
    assert list(workspace) == ["name", "path", "agents", "attention", "collisions"]
    assert (workspace["name"], workspace["path"]) == ("shop", str(world.project))
    agents = {agent["role"]: agent for agent in workspace["agents"]}
    assert list(agents) == ["counter", "ends", "killed"]
    for agent in agents.values():
        assert list(agent) == FIELDS
        assert re.fullmatch(r"[a-z0-9-]{1,32}", agent["id"])
        assert re.fullmatch(r"%\d+", agent["pane"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", agent["since"])
        assert (agent["kind"], agent["host"], agent["source"], agent["confidence"]) == (
            "shell",
            "local",
            "process",
            "certain",
        )
        assert (agent["branch"], agent["cwd"], agent["conversation"]) == ("main", str(world.project), None)
    assert (agents["counter"]["state"], agents["counter"]["exit_status"], agents["counter"]["tab"]) == (
        "unsure",
        None,
        "build",
    )
    assert agents["counter"]["pid"] == world.pids()["counter"]
    assert (agents["ends"]["state"], agents["ends"]["exit_status"], agents["ends"]["pid"]) == ("exited", 3, None)
    assert (agents["killed"]["state"], agents["killed"]["exit_status"], agents["killed"]["tab"]) == (
        "exited",
        -3,
        "rest",
    )


def test_status_as_json_of_a_hive_where_nothing_runs_is_empty(world: World) -> None:
    assert json.loads(world.done("status", "--json")) == {"version": 1, "workspaces": [], "hosts": []}
    assert not world.daemon()


def test_every_end_is_known_by_its_status(world: World) -> None:
    """Tmux calls a pane dead a moment before it knows the status."""
    world.up({f"ends {n}": ("sh", "-c", f"sleep 0.{n}; exit {n}") for n in range(1, 10)})
    until(lambda: not world.pids(), WITHIN, "nine ends")
    found = {agent.role: agent.exit_status for agent in world.workspace().agents}
    assert found == {f"ends {n}": n for n in range(1, 10)}
