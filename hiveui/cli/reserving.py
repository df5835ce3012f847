"""The command on paths that are held for a while."""

from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.options import length as minutes
from hiveui.cli.reach import here, place_of, reach
from hiveui.errors import UsageError


@command("hive reserve 'services/api/**' --for 30m --why 'the login'")
@click.argument("paths", nargs=-1)
@click.option("--for", "length", metavar="TIME", help="For how long: 30m, 2h; an hour where nothing is said.")
@click.option("--why", default="", help="What for, in a few words.")
@click.option("--turn", is_flag=True, help="Only until the turn of the agent that asks ends.")
@click.option("--list", "listing", is_flag=True, help="List what is held.")
@click.option("--release", is_flag=True, help="Let go of the reservation of that id, else of all one's own.")
@in_workspace
@as_json
def reserve(
    paths: tuple[str, ...],
    workspace: str | None,
    *,
    length: str | None,
    why: str,
    turn: bool,
    listing: bool,
    release: bool,
    as_json: bool,
) -> None:
    """Hold PATHS, or globs, for a while: others see it, and one that writes there meets you.

    Nothing is locked. It is refused where another holds one of them, and you are told who and until when. Agents may
    reserve, too; what they hold ends with their program at the latest.
    """
    if not (paths or listing or release):
        raise UsageError("What is to be reserved?", "hive reserve 'services/api/**' --for 30m")
    with reach() as client:
        params: dict[str, Any] = place_of(client, workspace)
        if release:
            params |= {"reservation": paths[0]} if paths else {}
        elif not listing:
            params |= {"paths": list(paths), "folder": str(here()), "why": why, "turn": turn}
            params |= {"minutes": minutes(length)} if length is not None else {}
        found = client.call(f"reservation/{'release' if release else 'list' if listing else 'make'}", **params)
    if as_json:
        output.document(**found)
    elif listing and found["reservations"]:
        rows = [
            (one["id"], " ".join(one["globs"]), one["role"] or "you", _end(one), one["why"])
            for one in found["reservations"]
        ]
        output.table(("id", "paths", "whose", "until", "why"), rows)
    elif listing:
        output.talk("Nothing is reserved.")
    elif release:
        output.talk(f"{len(found['released'])} reservations were released.")
    else:
        made = found["reservation"]
        output.line(f"{made['id']}  {' '.join(made['globs'])}  until {_end(made)}")


def _end(reservation: dict[str, Any]) -> str:
    return f"{reservation['ends']}{', or the turn ends' if reservation['turn'] else ''}"
