"""The row about the review desk: 5,000 changed lines, from the key to the first of them on the screen."""

import subprocess
import time

from hiveui.bench.figures import Figure, at_most, noted, quantile
from hiveui.bench.scale import Scale
from hiveui.bench.screens import leave_interact
from hiveui.bench.subjects import Ours, Panes, Sandbox, program

FILES, BLOCKS, BLOCK, APART = 20, 50, 5, 25
"""Changed files, changed blocks in each, lines of a block, and lines from one block to the next."""
SHOWN = b"anchor_0"
"""Stands in lines around those that were changed."""
WHOLE = b"1000 hunks left"
LIMIT = 10.0
"""Seconds after which it counts as never shown."""
_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@invalid", "-c", "core.hooksPath=/dev/null")


def shown(scale: Scale) -> list[Figure]:
    """Open the desk on 5,000 lines changed in 1,000 places, one pane streaming beside; and `git diff` of them."""
    firsts: list[float] = []
    plain: list[float] = []
    with Ours(Panes([program("lines", "aa", "20")])) as ours:
        terminal = ours.terminal
        change(ours.sandbox)
        leave_interact(terminal)
        for _ in range(scale.rounds(10)):
            terminal.drain(0.5)
            began = terminal.write(b"d")
            found = terminal.until(lambda data: SHOWN in data, LIMIT)
            firsts.append((LIMIT if found is None else found - began) * 1000)
            terminal.expect(WHOLE, LIMIT)
            terminal.write(b"\x1b")
            terminal.drain(0.5)
            began = time.perf_counter()
            subprocess.run(("git", "diff"), cwd=ours.sandbox.project, capture_output=True, check=True)
            plain.append((time.perf_counter() - began) * 1000)
    return [
        at_most("first shown, p50", quantile(firsts, 0.5), 300, "ms", quantile(plain, 0.5)),
        at_most("first shown, p95", quantile(firsts, 0.95), 300, "ms", quantile(plain, 0.95)),
        noted("the first time, coloured later", firsts[0], "ms"),
    ]


def change(sandbox: Sandbox) -> None:
    """Commit files, and change lines of them that stand apart from each other."""
    for commit in (True, False):
        for number in range(FILES):
            file = sandbox.project / f"module_{number:02d}.py"
            file.write_text("".join(_line(at, changed=not commit) for at in range(BLOCKS * APART)))
        if commit:
            sandbox.run(*_GIT, "add", "--all")
            sandbox.run(*_GIT, "commit", "-q", "-m", "before")


def _line(at: int, *, changed: bool) -> str:
    if at % APART >= BLOCK:
        return f"anchor_{at:05d} = make({at}, name='line {at}')\n"
    return f"value_{at:05d} = {'changed' if changed else 'make'}({at}, name='line {at}')\n"
