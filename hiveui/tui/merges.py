"""What is shown of bringing agents' work together: who has what, what would come of it, how far it is. Pure."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len

from hiveui.model.conflicts import Side
from hiveui.model.merging import TROUBLE, UNDER_WAY, Status, Step, Train, summary
from hiveui.model.text import counted, visible
from hiveui.tui.chrome import fitted
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words

Fact = Mapping[str, Any]
"""What `merge/plan` tells of one agent."""

WIDE = 110
"""Columns from which there is room for branches."""
ROLE = 16
BRANCH = 30
"""Cells of a role and of a branch, at most."""
_MARKS: Mapping[Status, tuple[str, str]] = {
    Status.WAITING: ("·", "quiet"),
    Status.MERGED: ("✓", "done"),
    Status.NOTHING: ("=", "quiet"),
    Status.LEFT_OUT: ("–", "quiet"),
    Status.UNDONE: ("↶", "quiet"),
    **dict.fromkeys(UNDER_WAY, ("◐", "working")),
    **dict.fromkeys(TROUBLE, ("✗", "attention")),
}


WAYS: Mapping[str, str] = {
    "merge": "joined by a commit",
    "squash": "made into one commit",
    "rebase": "put behind the last one, commit by commit,",
}
"""What each way does with a branch."""


class Choice(NamedTuple):
    """What the person chose."""

    into: str
    way: str
    checked: bool
    taken: Sequence[str]
    """Roles, in the order in which they are to be merged."""


def card(facts: Sequence[Fact], choice: Choice, line: int, train: Train | None, columns: int) -> Page:
    """List the agents with what each has to merge, below how the last merge fares; `line` is chosen.

    Why that one cannot be merged is told whole below the list.
    """
    check = "each checked" if choice.checked else "not checked"
    heading = ((f" Merge into {visible(choice.into)}", "lit"), (f"   {choice.way}, {check}", "quiet"))
    body: list[Ends] = [*_fares(train, columns)]
    steps = {step.role: step for step in train.steps} if train is not None and not train.undone else {}
    live = train is not None and (train.running or train.trouble is not None)
    names = [cell_len(visible(fact["role"])) for fact in facts]
    room = min(max(names, default=0), ROLE if columns < WIDE else 2 * ROLE)
    for i, fact in enumerate(facts):
        dirty = ((f" {fact['dirty']} not committed ", "warning"),) if fact["dirty"] else ()
        step = steps.get(fact["role"]) if live or not fact["ahead"] else None
        body.append((_row(fact, choice, step, lit=i == line, room=room, columns=columns), dirty))
    why = textwrap.wrap(visible(facts[line]["why"]), columns - 3) if facts else []
    body += [((), ()), *(_line_of(f" {said}", "quiet") for said in why)] if why else []
    return Page(heading, body, wide=True)


def above(train: Train | None, columns: int) -> int:
    """Count the lines of a card above its list."""
    return len(_fares(train, columns))


def _fares(train: Train | None, columns: int) -> list[Ends]:
    """Say how the last merge fares; nothing where there was none."""
    if train is None:
        return []
    tone = "working" if train.running else "done" if train.undone or train.trouble is None else "attention"
    lines = textwrap.wrap(visible(summary(train)), columns - 3)
    return [*(_line_of(f" {said}", tone) for said in lines), ((), ())]


def _row(fact: Fact, choice: Choice, step: Step | None, *, lit: bool, room: int, columns: int) -> Words:
    role = fact["role"]
    taken = role in choice.taken
    tone = "lit" if lit else "plain" if taken else "quiet"
    place = choice.taken.index(role) + 1 if taken else ""
    words = [(f" {'▸' if lit else ' '} {place:>2} {fitted(visible(role), room)}  ", tone)]
    if columns >= WIDE:
        words.append((f"{fitted(visible(fact['branch']), BRANCH)} ", "quiet"))
    words.append((f"{_count('↑', fact['ahead'])} {_count('↓', fact['behind'])} ", "quiet"))
    return (*words, _told(fact, step, taken=taken))


def _line_of(text: str, tone: str) -> Ends:
    return ((text, tone),), ()


def _count(mark: str, number: int) -> str:
    return f"{mark}{number:<3}" if number else "    "


def _told(fact: Fact, step: Step | None, *, taken: bool) -> tuple[str, str]:
    """Say how far an agent's step is, else what is foreseen of it."""
    if step is not None and step.status is not Status.WAITING:
        mark, tone = _MARKS[step.status]
        more = f" {step.made[:10]}" if step.status is Status.MERGED else ""
        more += f": {visible(step.note)}" if step.note and step.status in TROUBLE else ""
        return f"{mark} {step.status}{more}", tone
    if fact["why"]:
        return visible(fact["why"]), "quiet"
    if fact["conflicts"]:
        paths = ", ".join(visible(one["path"]) for one in fact["conflicts"])
        return f"✗ will be in conflict: {paths}", "attention"
    if taken and fact["proof"] == "failed" and step is None:
        return f"clean, but {visible(' '.join(fact['check']))} failed", "warning"
    said = "clean" if taken else "nothing new" if not fact["ahead"] else "left out"
    check = f", {'checked' if fact['proof'] else 'then'} {visible(' '.join(fact['check']))}" if fact["check"] else ""
    check = check if taken and step is None else ""
    return f"{said}{check}", "plain" if taken else "quiet"


