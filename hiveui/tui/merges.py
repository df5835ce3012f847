"""What is shown of bringing agents' work together: who has what, what would come of it, how far it is. Pure."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from hiveui.model.conflicts import Side
from hiveui.model.merging import TROUBLE, UNDER_WAY, Status, Step, Train, summary
from hiveui.model.text import visible
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


class Choice(NamedTuple):
    """What the person chose."""

    into: str
    way: str
    checked: bool
    taken: Sequence[str]
    """Roles, in the order in which they are to be merged."""


def card(facts: Sequence[Fact], choice: Choice, line: int, train: Train | None, columns: int) -> Page:
    """List the agents with what each has to merge, below how the last merge fares; `line` is chosen."""
    check = "checked" if choice.checked else "not checked"
    heading = ((f" Merge into {visible(choice.into)}", "lit"), (f"   {choice.way}, {check}", "quiet"))
    body: list[Ends] = []
    steps: dict[str, Step] = {}
    if train is not None:
        stopped = train.trouble is not None
        tone = "attention" if stopped and not train.undone else "working" if train.running else "done"
        body += [(((f" {said}", tone),), ()) for said in textwrap.wrap(visible(summary(train)), columns - 3)]
        body.append(((), ()))
        if not train.undone:
            steps = {step.role: step for step in train.steps}
    body += [
        _row(fact, choice, steps.get(fact["role"]), chosen=i == line, columns=columns) for i, fact in enumerate(facts)
    ]
    if not facts:
        body.append((((" Nobody is here.", "quiet"),), ()))
    return Page(heading, body, wide=True)


def above(train: Train | None, columns: int) -> int:
    """Count the lines of a card above its list."""
    return len(textwrap.wrap(visible(summary(train)), columns - 3)) + 1 if train is not None else 0


def _row(fact: Fact, choice: Choice, step: Step | None, *, chosen: bool, columns: int) -> Ends:
    role = fact["role"]
    tone = "lit" if chosen else "plain" if role in choice.taken else "quiet"
    place = f"{choice.taken.index(role) + 1}" if role in choice.taken else " "
    name = set_cell_size(visible(role), ROLE) if cell_len(visible(role)) > ROLE else f"{visible(role):<{ROLE}}"
    counts = f"{_count('↑', fact['ahead'])} {_count('↓', fact['behind'])}  "
    left: list[tuple[str, str]] = [(f" {'▸' if chosen else ' '} {place:>2} ", tone), (f"{name} ", tone)]
    if columns >= WIDE:
        branch = visible(fact["branch"])
        left.append((set_cell_size(branch, BRANCH) + " ", "quiet"))
    left.append((counts, "quiet"))
    left += _told(fact, step, role in choice.taken)
    return tuple(left), ()


def _line_of(text: str, tone: str) -> Ends:
    return ((text, tone),), ()


def _count(mark: str, number: int) -> str:
    return f"{mark}{number:<3}" if number else "    "


def _told(fact: Fact, step: Step | None, taken: bool) -> list[tuple[str, str]]:
    """Say how far an agent's step is, or what is foreseen; and what of its work is not committed."""
    dirty = f"   {fact['dirty']} not committed" if fact["dirty"] else ""
    if step is not None and step.status is not Status.WAITING:
        mark, tone = _MARKS[step.status]
        made = f" {step.made[:10]}" if step.status is Status.MERGED else ""
        note = f": {visible(step.note)}" if step.note and step.status in TROUBLE else ""
        return [(f"{mark} {step.status}{made}{note}", tone), (dirty, "warning")]
    if fact["why"]:
        return [(visible(fact["why"]), "quiet"), (dirty, "warning")]
    if fact["conflicts"]:
        paths = ", ".join(visible(one["path"]) for one in fact["conflicts"])
        return [(f"✗ in conflict: {paths}", "attention"), (dirty, "warning")]
    said = "clean" if taken else "nothing new" if not fact["ahead"] else "left out"
    check = f", then {visible(' '.join(fact['check']))}" if taken and fact["check"] else ""
    return [(f"{said}{check}", "plain" if taken else "quiet"), (dirty, "warning")]


def question(facts: Sequence[Fact], choice: Choice, columns: int) -> Page:
    """Show what merging would do, and ask."""
    body: list[Ends] = []
    for number, fact in enumerate(facts, 1):
        commits = f"{fact['ahead']} commit{'s' * (fact['ahead'] != 1)} of {visible(fact['branch'])}"
        check = f", if {visible(' '.join(fact['check']))} passes" if choice.checked and fact["check"] else ""
        body.append((((f" {number:>2} {visible(fact['role'])}: ", "strong"), (f"{commits}{check}", "plain")), ()))
        for one in fact["conflicts"]:
            said = f"      it stops here: {visible(one['path'])} is in conflict ({visible(one['what'])})"
            body.append((((said, "attention"),), ()))
        if fact["dirty"]:
            body.append(
                _line_of(f"      {fact['dirty']} files that it changed are not committed: not merged", "warning")
            )
    told = (
        f"Each is merged by {choice.way} in a place of HiveUI's own; {visible(choice.into)}, and your checkout that is "
        "on it, follow once that went well. The first conflict or failed check stops it. u rolls all of it back."
    )
    body.append(((), ()))
    body += [(((f" {line}", "quiet"),), ()) for line in textwrap.wrap(told, min(columns, 100) - 3)]
    return Page(((f" Merge into {visible(choice.into)}?", "attention"),), body, wide=True)


def conflict(step: Step, into: str, files: Sequence[tuple[str, str, Sequence[Side]]], columns: int) -> Page:
    """Show both sides of each file in conflict, side by side where there is room: `files` are path, kind, places."""
    body: list[Ends] = []
    half = (columns - 5) // 2
    ours, theirs = f"on {visible(into)}", f"of {visible(step.role)}"
    for path, what, places in files:
        body.append((((f" {visible(path)}", "strong"), (f"   {visible(what)}", "attention")), ()))
        if not places:
            body.append((((" no lines to show: one side has it otherwise as a whole", "quiet"),), ()))
        for place in places:
            body.append((((f" line {place.line}  ", "quiet"), *_pair(ours, theirs, half - 8, "quiet")), ()))
            for i in range(max(len(place.ours), len(place.theirs))):
                left, right = (_line(side, i) for side in (place.ours, place.theirs))
                body.append((((" ", "plain"), *_pair(left, right, half, "plain")), ()))
        body.append(((), ()))
    heading = ((f" {visible(step.role)} is in conflict with {visible(into)}", "lit"),)
    return Page(heading, body, wide=True)


def _line(side: Sequence[str], number: int) -> str:
    return visible(side[number].expandtabs(4)) if number < len(side) else ""


def _pair(left: str, right: str, half: int, tone: str) -> Words:
    return ((set_cell_size(left, max(1, half)), tone), (" │ ", "quiet"), (right, tone))


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
