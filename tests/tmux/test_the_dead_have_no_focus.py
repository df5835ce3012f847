"""Programs that are killed while they want to be told of the focus (xterm, mode 1004): tmux 3.3a dies by telling them."""

import os
import signal
from typing import Any

from tmux.nest import CAT, MACHINE, Nest, agent, at, ended, nest_in_a_repository, shows, workspace
from waiting import soon

from hiveui.hive.hive import Hive

WANTS = ("sh", "-c", r"printf '\033[?1004hready\n'; exec cat -v")
__all__ = ["nest_in_a_repository"]


class Person:
    """A client that looks at every pane, and has the focus in one."""

    drives = True
    backlog = 0

    def notify(self, *_: Any) -> None: ...


def goes_to(hive: Hive, person: Person, role: str) -> None:
    views = [
        {"pane": a.pane, "columns": 60, "rows": 10, "focused": a.role == role} for a in workspace(hive).agents if a.pane
    ]
    hive.panes.look(person, panes=views, size_owner=True)


async def test_no_focus_that_comes_to_or_leaves_a_killed_program_ends_tmux(nest: Nest) -> None:
    async with nest.hive() as hive:
        await nest.open(hive, {"one": WANTS, "two": WANTS, "cat": CAT})
        server, person = await nest.server.pid(), Person()
        for role in ("one", "two"):
            await shows(hive, role, "ready")
        goes_to(hive, person, "one")
        await shows(hive, "one", "^[[I")
        for role in ("one", "two"):  # the first has the focus, the second not
            os.kill(agent(hive, role).pid or 0, signal.SIGKILL)
            await ended(hive, role)
        for role in ("two", "cat", "one", "two", "one", "cat"):
            goes_to(hive, person, role)
            await shows(hive, "cat", "ready")
        await hive.restart(**at(hive, "two"))
        goes_to(hive, person, "two")
        await shows(hive, "two", "^[[I")
        goes_to(hive, person, "one")
        await shows(hive, "two", "^[[O")
        await hive.restart(**at(hive, "one"))
        await soon(lambda: agent(hive, "one").pid)
        assert await nest.server.pid() == server
        assert MACHINE.alive(agent(hive, "cat").pid or 0)
