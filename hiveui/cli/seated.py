"""What a process does that stands for a client from outside: an order, under the seat that its door gives.

Run as a module it is the process that forks the others (`hiveui.tui.zygote`), with its control as standard input.
"""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from hiveui.cli import main, orders
from hiveui.cli.reach import state_of
from hiveui.errors import UsageError
from hiveui.gateway.door import Way
from hiveui.model.seat import Role
from hiveui.model.state import State, Workspace
from hiveui.ssh.order import Order


def play(words: Sequence[str], door: Way) -> int:
    """Carry out an order; gives the exit status. What goes wrong is a sentence on standard error."""
    return main.guarded(lambda: _play(words, door))


def _play(words: Sequence[str], door: Way) -> int:
    orders.refuse(words)
    if Order(tuple(words)).screen:
        return _show(words[1] if words else "", door)
    return _tell(words, door)


def _tell(words: Sequence[str], door: Way) -> int:
    with door() as client:
        role = Role(client.daemon["role"])
    with orders.checked(main.hive, words, role, door) as context:
        answer = context.command.invoke(context)
    return answer if isinstance(answer, int) else 0


def _show(wanted: str, door: Way) -> int:
    from hiveui.cli.choices import configuration  # noqa: PLC0415  what only tells does not need it
    from hiveui.tui.served import show  # noqa: PLC0415  the same

    if not (os.isatty(0) and os.isatty(1)):
        raise UsageError(
            "There is no terminal to show the hive on.",
            "Ask for one: `ssh -t`; a key with `restrict` needs `pty` beside it.",
        )
    with door() as client:
        workspace, role = _find(state_of(client), wanted)
        choices = configuration(Path(workspace.path))
        return show(client, door, workspace.id, role, choices)


def _find(state: State, wanted: str) -> tuple[Workspace, str]:
    """Find the workspace to be shown, and in it the role that is wanted, if any. Raises UsageError."""
    name, _, role = wanted.rpartition("/")
    everyone = sorted(state.workspaces.values(), key=lambda one: (bool(one.note), one.name, one.path))
    if not everyone:
        raise UsageError("No workspace is open.", "`hive up` opens one, on the machine itself.")
    fitting = [one for one in everyone if not name or name in {one.name, one.id}]
    if role:
        fitting = [one for one in fitting if any(agent.role == role for agent in one.agents)]
    if not fitting:
        raise UsageError(f"There is no agent {wanted!r}.", "`hive status` lists those that there are.")
    if role and len(fitting) > 1:
        listed = ", ".join(f"{one.name}/{role}" for one in fitting)
        raise UsageError(f"Several workspaces have an agent {role!r}.", f"Name one: {listed}.")
    return fitting[0], role


def _fork() -> None:
    """Be the process that forks the others."""
    from hiveui.cli.choices import configuration  # noqa: PLC0415  an order of its own needs none
    from hiveui.tui import zygote  # noqa: PLC0415  the same

    configuration(Path("/")).look()  # what reads this person's choices, if they made any, is then there for all
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    zygote.serve(control, play)


if __name__ == "__main__":
    _fork()
