"""Somebody who only looks on, or only answers: whatever they press, point at, paste or ask for, nothing changes."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import connect
from hiveui.gateway.methods import METHODS
from hiveui.gateway.protocol import Code
from hiveui.model.seat import Role, Seat
from hiveui.tui.commands.every import COMMANDS
from tests.far_end import FarWorld
from tests.robot import HIVE, Robot
from tests.waiting import until

FIELDS = "#{pane_id} #{pane_width}x#{pane_height} #{pane_active} #{pane_in_mode} #{history_size}"
MARK = b"\x01mark"
MOUSE = "".join(
    f"\x1b[<{button};{x};{y}{end}" for button in (0, 2, 32, 64, 65) for x, y in ((3, 3), (60, 9)) for end in "Mm"
)
PASTE = "\x1b[200~rm -rf ~\n\x1b[201~"
FOCUS = "\x1b[O\x1b[I"
CONTROLS = "".join(chr(code) for code in range(32) if chr(code) not in "\x1b\x03")


@pytest.fixture
def world() -> Iterator[FarWorld]:
    with FarWorld() as world:
        yield world


def standing(world: FarWorld) -> dict[str, Any]:
    """Give all that anybody else could see: the state, tmux's panes, and the files of the person's own folders."""
    state = json.dumps(world.ask("state/subscribe")["state"], sort_keys=True)
    panes = world.tmux("list-panes", "-a", "-F", FIELDS)
    own = [world.paths.config, world.paths.state / "copied.txt", world.project]
    files = sorted(
        str(file) for place in own for file in (place.rglob("*") if place.is_dir() else [place]) if file.exists()
    )
    return {"state": state, "panes": panes, "files": files}


def comes(world: FarWorld, role: str, columns: int = 120, lines: int = 32) -> Robot:
    """Show the hive to somebody as the machine's own sshd would."""
    return world.runs((*HIVE, "ssh-session", "--role", role, "--person", "ann"), columns, lines)


def hammer(robot: Robot) -> None:
    """Do everything that a terminal can send, key by key and at once, on three sizes."""
    for columns, lines in ((120, 32), (80, 24), (200, 50)):
        robot.resize(columns, lines)
        for chord in sorted({key for command in COMMANDS for key in command.keys}):
            if len(chord) == 1 and chord != "q":
                robot.types(chord)
                robot.types("\x1b")
        robot.types(CONTROLS)
        robot.types(MOUSE + PASTE + FOCUS)
        robot.types("\x1b\x1b\x1b")


@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_keys_mouse_paste_size_and_palette_of_somebody_who_does_not_drive_change_nothing(
    world: FarWorld, role: str
) -> None:
    owner = world.opens("attach", columns=140, lines=40)
    owner.sees("1 left", "2 upper", "leave")
    world.show("left", b"\x1b[?1003h\x1b[?1006h\x1b[?2004hready")  # a program that would hear of mouse and paste
    owner.sees("ready")
    before = standing(world)
    ann = comes(world, role, columns=100, lines=30)
    ann.sees(f" {role} ", "ready")
    ann.types("i")
    ann.sees("to type into the agent (Interact) is for drivers")
    hammer(ann)
    ann.types(":kill\r")
    ann.types("\x1b\x1b")
    until(lambda: "leave" in ann.screen() or ann.types("\x1b"), what="the keys of Supervise")
    assert "typing into" not in ann.screen()
    owner.press("1")
    owner.types("i")
    owner.sees("typing into")
    owner.types(MARK.decode())
    assert world.typed_until("left", MARK) == b""
    owner.press("F12")
    owner.sees("leave")
    for other in ("upper", "lower"):
        world.ask("agent/keys", workspace=world.workspace().id, role=other, keys=["m"])
        assert world.typed_until(other, b"m") == b""
    after = standing(world)
    assert after["panes"] == before["panes"]
    assert after["files"] == before["files"]
    was, now = json.loads(before["state"]), json.loads(after["state"])
    for state in (was, now):  # the owner went to a pane and typed
        for workspace in state["workspaces"].values():
            workspace["view"] = workspace["agents"] = None
    assert now == was
    ann.types("q")
    assert ann.exit_status() == 0


def samples(world: FarWorld) -> dict[str, Any]:
    """Give values for the parameters of methods, true ones where they can be."""
    here = world.workspace()
    pane = str(here.agents[0].pane)
    return {
        "workspace": here.id,
        "role": "left",
        "pane": pane,
        "panes": [{"pane": pane, "columns": 7, "rows": 3, "focused": True}],
        "size_owner": True,
        "focused": True,
        "pops": True,
        "pattern": "ready",
        "path": str(world.project / "file"),
        "env": {"PATH": "/evil"},
        "folder": str(world.project),
        "text": "rm -rf ~\n",
        "keys": ["x"],
        "input": [["text", "x"]],
        "protocol": [1, 1],
        "size": [7, 3],
    }


def value(schema: dict[str, Any]) -> Any:
    kinds: dict[str, Any] = {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}}
    return kinds[schema["type"]]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_nothing_that_a_viewer_can_ask_of_the_daemon_changes_anything(world: FarWorld, role: Role) -> None:
    owner = world.opens("attach", columns=140, lines=40)
    owner.sees("1 left", "2 upper", "leave")
    world.show("left", b"ready")
    owner.sees("ready")
    known, before = samples(world), standing(world)
    refused = []
    with connect(world.paths.hive_socket, "test", "0", seat=Seat(role, "ann", "192.0.2.7")) as client:
        for name, method in METHODS.items():
            if method.role is Role.APPROVER or name == "initialize":
                continue
            params = {p: known.get(p, value(param.schema)) for p, param in method.params.items() if param.role is None}
            try:
                client.call(name, **params)
            except GatewayError as error:
                refused += [name] if error.code == Code.FORBIDDEN else []
        assert set(refused) == {n for n, m in METHODS.items() if m.role not in (Role.VIEWER, Role.APPROVER)}
        assert standing(world) == before
    owner.press("P")
    owner.sees("1 left")
    assert standing(world) == before


def test_a_screen_for_somebody_elsewhere_writes_nothing_here_when_they_copy(world: FarWorld) -> None:
    world.show("left", b"copy this line")
    before = standing(world)
    ann = comes(world, "viewer")
    ann.sees("copy this line")
    ann.press("1", "y")
    ann.sees("select")
    ann.press("g")
    ann.press("y")
    ann.sees("Copied", "if your terminal takes it")
    assert b"\x1b]52;c;" in ann.bytes_file.read_bytes()
    assert standing(world)["files"] == before["files"]
    assert not os.path.exists(world.paths.copied)
