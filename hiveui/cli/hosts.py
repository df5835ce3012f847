"""The commands on other hosts."""

import os
import shlex
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.checks import Check
from hiveui.cli.options import as_json, command
from hiveui.cli.reach import reach
from hiveui.model.text import counted, visible


@command("hive hosts build")
@click.argument("words", nargs=-1, metavar="[retry] [HOST]...")
@as_json
def hosts(words: tuple[str, ...], *, as_json: bool) -> None:
    """Look at the hosts that agents are on, and at those of config.yaml: what each has, and what is missing.

    `hive hosts retry` tries those again that are not reached, also one whose key was unknown. `hosts` of layouts and
    of config.yaml say how they are reached. Exits with 1 where one is not reached, or lacks what is needed.
    """
    again, names = words[:1] == ("retry",), words[1:] if words[:1] == ("retry",) else words
    with reach() as client:
        if again:
            tried = client.call("host/retry", names=list(names))
            if as_json:
                output.document(**tried)
            else:
                output.talk(
                    f"Tried again: {', '.join(tried['tried'])}." if tried["tried"] else "Every host is reached."
                )
            return
        found = client.call("host/check", folder=os.getcwd(), names=list(names))["hosts"]  # noqa: PTH109  text
    if as_json:
        output.document(hosts=found)
    else:
        _print(found)
    if not all(host["standing"] == "up" and all(check["ok"] for check in host["checks"]) for host in found):
        raise SystemExit(1)


def _print(found: list[dict[str, Any]]) -> None:
    if not found:
        output.talk("No other host is known. A layout, or config.yaml, names them: hosts: {build: {ssh: DESTINATION}}")
    for host in found:
        up = host["standing"] == "up"
        way = f"{host['way']} {visible(shlex.join(host['argv']))}"
        agents = f", {counted(host['agents'], 'agent')}" if host["agents"] else ""
        head = Check(host["name"], up, f"{host['standing']}: {way}{agents}")
        rows = [(head.mark, head.name, head.found)]
        if not up:
            rows.append(("", "", visible(f"{host['note']} {host['hint']}".strip())))
        for one in (Check(**check) for check in host["checks"]):
            said = visible(one.found) + (f": {visible(one.mend)}" if one.mend else "")
            rows.append((one.mark, f"  {one.name}", said))
        output.table(("", "host", "found"), rows)
