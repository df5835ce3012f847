"""Tab after `hive`: a shell offers what there is, and starts or waits for nothing."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.robot import CAT, WITHIN, Robot, World
from tests.waiting import until

SCRIPT = """
source <(hive completion bash)
COMP_WORDS=({words}); COMP_CWORD={last}
_hive_completion hive
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def offered(world: World, line: str) -> list[str]:
    """Press tab in bash behind a line; what is offered."""
    words = line.split(" ")
    script = SCRIPT.format(words=" ".join(f"'{word}'" for word in words), last=len(words) - 1)
    env = {**world.env, "PATH": f"{Path(sys.executable).parent}:{world.env['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=world.project, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_roles_workspaces_and_layouts_are_offered_and_a_stuck_daemon_holds_nobody_up(world: World) -> None:
    assert offered(world, "hive read ") == []
    assert not world.daemon(), "nothing was started by asking"
    assert {"robot", "demo", "pair"} - set(offered(world, "hive up ")) == {"robot"}
    world.up({"backend": CAT, "bench": CAT, "two words": CAT})
    for line, wanted in (
        ("hive read b", ["backend", "bench"]),
        ("hive read -w shop ben", ["bench"]),
        ("hive attach ", ["shop"]),
    ):
        until(lambda: offered(world, line) == wanted, WITHIN, f"{wanted} behind {line!r}")  # noqa: B023  called within the round
    assert "robot" in offered(world, "hive up ")
    assert offered(world, "hive compl") == ["completion"]
    daemon = world.daemon()
    os.kill(daemon, signal.SIGSTOP)
    try:
        before = time.monotonic()
        assert offered(world, "hive read b") == []
        assert time.monotonic() - before < WITHIN
    finally:
        os.kill(daemon, signal.SIGCONT)


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(hive completion bash)"'),
    "zsh": (["zsh", "-f"], 'autoload -Uz compinit; compinit -u -D; eval "$(hive completion zsh)"'),
    "fish": (["fish", "--no-config"], "hive completion fish | source"),
}
"""How each is started without what its person chose, and what is put into its start-up file."""


def completes(robot: Robot, text: str) -> bool:
    """Press tab once more where nothing came of it: the daemon was given a moment only."""
    with contextlib.suppress(AssertionError):
        return bool(robot.sees(text, within=2))
    robot.press("Tab")
    return False


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_what_a_person_begins_to_type(world: World, shell: str) -> None:
    argv, setup = SHELLS[shell]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{shell} is not installed")
    world.up({"backend": CAT, "bench": CAT})
    env = {"PATH": f"{Path(sys.executable).parent}:{world.env['PATH']}", "SHELL": argv[0]}
    for line, answer in (("hive read ben\t", "hive read bench"), ("hive up rob\t", "hive up robot")):
        robot = world.runs(("env", *(f"{name}={value}" for name, value in env.items()), *argv))
        robot.types(f"{setup}; echo set''up\r")
        robot.sees("setup")
        robot.types(line)
        until(partial(completes, robot, answer), WITHIN, answer)
