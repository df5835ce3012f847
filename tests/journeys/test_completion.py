"""Tab after `hive`: a shell offers what there is, and starts or waits for nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.robot import CAT, World

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
    assert offered(world, "hive read b") == ["backend", "bench"]
    assert offered(world, "hive read -w shop ben") == ["bench"]
    assert offered(world, "hive attach ") == ["shop"]
    assert "robot" in offered(world, "hive up ")
    assert offered(world, "hive compl") == ["completion"]
    daemon = world.daemon()
    os.kill(daemon, signal.SIGSTOP)
    try:
        before = time.monotonic()
        assert offered(world, "hive read b") == []
        assert time.monotonic() - before < 8
    finally:
        os.kill(daemon, signal.SIGCONT)


@pytest.mark.parametrize(("shell", "mark"), [("zsh", "compdef _hive"), ("fish", "complete --no-files --command hive")])
def test_the_other_shells_have_scripts_too(world: World, shell: str, mark: str) -> None:
    assert mark in world.done("completion", shell)