def question(facts: Sequence[Fact], choice: Choice, columns: int) -> Page:
    """Show what merging would do, and ask."""
    body: list[Ends] = []
    for number, fact in enumerate(facts, 1):
        commits = f"{counted(fact['ahead'], 'commit')} of {visible(fact['branch'])}"
        check = f", if {visible(' '.join(fact['check']))} passes" if choice.checked and fact["check"] else ""
        body.append((((f" {number:>2} {visible(fact['role'])}: ", "strong"), (f"{commits}{check}", "plain")), ()))
        for one in fact["conflicts"]:
            said = f"      it stops here: {visible(one['path'])} is in conflict ({visible(one['what'])})"
            body.append((((said, "attention"),), ()))
        if fact["dirty"]:
            said = f"      {counted(fact['dirty'], 'file')} changed and not committed: not merged"
            body.append(_line_of(said, "warning"))
    told = (
        f"Each is {WAYS[choice.way]} in a place of HiveUI's own; {visible(choice.into)}, and your checkout that is "
        "on it, follow once that went well. The first conflict or failed check stops it. u rolls all of it back."
    )
    body.append(((), ()))
    body += [(((f" {line}", "quiet"),), ()) for line in textwrap.wrap(told, min(columns, 100) - 3)]
    return Page(((f" Merge into {visible(choice.into)}?", "attention"),), body, wide=True)


def conflict(step: Step, into: str, files: Sequence[tuple[str, str, Sequence[Side]]], columns: int) -> Page:
    """Show both sides of each file in conflict, side by side where there is room: `files` are path, kind, places."""
    body: list[Ends] = []
    half = max(1, (columns - 5) // 2)
    ours, theirs = f"on {visible(into)}", f"of {visible(step.role)}"
    for path, what, places in files:
        body.append((((f" {visible(path)}", "strong"), (f"   {visible(what)}", "attention")), ()))
        if not places:
            body.append((((" no lines to show: one side has it otherwise as a whole", "quiet"),), ()))
        for place in places:
            body.append((_pair(f"line {place.line}, {ours}", theirs, half, "quiet"), ()))
            for i in range(max(len(place.ours), len(place.theirs))):
                left, right = (_line(side, i) for side in (place.ours, place.theirs))
                body.append((_pair(left, right, half, "plain"), ()))
        body.append(((), ()))
    heading = ((f" {visible(step.role)} is in conflict with {visible(into)}", "lit"),)
    return Page(heading, body, wide=True)


def _line(side: Sequence[str], number: int) -> str:
    return visible(side[number].expandtabs(4)) if number < len(side) else ""


def _pair(left: str, right: str, half: int, tone: str) -> Words:
    return ((f" {fitted(left, half)}", tone), (" │ ", "quiet"), (right, tone))


def taking_back(train: Train) -> Page:
    """Say what rolling a train back does, and ask."""
    landed = sum(step.status is Status.MERGED for step in train.steps)
    where = train.before[:10] or "before there was one"
    body = (
        f"   What came into it of {counted(landed, 'agent')} is taken out again; the agents' own branches stay.",
        f"   It is kept as refs/hive/after/{visible(train.id)}.",
    )
    heading = ((f" Roll {visible(train.into)} back to {where}?", "attention"),)
    return Page(heading, [_line_of(line, "plain") for line in body], wide=True)


def output(step: Step, text: str) -> Page:
    """Show what a check printed, its end first in view."""
    body: list[Ends] = [(((f" {visible(line.expandtabs(4))}", "plain"),), ()) for line in text.rstrip("\n").split("\n")]
    return Page(
        ((f" What the check of {visible(step.role)} printed", "lit"), (f"   {visible(step.note)}", "quiet")),
        body,
        wide=True,
    )


def commands(role: str, shown: Sequence[tuple[str, str]], columns: int) -> Page:
    """Show what would be run to propose a branch, and ask."""
    body: list[Ends] = []
    for command, given in shown:
        lines = textwrap.wrap(visible(command), columns - 4, subsequent_indent="    ", break_on_hyphens=False)
        body += [(((f" $ {line}" if i == 0 else f"   {line}", "strong"),), ()) for i, line in enumerate(lines)]
        body += [(((f"   {visible(line)}", "quiet"),), ()) for line in given.split("\n") if given]
    if len(shown) == 1:
        body.append((((" Neither gh nor glab is there for that host: it is pushed only.", "warning"),), ()))
    return Page(((f" Push the work of {visible(role)} and open a pull request?", "attention"),), body, wide=True)


def printed(role: str, lines: Sequence[str], *, done: bool) -> Page:
    """Show what pushing and proposing printed."""
    said, tone = ("is proposed", "lit") if done else ("could not be proposed", "attention")
    body: list[Ends] = [(((f" {visible(line)}", "plain"),), ()) for line in lines]
    return Page(((f" The work of {visible(role)} {said}", tone),), body, wide=True)
