"""Two agents change one file, each in a worktree of its own, and find it again the next morning."""

import json
from pathlib import Path

from tests.repositories import commit
from tests.robot import WITHIN, World
from tests.waiting import until

SHELL = {
    "kind": "shell",
    "checkout": "worktree",
    "copy": [".env"],
    "setup": [["sh", "-c", 'echo "made for $HIVE_ROLE" >> made']],
}


def facts(world: World) -> dict[str, dict[str, str]]:
    (found,) = json.loads(world.done("status", "--json"))["workspaces"]
    return {agent["role"]: agent for agent in found["agents"]}


def test_two_agents_in_worktrees_change_one_file_and_find_it_again_the_next_day(world: World) -> None:
    (world.project / "file").write_text("of all\n")
    commit(world.project)
    (world.project / ".env").write_text("KEY=1\n")
    roles = ("back end", "API")
    world.layout(dict.fromkeys(roles, SHELL))
    code, shown, _ = world.hive("up", "robot", "--detach")
    assert code == 2
    for wanted in ("back end: set-up $ sh -c", "API: copy .env", "branch hive/shop/api-", ", new"):
        assert wanted in shown, "who has not run it before is shown what is run"
    assert not world.paths.worktrees.exists()

    world.done("up", "robot", "--detach", "--yes")
    before = facts(world)
    places = {role: Path(before[role]["cwd"]) for role in roles}
    for role, place in places.items():
        assert place.parent.parent == world.paths.worktrees
        assert before[role]["branch"] == f"hive/shop/{place.name}"
        world.done("send", role, f"cat .env made >> file; echo '{role} was here' >> file")
        until(lambda role=role, place=place: f"{role} was here" in (place / "file").read_text(), WITHIN, role)
        assert (place / "file").read_text() == f"of all\nKEY=1\nmade for {role}\n{role} was here\n"
    assert (world.project / "file").read_text() == "of all\n"

    world.kill_daemon()
    world.done("up", "robot", "--detach", "--yes")
    assert {role: facts(world)[role]["pid"] for role in roles} == {role: before[role]["pid"] for role in roles}

    world.done("down", "shop")
    world.done("up", "robot", "--detach", "--yes")
    again = facts(world)
    assert {role: (again[role]["cwd"], again[role]["branch"]) for role in roles} == {
        role: (before[role]["cwd"], before[role]["branch"]) for role in roles
    }
    for role, place in places.items():
        world.done("send", role, "cat file")
        until(lambda role=role: f"{role} was here" in world.done("read", role), WITHIN, role)
        assert (place / "made").read_text() == f"made for {role}\n", "it was set up once"
