"""The command that the machine's own SSH server is told to run for a key, instead of a shell."""

import functools
import os
import sys
from importlib.metadata import version

import click

from hiveui.cli import orders, output, seated
from hiveui.cli.options import as_json, command
from hiveui.cli.reach import ensure, find_paths
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.gateway.seat import role_of
from hiveui.model.seat import LADDER, Seat
from hiveui.paths import Paths
from hiveui.ssh.order import order


@command("hive ssh-session --role viewer --person ann")
@click.option("--role", type=click.Choice([role.value for role in LADDER]), required=True, help="What they may do.")
@click.option("--person", default="", help="Their name, as others see it.")
@as_json
def ssh_session(role: str, person: str, *, as_json: bool) -> int:
    """Show the hive, or do what was asked for and is allowed, for somebody who comes by `ssh`. Ends like it.

    In ~/.ssh/authorized_keys: restrict,pty,command="hive ssh-session --role viewer --person ann" ssh-ed25519 AAAA…

    What they may do comes from these words alone. `ssh HOST` shows the hive, `ssh -t HOST attach ROLE` one agent, and
    `ssh HOST status --json` runs a command that only tells; any other is refused with exit code 2, and no shell is
    run. --json says how this would be taken, and does nothing.
    """
    seat = Seat(role_of(role), person, os.environ.get("SSH_CONNECTION", "").partition(" ")[0])
    words = order(os.environ.get("SSH_ORIGINAL_COMMAND", "")).words
    orders.refuse(words)
    if as_json:
        output.document(role=role, person=person, where=seat.where, order=words)
        return 0
    from hiveui.ssh.environment import environment  # noqa: PLC0415  what needs no session needs none of these
    from hiveui.tui.launcher import guarded  # noqa: PLC0415

    own = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(own, own, seat.where))
    play = functools.partial(seated.play, words, functools.partial(_connect, find_paths(), seat))
    return guarded(play) if sys.stdin.isatty() else play()


def _connect(paths: Paths, seat: Seat) -> BlockingClient:
    ensure(paths)
    return connect(paths.hive_socket, "hive ssh-session", version("hiveui"), seat=seat)
