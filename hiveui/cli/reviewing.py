"""Commands about what agents changed: the diff over all of them, what of it is unreviewed, comments on lines."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.codec import to_json
from hiveui.model.comparison import Area, Changed, Group, Reader, author
from hiveui.model.diff import Hunk
from hiveui.model.state import Workspace
from hiveui.model.text import visible

_INKS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m", "=": "\x1b[1m"}


@command("hive diff backend --by risk")
@click.argument("role", required=False)
@click.option("--by", type=click.Choice([group.value for group in Group]), default=Group.AGENT.value, help="The order.")
@in_workspace
@as_json
def diff(role: str | None, by: str, workspace: str | None, *, as_json: bool) -> None:
    """Print what all agents changed, or what changed where ROLE works: committed, not committed, and new files.

    A worktree is compared with where it left its base, a shared checkout with HEAD.
    """
    with reach() as client:
        found = pick(state_of(client), workspace)
        taken = _taken(client, found, role)
        files = _files(client, found, taken["comparison"], by)
    seen = set(found.review.reviewed)
    areas = [Area(**area) for area in taken["areas"]]
    if as_json:
        told = [_facts(one, areas, seen) for one in files]
        output.document(workspace=found.name, areas=taken["areas"], files=told)
        return
    for area in areas:
        if area.note:
            output.talk(area.note)
    if not files:
        output.talk("Nothing was changed.")
    for one in files:
        _print(one, areas[one.area], seen)


@command("hive review")
@in_workspace
@as_json
def review(workspace: str | None, *, as_json: bool) -> None:
    """Tell what is unreviewed of each agent's changes, and which comments wait for an answer."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        taken = _taken(client, found, None)
    rows = [one for one in taken["agents"] if one["role"] or one["files"]]
    if as_json:
        told = [{**one, "role": one["role"] or None} for one in rows]
        output.document(workspace=found.name, areas=taken["areas"], agents=told)
        return
    cells = ("files", "added", "removed", "hunks", "unreviewed", "comments")
    output.table(
        ("role", *cells), [(one["role"] or "(not known)", *(str(one[cell]) for cell in cells)) for one in rows]
    )


@command('hive comment backend src/auth.py:41 "Why not datetime?"')
@of_role
@click.argument("place", metavar="FILE:LINE")
@click.argument("text")
@click.option("--old", is_flag=True, help="The line is one of those before the change.")
@in_workspace
@as_json
def comment(role: str, place: str, text: str, workspace: str | None, *, old: bool, as_json: bool) -> None:
    """Say something of a line to ROLE, in a numbered message; `hive comments` shows what becomes of it.

    FILE is below the top of its checkout, as `hive diff` names it.
    """
    path, _, line = place.rpartition(":")
    if not path or not line.isdecimal():
        raise UsageError(f"{place} names no line.", "Write it as FILE:LINE.")
    with reach() as client:
        found = pick(state_of(client), workspace)
        params: dict[str, Any] = {"workspace": found.id, "role": role, "path": path, "line": int(line), "text": text}
        written = client.call("comment/write", **params, old=old)
    if as_json:
        output.document(**written)
        return
    waits = f"  {written['why'] or 'it is not its turn yet'}" if written["stage"] == "queued" else ""
    output.line(f"#{written['number']}  {written['stage']}{waits}")


@command("hive comments")
@click.option("--resolve", metavar="NUMBER", type=click.IntRange(1), help="Be content with what became of that one.")
@in_workspace
@as_json
def comments(workspace: str | None, *, resolve: int | None, as_json: bool) -> None:
    """List what you said of lines, and how far each has come: queued, delivered, answered, changed, resolved."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        if resolve is not None:
            client.call("comment/resolve", workspace=found.id, number=resolve)
        listed = client.call("comment/list", workspace=found.id)["comments"]
    if as_json:
        hidden = ("place", "prompt")
        told = [{k: v for k, v in one.items() if k not in hidden} | {"answer": one["answer"] or None} for one in listed]
        output.document(workspace=found.name, comments=told)
        return
    rows = [
        (f"#{c['number']}", c["role"], f"{c['path']}:{c['line']}", c["stage"], c["text"], c["answer"]) for c in listed
    ]
    output.table(("", "role", "place", "stage", "comment", "answer"), rows)


def _taken(client: BlockingClient, workspace: Workspace, role: str | None) -> Any:
    with output.waiting("Comparing…"):
        return client.call("review/take", workspace=workspace.id, role=role or "")


def _files(client: BlockingClient, workspace: Workspace, comparison: int, by: str) -> list[Changed]:
    reader, page = Reader(), 0
    while page is not None:
        answer = client.call("review/page", workspace=workspace.id, comparison=comparison, group=by, page=page)
        reader.take(answer["pieces"])
        page = answer["next"]
    return reader.files


def _facts(one: Changed, areas: list[Area], seen: set[str]) -> dict[str, Any]:
    file = to_json(one.file)
    hunks = [
        {**hunk, "digest": digest, "reviewed": digest in seen}
        for hunk, digest in zip(file.pop("hunks"), one.digests, strict=False)
    ]
    more = {"roles": list(one.roles), "top": areas[one.area].top, "note": one.note or None, "risk": to_json(one.risk)}
    return {**file, **more, "reviewed": all(digest in seen for digest in one.digests), "hunks": hunks}


def _print(one: Changed, area: Area, seen: set[str]) -> None:
    left = sum(digest not in seen for digest in one.digests)
    moved = f"{one.file.old_path} → " if one.file.old_path != one.file.path else ""
    head = f"{author(one)}  {moved}{one.file.path}  {one.file.status}  +{one.file.added} −{one.file.removed}"
    _say("=", f"{head}  against {area.against}" + (f"  {left} unreviewed" if left else "  reviewed"))
    for reason in (*one.risk.reasons, one.note, "binary" * (one.file.binary and not one.note)):
        if reason:
            output.line(f"   {reason}")
    for hunk in one.file.hunks:
        for mark, text in _lines(hunk):
            _say(mark, text)


def _lines(hunk: Hunk) -> Iterator[tuple[str, str]]:
    yield "@", f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@ {hunk.heading}"
    for line in hunk.lines:
        yield line.mark, line.mark + line.text.expandtabs(4)
        if line.bare:
            yield " ", "\\ No newline at end of file"


def _say(mark: str, text: str) -> None:
    ink = _INKS.get(mark) if sys.stdout.isatty() else None
    if ink is None:
        output.line(text)
    else:
        output.painted(ink + visible(text))
