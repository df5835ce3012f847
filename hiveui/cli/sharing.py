"""The command that lets somebody in for a while."""

import ipaddress
import secrets
import shlex
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from hiveui.cli import output
from hiveui.cli.options import agree, as_json, command, length
from hiveui.cli.reach import find_paths, refuse_agents
from hiveui.errors import UsageError
from hiveui.machine import this_machine
from hiveui.model.seat import LADDER, Role
from hiveui.model.text import visible
from hiveui.ssh.terms import PORT

if TYPE_CHECKING:
    from hiveui.ssh.files import Standing

LONGEST = timedelta(days=7)
MAY = {
    Role.VIEWER: "looks on",
    Role.APPROVER: "looks on, and answers what agents ask",
    Role.DRIVER: "types into your agents, which run as you",
    Role.OWNER: "does all that you can do here, which is to run programs as you",
}
ASKED = frozenset({Role.DRIVER, Role.OWNER})
"""Roles that are given with a yes only."""


@command("hive share --role viewer --for 1h --name ann")
@click.option(
    "--role",
    type=click.Choice([*map(str, LADDER)]),
    default=Role.VIEWER.value,
    show_default=True,
    help="What they may do.",
)
@click.option(
    "--for", "good", metavar="TIME", default="1h", show_default=True, help="For how long: 30m, 2h, 7d at most."
)
@click.option("--name", help="Who it is for: others see it; a name is made up without one.")
@click.option("--host", help="The name that they reach this machine by; its own without one.")
@click.option("--print", "shown", is_flag=True, help="Print the private key too, to be handed on.")
@agree
@as_json
def share(role: str, good: str, name: str | None, host: str | None, *, shown: bool, yes: bool, as_json: bool) -> None:
    """Make a key for somebody who is to see this hive, and print the ssh command that goes with it.

    The key is good for one login, whose session ends when the time is over. `hive serve` has to run. A driver or an
    owner runs what they like as you, so that you are asked.
    """
    from hiveui.ssh import sharing  # noqa: PLC0415  where SSH is used
    from hiveui.ssh.files import standing  # noqa: PLC0415  the same

    refuse_agents("let people in")
    until, person = _until(good), visible((name or "").strip()) or f"guest-{secrets.token_hex(2)}"
    if Role(role) in ASKED and not output.agreed(
        f"As {role}, {person} {MAY[Role(role)]}. Let them in?", yes=yes, hint="`--yes` says that it is meant so."
    ):
        raise UsageError("No key was made.")
    paths = find_paths()
    made = sharing.share(paths, Role(role), person, until)
    server = standing(paths, this_machine())
    way = _command(str(made.file), server, host)
    private = made.file.read_text("ascii") if shown else None
    back = f"hive keys rm {made.entry.fingerprint}"
    if as_json:
        told = {"role": role, "name": person, "until": until.isoformat(), "fingerprint": made.entry.fingerprint}
        key = {"key": private} if private is not None else {}
        host_key = server.fingerprint if server is not None else None
        output.document(**told, command=way, file=str(made.file), host_key=host_key, take_back=back, **key)
        return
    output.line(way)
    if private is not None:
        output.script(private)
    local = until.astimezone().strftime("%d %b, %H:%M")
    output.talk(f"{person} {MAY[Role(role)]}: one session, which ends on {local}.")
    output.talk(f"The key to it is {made.file}: give them that file, and nobody else.")
    output.talk(f"This takes it back, and ends their session: {back}")
    for line in _serving(server):
        output.talk(line)


def _until(good: str) -> datetime:
    """Give the end of a length of time, to the second. Raises UsageError."""
    time = timedelta(minutes=length(good))
    if time > LONGEST:
        raise UsageError("A key that is lent is good for 7 days at most.", "`hive keys add` lets one in for longer.")
    return datetime.now(UTC).replace(microsecond=0) + time


def _command(file: str, server: "Standing | None", host: str | None) -> str:
    """Write the ssh command; the address is the server's, where it has one of its own."""
    port = server.port if server is not None else PORT
    known = server is not None and not ipaddress.ip_address(server.address).is_unspecified
    name = host or (server.address if server is not None and known else socket.gethostname())
    return shlex.join(["ssh", "-p", str(port), "-i", file, "-o", "IdentitiesOnly=yes", name])


def _serving(server: "Standing | None") -> list[str]:
    """Say what is to be known of the server."""
    if server is None:
        return ["Nobody can come in yet: `hive serve` lets them."]
    alone = ipaddress.ip_address(server.address).is_loopback
    reach = ["It listens on this machine alone: `hive serve --listen ADDR`, or a tunnel, lets others reach it."]
    return [f"They are asked whether to trust the host key {server.fingerprint}.", *(reach if alone else [])]
