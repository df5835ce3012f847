"""`hive notify`: how the person is called, and trying it."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.checks import Check
from hiveui.cli.choices import configuration
from hiveui.cli.options import as_json, command
from hiveui.cli.reach import here, reach
from hiveui.model.alerts import Alert
from hiveui.tui.alerts import Speech, blindness, speech
from hiveui.tui.clipboard import Programs

UNUSED = "not used"
TRIED = Alert("A test of HiveUI", "This is what a notification looks like.")


@command("hive notify --test")
@click.option("--test", is_flag=True, help="Try each way now, whatever the hour.")
@as_json
def notify(*, test: bool, as_json: bool) -> int:
    """Tell how you are called when an agent needs you; exit code 1 where one of these ways failed last."""
    with reach() as client:
        found = client.call("alert/test" if test else "alert/ways")
    mine = this_terminal()
    tried = test and sys.stdout.isatty() and not as_json
    if tried:
        sys.stdout.write(mine.say(TRIED))
        sys.stdout.flush()
    rows = [check(mine), *ways(found)]
    if as_json:
        terminal = {"form": mine.form or None, "bell": mine.rings, "why": mine.why or None}
        output.document(**found, terminal=terminal, tried=test)
    else:
        output.talk(_said(found))
        output.table(("", "way", "by"), [("ok" if row.ok else "!!", row.name, row.found) for row in rows])
        for row in rows:
            if row.mend:
                output.talk(f"{row.name}: {row.mend}")
        if test and not tried:
            output.talk("This terminal was not tried: standard output is none.")
    return 0 if all(row.ok for row in rows) else 1


def this_terminal() -> Speech:
    """Tell how the terminal that this command runs in would be told."""
    choices = configuration(here())
    choices.look()
    settings = choices.config.settings
    return speech(os.environ, Programs(), settings.notify_terminal, bell=settings.bell)


def check(mine: Speech) -> Check:
    """Say it of this terminal."""
    unseen = blindness(os.environ, Programs())
    said = [f"pops up by {mine.form.upper()}"] if mine.form else []
    said += ["rings"] if mine.rings else []
    return Check(
        "this terminal",
        ok=True,
        found=", ".join(said) or "tells nothing",
        mend=" ".join(filter(None, (mine.why, unseen))),
    )


def ways(found: dict[str, Any]) -> Iterator[Check]:
    """Say it of the programs that the daemon runs."""
    for way in found["ways"]:
        trouble = "" if way["idle"] else way["trouble"]
        said = f"{UNUSED}: {way['idle']}" if way["idle"] else way["program"]
        yield Check(way["name"], ok=not trouble, found=said, mend=trouble)


def _said(found: dict[str, Any]) -> str:
    """Say what holds, in a sentence."""
    terminals = "1 terminal shows" if found["terminals"] == 1 else f"{found['terminals'] or 'no'} terminals show"
    there = f", {found['focused']} with you in front of it" if found["terminals"] else ""
    quiet = f" It is quiet hours, and {found['waiting']} wait for their end." if found["quiet"] else ""
    return f"You are notified of: {found['level']}. Just now {terminals} the hive{there}.{quiet}"
