"""Commands on prompts that wait, and on those that are kept by name."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient

Call = Callable[..., Any]


@command("hive queue backend mv 3 1", ignore_unknown_options=True)
@of_role
@click.argument("do", type=click.Choice(["ls", "show", "edit", "mv", "rm", "now", "hold", "go"]), default="ls")
@click.argument("words", nargs=-1, metavar="[NUMBER|ID] [TEXT|PLACE]")
@in_workspace
@as_json
def queue(role: str, do: str, words: tuple[str, ...], workspace: str | None, *, as_json: bool) -> None:
    """List the prompts that wait for ROLE, or change them, by their number in the list or their id.

    \b
    hive queue ROLE                list them
    hive queue ROLE show 1         print the first
    hive queue ROLE edit 1 TEXT    give it another text; `-` reads it from standard input
    hive queue ROLE mv 3 1         put the third first
    hive queue ROLE rm 1           delete it
    hive queue ROLE now 1          type it now whatever ROLE does; try one again that needs you
    hive queue ROLE hold           hold them all
    hive queue ROLE go             let them go on
    """  # noqa: D301  click's mark for lines that stay as they are
    with reach() as client:
        chosen = pick(state_of(client), workspace).id

        def call(method: str, **params: Any) -> Any:
            return client.call(method, workspace=chosen, role=role, **params)

        waiting = call("prompt/list")["prompts"]
        if do != "ls":
            _ACTS[do](call, waiting, words)
            waiting = call("prompt/list")["prompts"] if do != "show" else waiting
    if as_json:
        output.document(role=role, prompts=waiting)
    elif do == "ls":
        _show(role, waiting)


@command("hive prompts")
@click.argument("name", required=False)
@in_workspace
@as_json
def prompts(name: str | None, workspace: str | None, *, as_json: bool) -> None:
    """List the prompts that are kept by name, or print NAME.

    They are Markdown files in the project's `.hive/prompts`, in your own `~/.config/hive/prompts`, and shipped ones.
    """
    with reach() as client:
        shelf = _shelf(client, workspace)
    if name is not None:
        shelf = [one for one in shelf if one["name"] == name]
        if not shelf:
            raise UsageError(f"There is no prompt {name!r}.", "`hive prompts` lists them.")
    if as_json:
        output.document(prompts=shelf)
    elif name is not None:
        output.script(shelf[0]["text"] or shelf[0]["error"])
    else:
        rows = [(one["name"], one["origin"], _needs(one), one["error"] or one["description"]) for one in shelf]
        output.table(("name", "from", "needs", "what for"), rows)


def _shelf(client: BlockingClient, workspace: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.call("prompt/library", workspace=pick(state_of(client), workspace).id)[
        "prompts"
    ]
    return found


def _needs(prompt: dict[str, Any]) -> str:
    return ", ".join(one["name"] for one in prompt["variables"] if not one["default"])


def _show(role: str, waiting: list[dict[str, Any]]) -> None:
    if not waiting:
        output.talk(f"Nothing waits for {role}.")
        return
    rows = [
        (str(number), one["id"], "needs you" if one["note"] else one["step"], one["preview"][:60], one["why"])
        for number, one in enumerate(waiting, 1)
    ]
    output.table(("", "id", "step", "prompt", "why"), rows)


def _found(waiting: list[dict[str, Any]], words: tuple[str, ...], count: int, usage: str) -> dict[str, Any]:
    """Find the prompt that is meant by its number or id. Raises UsageError."""
    if len(words) != count:
        raise UsageError("That is not how it is said.", usage)
    for number, one in enumerate(waiting, 1):
        if words[0] in {str(number), one["id"]}:
            return one
    raise UsageError(f"No prompt {words[0]!r} waits.", "`hive queue ROLE` lists them.")


def _print(call: Call, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    one = _found(waiting, words, 1, "hive queue ROLE show NUMBER")
    output.script(call("prompt/text", prompt=one["id"])["text"])


def _edit(call: Call, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    one = _found(waiting, words, 2, "hive queue ROLE edit NUMBER TEXT")
    call("prompt/edit", prompt=one["id"], text=sys.stdin.read() if words[1] == "-" else words[1])


def _move(call: Call, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    one = _found(waiting, words, 2, "hive queue ROLE mv NUMBER PLACE")
    if not words[1].isdecimal() or not int(words[1]):
        raise UsageError(f"{words[1]!r} is no place.", "Places count from 1.")
    call("prompt/move", prompt=one["id"], place=int(words[1]) - 1)


def _remove(call: Call, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    call("prompt/drop", prompt=_found(waiting, words, 1, "hive queue ROLE rm NUMBER")["id"])


def _now(call: Call, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    call("prompt/release", prompt=_found(waiting, words, 1, "hive queue ROLE now NUMBER")["id"])


def _hold(call: Call, _: list[dict[str, Any]], words: tuple[str, ...], *, held: bool) -> None:
    if words:
        raise UsageError("That is not how it is said.", "hive queue ROLE hold, or go")
    call("prompt/hold", held=held)


_ACTS: dict[str, Callable[[Call, list[dict[str, Any]], tuple[str, ...]], None]] = {
    "show": _print,
    "edit": _edit,
    "mv": _move,
    "rm": _remove,
    "now": _now,
    "hold": partial(_hold, held=True),
    "go": partial(_hold, held=False),
}
