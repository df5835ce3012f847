"""Commands on the keys that may log in over SSH."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, length
from hiveui.cli.reach import find_paths, refuse_agents
from hiveui.errors import UsageError
from hiveui.model.seat import LADDER, Role

LARGEST = 1 << 16
"""Bytes of a file that may hold a public key."""


@click.group(
    "keys", epilog="\b\nExample: hive keys add ~/.ssh/id_ed25519.pub --role driver", invoke_without_command=True
)
@as_json
@click.pass_context
def keys(ctx: click.Context, *, as_json: bool) -> None:
    """List, add and remove the keys that may log in over SSH (`hive serve`).

    They stand in ~/.config/hive/authorized_keys, which you may edit: lines as sshd has them, with the option
    `hive-role`. A change counts from the next login on, and a key that is gone ends its sessions.
    """
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@keys.command("ls", epilog="\b\nExample: hive keys ls --json")
@as_json
def ls(*, as_json: bool) -> None:
    """List them, and the lines that open nothing."""
    _list(as_json=as_json)


def _list(*, as_json: bool) -> None:
    from hiveui.ssh import keys as ring  # noqa: PLC0415  where SSH is used

    path = ring.key_file(find_paths())
    lines = ring.read(path)
    if as_json:
        bad = [{"line": line.number, "why": line.why} for line in lines if line.entry is None]
        output.document(file=str(path), keys=[_facts(line.entry) for line in lines if line.entry], refused=bad)
        return
    rows = [_row(line.entry) for line in lines if line.entry is not None]
    if rows:
        output.table(("role", "whose", "fingerprint", "good for"), rows)
    else:
        output.talk("No key may log in. `hive keys add FILE.pub` lets one in.")
    for line in lines:
        if line.entry is None:
            output.talk(f"{path}:{line.number}: {line.why}")


@keys.command("add", epilog="\b\nExample: hive keys add ann.pub --role approver --name ann --for 2h")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--role",
    type=click.Choice([str(role.value) for role in LADDER]),
    default=Role.VIEWER.value,
    show_default=True,
    help="What it may do.",
)
@click.option("--name", help="Whose it is; else the key's own remark.")
@click.option("--for", "good", metavar="TIME", help="How long it is good: 30m, 2h, 7d.")
@click.option("--once", is_flag=True, help="It is good for one login.")
@click.option("--from", "sources", metavar="PATTERN", multiple=True, help="It is good from there only: 10.0.0.0/8.")
@click.option("--no-terminal", is_flag=True, help="Only commands that print something.")
@as_json
def add(
    file: str,
    role: str,
    name: str | None,
    good: str | None,
    sources: tuple[str, ...],
    *,
    once: bool,
    no_terminal: bool,
    as_json: bool,
) -> None:
    """Let the public key in FILE log in; `-` reads it from standard input.

    A viewer looks; an approver also answers what agents ask; a driver types into them; an owner does everything.
    """
    from hiveui.ssh import keys as ring  # noqa: PLC0415  where SSH is used

    refuse_agents("let people in")
    entry = ring.add(
        ring.key_file(find_paths()),
        _read(file),
        Role(role),
        person=name,
        until=timedelta(minutes=length(good)) if good is not None else None,
        once=once,
        sources=sources,
        terminal=not no_terminal,
    )
    _tell([entry], as_json=as_json)


@keys.command("rm", epilog="\b\nExample: hive keys rm ann")
@click.argument("name", metavar="NAME|FINGERPRINT")
@as_json
def rm(name: str, *, as_json: bool) -> None:
    """Let the keys of NAME log in no more; their sessions end within a second or so."""
    from hiveui.ssh import keys as ring  # noqa: PLC0415  where SSH is used

    refuse_agents("shut people out")
    _tell(ring.remove(ring.key_file(find_paths()), name), as_json=as_json)


def _tell(entries: list[Any], *, as_json: bool) -> None:
    if as_json:
        output.document(keys=[_facts(entry) for entry in entries])
        return
    for entry in entries:
        output.line("  ".join(filter(None, _row(entry))))


def _read(file: str) -> str:
    try:
        text = sys.stdin.read(LARGEST) if file == "-" else Path(file).read_bytes()[:LARGEST].decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", "Name the file of a public key.") from error
    return text


def _row(entry: Any) -> tuple[str, str, str, str]:
    return entry.role, entry.person, entry.fingerprint, ", ".join(_good(entry)) or "ever"


def _good(entry: Any) -> list[str]:
    """Say what a key is bound to."""
    return [
        *(["certificates"] if entry.authority else []),
        *([f"principals {' '.join(entry.principals)}"] if entry.principals else []),
        *([f"from {' '.join(entry.sources)}"] if entry.sources else []),
        *([f"until {entry.until.isoformat(timespec='minutes')}"] if entry.until else []),
        *(["no terminal"] if not entry.terminal else []),
        *(["one login, had" if entry.used else "one login"] if entry.once else []),
    ]


def _facts(entry: Any) -> dict[str, Any]:
    return {
        "fingerprint": entry.fingerprint,
        "type": entry.sort,
        "role": entry.role,
        "name": entry.person,
        "authority": entry.authority,
        "principals": list(entry.principals),
        "from": list(entry.sources),
        "until": entry.until.isoformat() if entry.until else None,
        "terminal": entry.terminal,
        "once": entry.once,
        "used": entry.used,
    }
