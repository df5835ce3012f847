"""The command on where agents meet."""

from collections.abc import Iterable
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import place_of, reach
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.codec import from_json, to_json
from hiveui.model.collisions import WORDS, Collision, Part, Side
from hiveui.model.warning import said

CALLED = 3
"""Exit code where agents undo one another's work."""


@command("hive collisions || hive collisions tell ID")
@click.argument("do", type=click.Choice(["ls", "show", "tell", "settle"]), default="ls")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Those that are settled, and generated files, too.")
@in_workspace
@as_json
def collisions(do: str, id_: str | None, workspace: str | None, *, everything: bool, as_json: bool) -> int:
    """List where agents change one another's files, the worst first; exit code 3 where they undo one another's work.

    \b
    hive collisions              list those that stand
    hive collisions show ID      print what each side changed, and the conflict that git foresees
    hive collisions tell ID      have its agents told of it
    hive collisions settle ID    take it as settled, until somebody writes there again

    It is the same lines, a merge that would conflict, a path that another has reserved, the same path, or a file that
    was changed after another had read it. Agents may list them, too.
    """  # noqa: D301  click's mark for lines that stay as they are
    with reach() as client:
        place = place_of(client, workspace)
        if do != "ls":
            if id_ is None:
                raise UsageError("Which one?", "`hive collisions` lists them with their ids.")
            _one(client, do, {**place, "collision": id_}, as_json=as_json)
            return 0
        found = [from_json(Collision, one) for one in client.call("collision/list", **place)["collisions"]]
    standing = [one for one in found if one.open and not one.quiet]
    shown = found if everything else standing
    if as_json:
        output.document(collisions=to_json(shown))
    elif shown:
        output.table(("id", "what", "path", "lines", "who", "since", ""), [_row(one) for one in shown])
    else:
        output.talk("No agents meet in any file.")
    return CALLED if any(one.calls for one in standing) else 0


def _one(client: BlockingClient, do: str, params: dict[str, Any], *, as_json: bool) -> None:
    """Do what is asked of one collision."""
    if do == "show":
        found = client.call("collision/look", **params)
        if as_json:
            output.document(**found)
            return
        for side in found["sides"]:
            output.line(f"--- {side['role'] or 'somebody'}  {side['top']}")
            _lines(side["lines"])
        if found["conflict"]:
            output.line("--- what a merge would leave")
            _lines(found["conflict"])
        return
    told = client.call(f"collision/{do}", **params) or {}
    if as_json:
        output.document(**told)
    elif told:
        output.talk(f"{' and '.join(told['told'])} will be told, once at rest.")


def _lines(lines: Iterable[tuple[int, str, str]]) -> None:
    for number, sign, text in lines:
        output.line(f"{number:>6} {sign} {text}")


def _row(one: Collision) -> tuple[str, ...]:
    who = ", ".join(f"{side.role or 'somebody'} {_did(side)}".strip() for side in one.sides)
    state = f"settled: {one.why}" if one.settled else "told" if one.told else ""
    return one.id, WORDS[one.sort], one.path, said(one.lines), who, one.opened, state


def _did(side: Side) -> str:
    if side.part is not Part.WROTE:
        return side.part.value
    return "" if side.added is None else f"+{side.added} −{side.removed or 0}"
