"""A person looks elsewhere: their terminal, their desktop and a program of theirs tell them of each need, once."""

import json
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.journeys.test_called import ASKS_THRICE
from tests.robot import CAT, WITHIN, World
from tests.waiting import until

POPPED = re.compile(rb"\x1bPtmux;\x1b\x1b\]777;notify;([^;\x07]*);([^;\x07]*)\x07\x1b\\")
OSC = re.compile(rb"\x1bP.*?\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)", re.DOTALL)
LOGS = '#!/bin/sh\nprintf "%s|" "$@" >> {0}\nprintf "\\n" >> {0}\n'
WAITS = ASKS_THRICE.replace("tty.setcbreak(0)", "tty.setcbreak(0)\nsys.stdin.read(1)", 1)
"""Asks once a key is pressed."""


def asking(world: World, program: str = WAITS) -> Mapping[str, object]:
    """An agent that asks as Claude Code does."""
    file = world.home / "asks.py"
    file.write_text(program)
    return {"kind": "claude", "command": [sys.executable, str(file)]}


def program(world: World, name: str) -> Path:
    """Put a program on PATH that writes down its arguments, a line for each time; where it does."""
    kept = world.home / f"{name}.log"
    file = world.home / "bin" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(LOGS.format(shlex.quote(str(kept))))
    file.chmod(0o755)
    world.env["PATH"] = f"{file.parent}:{world.env['PATH'].removeprefix(f'{file.parent}:')}"
    return kept


def lines(file: Path) -> list[str]:
    """Give what a program wrote down."""
    return file.read_text().splitlines() if file.exists() else []


def told(file: Path) -> list[str]:
    """Give the agents that a program told of, once for each time."""
    return sorted(role for line in lines(file) for role in re.findall(r"(\w+) asks for approval", line))


def rung(raw: bytes) -> int:
    """Count the bells among what a terminal was sent."""
    return OSC.sub(b"", raw).count(b"\x07")


def chooses(world: World, **choices: object) -> None:
    """Write the person's choices."""
    world.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    world.paths.config_file.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in choices.items()))


def is_asked(world: World, role: str) -> None:
    """Wait until an agent is known to ask."""
    until(lambda: world.agent(role).reading.state == "approval", WITHIN, f"{role} asks")


TABS = [{"title": "calm", "panes": ["cat"]}, {"title": "asking", "panes": ["first", "second"]}]


def test_needs_reach_terminal_desktop_and_command_once_and_never_what_is_in_front(world: World) -> None:
    desktop, mine = program(world, "notify-send"), program(world, "mine")
    chooses(world, notify_terminal="osc777", notify_desktop="on", notify_command=["mine", "an argument"], bell="on")
    roles = ["first", "second", "third", "fourth"]
    tabs = [{"title": "calm", "panes": ["cat"]}, {"title": "asking", "panes": roles}]
    world.up({"cat": CAT, **dict.fromkeys(roles, asking(world))}, tabs=tabs)
    robot = world.opens()
    robot.sees("1 cat")
    robot._ask("set-option", "-g", "allow-passthrough", "on")
    robot.types("\x1b[I")  # its tmux, to which nobody is attached, may have said that nobody looks
    until(lambda: world.ask("alert/ways")["focused"] == 1, WITHIN, "the focus")

    for role in ("first", "second"):
        world.tmux("send-keys", "-t", world.pane(role), "x")
    until(lambda: told(desktop) == ["first", "second"], WITHIN, "the desktop")
    alerts = len(lines(desktop))  # one, where they came within a second
    until(lambda: len(lines(mine)) == rung(robot.bytes_file.read_bytes()) == alerts, WITHIN, "the others")
    until(lambda: len(POPPED.findall(robot.bytes_file.read_bytes())) == alerts, WITHIN, "the terminal's own")
    popped = [b"|".join(part) for part in POPPED.findall(robot.bytes_file.read_bytes())]
    assert [f"--app-name=HiveUI|--|{part.decode()}|" for part in popped] == lines(desktop)
    assert lines(mine) == ["an argument|"] * alerts

    robot.press("n")
    robot.sees("npm install jose")
    world.done("press", "third", "x")
    is_asked(world, "third")
    robot.sees("▲ 3 need you")
    robot.press("1")
    robot.sees("1 cat")
    robot.misses("npm install jose")
    world.done("press", "fourth", "x")
    until(lambda: len(lines(desktop)) > alerts, WITHIN, "word of it")
    assert lines(desktop)[alerts:] == ["--app-name=HiveUI|--|1 agent needs you|fourth asks for approval (shop)|"]
    until(lambda: rung(robot.bytes_file.read_bytes()) == alerts + 1, WITHIN, "the bell")
    until(lambda: len(lines(mine)) == alerts + 1, WITHIN, "the command")
    until(lambda: len(POPPED.findall(robot.bytes_file.read_bytes())) == alerts + 1, WITHIN, "the terminal's own")


