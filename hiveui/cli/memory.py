"""The commands about the project's memory: read it, edit it, link its files, write a decision down."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import agree, as_json, command, in_workspace
from hiveui.cli.reach import here, pick, reach, state_of
from hiveui.errors import GitError, UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.memory import DECISIONS, FILES, SOURCE, Step, links
from hiveui.model.text import visible


@command("hive memory --edit AGENTS.md")
@click.argument("do", type=click.Choice(["show", "link"]), default="show")
@click.option("--edit", type=click.Choice(FILES), is_flag=False, flag_value=SOURCE, help="Edit a file; AGENTS.md.")
@click.option("--all", "every", is_flag=True, help="With link: make GEMINI.md too.")
@in_workspace
@agree
@as_json
def memory(do: str, edit: str | None, workspace: str | None, *, every: bool, yes: bool, as_json: bool) -> int:
    """Print what agents here are to know: AGENTS.md and its like, and the decisions that were taken.

    \b
    hive memory                    print it; agents may, too
    hive memory --edit             edit AGENTS.md; what others change meanwhile is merged
    hive memory link               say which files would be written so that AGENTS.md is the source of all
    hive memory link --yes         write them

    Exit code 1 where what you wrote and what others wrote cannot be merged: then both are kept in a file.
    """  # noqa: D301  click's mark for lines that stay as they are
    if do == "link":
        return _link(here(), every=every, yes=yes, as_json=as_json)
    with reach() as client:
        named: dict[str, Any] = (
            {} if os.environ.get("HIVE_TOKEN") else {"workspace": pick(state_of(client), workspace).id}
        )
        found = client.call("memory/read", **named)
        if edit is not None:
            return _edit(client, named, found, edit)
    if as_json:
        output.document(**found)
        return 0
    for file in found["files"]:
        output.talk(f"{found['folder']}/{file['name']}")
        for line in file["text"].splitlines():
            output.line(visible(line))
    if not found["files"]:
        output.talk("There is none yet: `hive memory link` begins one, `hive decide` adds to it.")
    return 0


@command('hive decide "sessions end after 30 days"')
@click.argument("text", nargs=-1, required=True)
@in_workspace
@as_json
def decide(text: tuple[str, ...], workspace: str | None, *, as_json: bool) -> None:
    """Write a decision down for all who work here, with its time and who took it. Agents may, too; the others hear."""
    with reach() as client:
        named: dict[str, Any] = (
            {} if os.environ.get("HIVE_TOKEN") else {"workspace": pick(state_of(client), workspace).id}
        )
        found = client.call("memory/decide", text=" ".join(text), **named)
    if as_json:
        output.document(**found)
    else:
        output.line(found["entry"].rstrip("\n"))
        output.talk(f"Kept in {found['file']}.")


def _named(client: BlockingClient, name: str | None) -> dict[str, Any]:
    """Give the workspace that is meant; that of an agent is known by its token."""
    return {} if os.environ.get("HIVE_TOKEN") else {"workspace": pick(state_of(client), name).id}


def _edit(client: BlockingClient, named: dict[str, Any], found: dict[str, Any], name: str) -> int:
    base = next((file["text"] for file in found["files"] if file["name"] == name), "")
    with tempfile.TemporaryDirectory(prefix="hive-memory-") as place:
        file = Path(place) / Path(name).name
        file.write_text(base, "utf-8")
        editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        try:
            subprocess.run([*editor, str(file)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise UsageError(f"The editor {editor[:1]} failed: {error}.", "Set EDITOR to one that is there.") from None
        text = file.read_text("utf-8", "replace")
    if text == base:
        output.talk("Nothing was changed.")
        return 0
    answer = client.call("memory/save", name=name, text=text, base=base, **named)
    if answer["saved"]:
        output.talk(f"{name} is saved{', with what was changed there meanwhile' if answer['merged'] else ''}.")
        return 0
    with tempfile.NamedTemporaryFile("w", prefix="memory-", suffix=".md", delete=False, encoding="utf-8") as kept:
        kept.write(answer["text"])
    output.talk(f"{name} was changed meanwhile in the same lines, and is not saved. Both stand in {kept.name}.")
    return 1


def _link(folder: Path, *, every: bool, yes: bool, as_json: bool) -> int:
    """Say which files would be written, and write them after a yes."""
    from hiveui.storage import memory as files  # noqa: PLC0415  most commands do without

    steps = links({name: files.read(folder, name) for name in FILES if name != DECISIONS}, every=every)
    tracked = _tracked(folder, steps)
    if not as_json:
        rows = [(s.name, s.why, "git tracks it: commit it" if s.name in tracked else "") for s in steps]
        output.table(("file", "", ""), rows) if rows else output.talk(f"{SOURCE} is the source of all already.")
    write = bool(steps) and (
        yes or (not as_json and output.at_terminal() and output.agreed("Write them?", yes=yes, hint=""))
    )
    for step in steps if write else ():
        files.write(folder, step.name, step.text)
    if as_json:
        facts = [{"file": s.name, "why": s.why, "tracked": s.name in tracked, "text": s.text} for s in steps]
        output.document(written=write, steps=facts)
    elif steps and not write:
        output.talk("Nothing was written: `hive memory link --yes` does.")
    return 0


def _tracked(folder: Path, steps: list[Step]) -> set[str]:
    """Give those of the files that git tracks."""
    from hiveui.git.program import git  # noqa: PLC0415  most commands do without

    try:
        listed = git(folder, "ls-files", "-z", "--", *(step.name for step in steps)).out if steps else ""
    except GitError:
        return set()
    return set(listed.split("\0"))
