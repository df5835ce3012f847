"""The command that lets people in over SSH."""

import os
import socket
import sys
from importlib.metadata import version
from pathlib import Path

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, length
from hiveui.cli.reach import ensure, find_paths, refuse_agents
from hiveui.errors import HiveError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.model.seat import Seat
from hiveui.paths import Paths
from hiveui.ssh.terms import HERE, PORT, Terms

ARGV = (sys.executable, "-P", "-m", "hiveui", "serve")


@command("hive serve --port 8022")
@click.option("--listen", metavar="ADDR", default=HERE, show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="The port; 0 for any.")
@click.option("--idle", metavar="TIME", default="12h", show_default=True, help="End a session without a key; 0 never.")
@click.option("--longest", metavar="TIME", default="7d", show_default=True, help="End a session after; 0 never.")
@click.option("--check", is_flag=True, help="Tell whether a server answers: exit code 0, else 1.")
@click.option("--install", is_flag=True, help="Write what starts it at login, and start nothing.")
@click.option("--dry-run", is_flag=True, help="With --install: print it instead.")
@as_json
def serve(
    listen: str,
    port: int,
    idle: str,
    longest: str,
    *,
    check: bool,
    install: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Let people in over SSH: `ssh -t -p 8022 HOST` shows them this hive, under the role of their key.

    It runs until it is ended (ctrl+c), and ends nothing but its own sessions. It listens on this machine alone unless
    told otherwise. `hive keys add` lets a key in; without one, nobody comes in. Who came stands in
    ~/.local/state/hive/ssh/audit.log.
    """
    paths = find_paths()
    if check:
        return _check(paths, as_json=as_json)
    refuse_agents("let people in")
    if install:
        chosen = ["--listen", listen, "--port", str(port), "--idle", idle, "--longest", longest]
        return _install(chosen, dry_run=dry_run, as_json=as_json)
    return _serve(paths, listen, port, 60 * length(idle, never=True), 60 * length(longest, never=True), as_json=as_json)


def _serve(paths: Paths, listen: str, port: int, idle: float, longest: float, *, as_json: bool) -> int:
    import asyncio  # noqa: PLC0415  `--check` and `--install` need none of these
    import logging  # noqa: PLC0415

    from hiveui.ssh import keys, serving  # noqa: PLC0415
    from hiveui.ssh.files import Standing  # noqa: PLC0415

    def gateway(seat: Seat) -> BlockingClient:
        ensure(paths)
        return connect(paths.hive_socket, "hive serve", version("hiveui"), seat=seat)

    def begun(standing: Standing) -> None:
        if as_json:
            output.record(pid=standing.pid, address=standing.address, port=standing.port, host_key=standing.fingerprint)
            return
        everywhere = standing.address in {"0.0.0.0", "::"}  # noqa: S104  it is compared
        output.line(f"ssh -t -p {standing.port} {socket.gethostname() if everywhere else standing.address}")
        output.talk(f"The host key is {standing.fingerprint}.")
        if not keys.entries(keys.key_file(paths)):
            output.talk("No key may log in yet. `hive keys add FILE.pub` lets one in.")

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # a line for each answer to a client that has left
    terms = Terms(listen, port, idle, longest)
    try:
        asyncio.run(serving.serve(paths, terms, gateway, begun))
    except* HiveError as errors:
        raise errors.exceptions[0] from None
    return 0


def _check(paths: Paths, *, as_json: bool) -> int:
    from dataclasses import asdict  # noqa: PLC0415  only here

    from hiveui.machine import this_machine  # noqa: PLC0415
    from hiveui.ssh import files, serving  # noqa: PLC0415

    found = files.standing(paths, this_machine())
    trouble = serving.trouble(found)
    if as_json:
        output.document(answers=not trouble, trouble=trouble or None, server=asdict(found) if found else None)
    elif found is None or trouble:
        output.talk(f"{trouble} `hive serve` starts one.")
    else:
        output.line(f"{found.address} port {found.port} answers, pid {found.pid}, host key {found.fingerprint}")
    return 1 if trouble else 0


def _install(chosen: list[str], *, dry_run: bool, as_json: bool) -> int:
    from hiveui.ssh import unit  # noqa: PLC0415  only here
    from hiveui.storage import atomic  # noqa: PLC0415

    write = unit.launchd if sys.platform == "darwin" else unit.systemd
    found = write(Path.home(), os.environ, [*ARGV, *chosen])
    if not dry_run:
        found.path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(found.path, found.text.encode(), 0o644)
    if as_json:
        output.document(path=str(found.path), text=found.text, start=found.start, written=not dry_run)
    elif dry_run:
        output.script(found.text)
        output.talk(f"It would be written to {found.path}.")
    else:
        output.talk(f"{found.path} is written. This starts it:")
        output.line(found.start)
    return 0