def test_without_a_screen_programs_tell_it_and_trying_says_what_each_way_did(world: World) -> None:
    desktop, mine = program(world, "notify-send"), world.home / "mine.log"
    chooses(
        world,
        notify_desktop="on",
        notify_command=["sh", "-c", f'cat >> {mine}; echo "$HIVE_TITLE" >> {mine}'],
        notify_roles={"second": "off"},
    )
    world.up({"cat": CAT, "first": asking(world), "second": asking(world)}, tabs=TABS)
    for role in ("second", "first"):
        world.done("press", role, "x")
    until(lambda: len(lines(mine)) == 2 and lines(desktop), WITHIN, "both programs")
    assert lines(mine) == ["first asks for approval (shop)", "1 agent needs you"]
    is_asked(world, "second")
    assert len(lines(desktop)) == 1

    world.kill_daemon()
    world.done("status")
    found = json.loads(world.done("notify", "--test", "--json"))
    assert {way["name"]: (way["idle"], way["trouble"]) for way in found["ways"]} == {
        "desktop": ("", ""),
        "command": ("", ""),
    }
    assert len(lines(mine)) == 4
    assert lines(mine)[2:] == ["This is what a notification looks like.", "A test of HiveUI"]

    (world.home / "bin" / "notify-send").write_text("#!/bin/sh\necho the bus is not there >&2\nexit 1\n")
    code, gave, said = world.hive("notify", "--test")
    assert (code, "!!  desktop" in gave, "the bus is not there" in said) == (1, True, True)
    code, gave, said = world.hive("doctor")
    assert (code, "the bus is not there" in said) == (1, True)


def test_a_terminal_that_is_known_pops_up_and_the_desktop_need_not(world: World) -> None:
    desktop = program(world, "notify-send")
    world.env |= {"TERM_PROGRAM": "WezTerm", "DISPLAY": ":0"}
    world.up({"cat": CAT, "first": asking(world), "second": asking(world)}, tabs=TABS)
    terminal = world.terminal("attach")
    until(lambda: world.ask("alert/ways")["terminals"] == 1, WITHIN, "the terminal")
    world.done("press", "first", "x")
    popped = b"\x1b]777;notify;1 agent needs you;first asks for approval (shop)\x07"
    until(lambda: popped in terminal.screen, WITHIN, "the terminal's own")
    assert rung(bytes(terminal.screen)) == 0
    assert lines(desktop) == []

    terminal.type(b"2")
    until(lambda: b"npm install jose" in terminal.screen, WITHIN, "the agent's question")
    terminal.type(b"\x1b[O")
    until(lambda: world.ask("alert/ways")["focused"] == 0, WITHIN, "the focus that goes")
    world.done("press", "second", "x")
    until(lambda: terminal.screen.count(b"\x1b]777;notify") == 2, WITHIN, "word of what stands unseen on the screen")
