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
from hiveui.cli.reach import here, place_of, reach
from hiveui.errors import GitError, HiveError, StorageError, UsageError
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
        place = place_of(client, workspace)
        found = client.call("memory/read", **place)
    if edit is not None:
        return _edit(place, found, edit)
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
        found = client.call("memory/decide", text=" ".join(text), **place_of(client, workspace))
    if as_json:
        output.document(**found)
    else:
        output.line(found["entry"].rstrip("\n"))
        output.talk(f"Kept in {found['file']}.")


def _edit(place: dict[str, Any], found: dict[str, Any], name: str) -> int:
    base = next((file["text"] for file in found["files"] if file["name"] == name), "")
    text = _edited(base, Path(name).name)
    if text == base:
        output.talk("Nothing was changed.")
        return 0
    try:
        with reach() as client:  # anew: the daemon may be another one by now
            answer = client.call("memory/save", name=name, text=text, base=base, **place)
    except HiveError as error:
        raise StorageError(f"{error} Nothing was saved; what you wrote stands in {_kept(text)}.", error.hint) from error
    if answer["saved"]:
        output.talk(f"{name} is saved{', with what was changed there meanwhile' if answer['merged'] else ''}.")
        return 0
    both = _kept(answer["text"])
    output.talk(f"{name} was changed meanwhile in the same lines, and is not saved. Both stand in {both}.")
    return 1


def _edited(base: str, name: str) -> str:
    """Give what the person's editor makes of a text, line ends and all. Raises UsageError."""
    with tempfile.TemporaryDirectory(prefix="hive-memory-") as place:
        file = Path(place) / name
        file.write_bytes(base.encode())
        editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        try:
            subprocess.run([*editor, str(file)], check=True)
            return file.read_bytes().decode("utf-8", "replace")
        except (OSError, subprocess.CalledProcessError) as error:
            raise UsageError(f"The editor {editor[:1]} failed: {error}.", "Set EDITOR to one that is there.") from None


def _kept(text: str) -> str:
    """Put a text that could not be saved into a file of its own; gives its path."""
    with tempfile.NamedTemporaryFile("wb", prefix="memory-", suffix=".md", delete=False) as kept:
        kept.write(text.encode("utf-8", "replace"))
    return kept.name


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
