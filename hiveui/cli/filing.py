"""Commands on what agents do to files: what changed, and who changed it."""

import os
from datetime import UTC, datetime

import click

from hiveui.cli import offers, output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import here, is_outside, pick, reach, state_of
from hiveui.model.changes import Write
from hiveui.model.codec import from_json
from hiveui.model.feed import ago, lines, whose

SHOWN = 30
"""Changes that are listed unless more are asked for."""


@command("hive files backend --limit 50")
@click.argument("role", required=False, default="", shell_complete=offers.roles)
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=SHOWN, show_default=True, help="At most so many.")
@click.option("--after", metavar="TIME", default="", help="Only what was noticed after this time, RFC 3339, UTC.")
@in_workspace
@as_json
def files(role: str, limit: int, after: str, workspace: str | None, *, as_json: bool) -> None:
    """List what changed in the files that agents work on, newest first, or what ROLE changed.

    BY says whose a change is and how that is known: by the agent's own `tool`, its `worktree`, a `process` of its
    pane that had the file open, or the one `command` that was running there. `?` is a change of which none of these
    is known; it may have been yours.
    """
    with reach() as client:
        chosen = pick(state_of(client), workspace)
        found = client.call("files/list", workspace=chosen.id, role=role, limit=limit, after=after)
    if as_json:
        output.document(workspace=chosen.id, **found)
        return
    for one in found["checkouts"]:
        if one["notice"]:
            output.talk(f"{one['top']}: {one['notice']}")
    if not found["writes"]:
        output.talk("Nothing has changed since watching began." if found["checkouts"] else "No checkout is watched.")
        return
    several, now = len(found["checkouts"]) > 1, datetime.now(UTC)
    writes = [from_json(Write, one) for one in found["writes"]]
    rows = [
        (ago(one.time, now), whose(one), one.deed, lines(one), _path(one, several=several), one.evidence)
        for one in writes
    ]
    output.table(("age", "by", "", "lines", "file", "how that is known"), rows)


@command("hive who src/app.py")
@click.argument("path", type=click.Path())
@as_json
def who(path: str, *, as_json: bool) -> int:
    """Tell who changed PATH last, how that is known, who else changed it since watching began, and who holds it.

    Exits with 4 where nothing changed it since then.
    """
    folder, name = os.path.split(path)  # names that are no text
    place = os.path.join(here() / folder if is_outside() else os.path.realpath(here() / folder), name)  # noqa: PTH118
    with reach() as client:
        found = client.call("files/who", path=os.path.normpath(place))
    if as_json:
        output.document(path=place, **found)
        return 0 if found["writes"] else NOBODY
    for one in found["held"]:
        why = f" ({one['why']})" if one["why"] else ""
        output.line(f"{one['role'] or 'the person'} holds it until {one['ends'] or 'it is released'}{why}")
    if not found["writes"]:
        began = datetime.fromisoformat(found["since"]).astimezone().strftime("%Y-%m-%d %H:%M")
        output.talk(
            f"Nothing has changed it since {began}, when watching began. `git log` and `git blame` know of before."
        )
        return NOBODY
    now, seen = datetime.now(UTC), set()
    for one in (from_json(Write, write) for write in found["writes"]):
        if one.by not in seen:
            seen.add(one.by)
            name = one.role or "somebody"
            output.line(f"{name} {one.deed} it {ago(one.time, now)} ago ({one.how}: {one.evidence})")
    return 0


NOBODY = 4
"""The exit status where nothing changed a file."""


def _path(write: Write, *, several: bool) -> str:
    return f"{os.path.basename(write.top)}: {write.path}" if several else write.path  # noqa: PTH119  no file
