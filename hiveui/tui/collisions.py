"""The radar, line by line: which agents meet in which paths, what each changed there, what is reserved. Pure."""

import itertools
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from rich.cells import cell_len

from hiveui.model.collisions import WORDS, Collision, Part, Side, Sort
from hiveui.model.reservations import Reservation
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.model.warning import said
from hiveui.tui.chrome import fitted, shortened, tail
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words
from hiveui.tui.words import age

BESIDE = 120
"""Columns from which two differences stand side by side, and how bad it is stands on each line."""
LEAST, CELL, MOST = 16, 8, 14
"""Cells of a path at least; of an agent's column at least, and at most."""
AGE, BAD = 5, 26
"""Cells of the columns that are always as wide."""
STORY = 2
"""Lines that say what a collision is, at most."""
RESERVED = 4
"""Reservations that are shown."""
SOMEBODY = "somebody"
NOBODY = "No agents meet in any file, and nothing is reserved: `hive reserve GLOB` does that."
_TONES = {"+": "added", "-": "removed", " ": "quiet"}
_CONFLICT = frozenset(mark * 7 for mark in "<=>")
"""What lines between the sides of a conflict begin with."""
_MARKS = {True: ("▲", "attention"), False: ("·", "quiet")}

Details = Mapping[str, Any]
"""The answer of `collision/look`."""


class Seen(NamedTuple):
    """Whence it is looked at."""

    now: datetime
    columns: int
    rows: int
    skipped: int = 0
    """Lines of the differences that are scrolled away."""


def listed(workspace: Workspace, *, settled: bool) -> list[Collision]:
    """Give the collisions that are shown: those that stand, the worst first, then what is quiet, then what is over."""
    radar = workspace.radar
    quiet = [one for one in radar.collisions if one.open and one.quiet]
    over = sorted((one for one in radar.collisions if not one.open), key=lambda one: one.settled, reverse=True)
    return [*radar.standing, *quiet, *over] if settled else [*radar.standing, *quiet]


def write(workspace: Workspace, shown: Sequence[Collision], chosen: int, details: Details | None, seen: Seen) -> Page:
    """Write the radar down."""
    roles = _roles(workspace, shown, seen)
    width = max([CELL, *(min(MOST, cell_len(visible(role)) + 1) for role in roles)])
    bad = BAD if seen.columns >= BESIDE else 0
    path = max(LEAST, min(seen.columns, 132) - 6 - len(roles) * width - AGE - bad)
    heads = tuple((_right(visible(role), width), "strong") for role in roles)
    title = f" Collisions  {_counts(workspace, seen.now)}"
    heading: Words = ((fitted(title, path + 5), "lit"), *heads)
    room = max(3, seen.rows // 3)
    start = max(0, min(chosen - room // 2, len(shown) - room))
    body: list[Ends] = []
    for i, one in enumerate(shown[start : start + room], start):
        body.append((_line(one, roles, (path, width, bad), seen.now, chosen=i == chosen), ()))
    if len(shown) > room:
        body.append((((f"   {len(shown) - room} more", "quiet"),), ()))
    body += _reserved(workspace.radar.reservations, seen)
    if shown:
        one = shown[chosen]
        body += [((), ()), *_story(workspace, one, details, seen)]
        lines = differences(workspace, one, details, seen)
        body += lines[seen.skipped :]
    elif not workspace.radar.reservations:
        body += [(((f" {line}", "quiet"),), ()) for line in textwrap.wrap(NOBODY, min(seen.columns, 132) - 2)]
    return Page(heading, body, wide=True)


def _counts(workspace: Workspace, now: datetime) -> str:
    today = now.date().isoformat()
    count = sum(one.opened[:10] == today and not one.quiet for one in workspace.radar.collisions)
    return f"{len(workspace.radar.standing)} now, {count} today"


def _roles(workspace: Workspace, shown: Sequence[Collision], seen: Seen) -> list[str]:
    """Give the columns: the agents that meet, in their order, as many as there is room for."""
    there = {side.role or SOMEBODY for one in shown for side in one.sides}
    order = [agent.role for agent in workspace.agents]
    roles = [role for role in order if role in there] + sorted(there - set(order))
    room = (seen.columns - 6 - LEAST - AGE - (BAD if seen.columns >= BESIDE else 0)) // (CELL + 2)
    return roles[: max(2, room)]


def _line(one: Collision, roles: Sequence[str], widths: tuple[int, int, int], now: datetime, *, chosen: bool) -> Words:
    path, width, bad = widths
    glyph, tone = _MARKS[one.calls] if one.open else ("✓", "quiet")
    ranked = sorted(one.sides, key=lambda side: side.part is Part.WROTE)
    cells = {side.role or SOMEBODY: _cell(side) for side in ranked}
    plain = "lit" if chosen else "plain" if one.open and not one.quiet else "quiet"
    words = [
        (" ▸ " if chosen else "   ", "lit"),
        (f"{glyph} ", tone),
        (fitted(tail(visible(one.path), path - 1), path), plain),
        *((_right(cells.get(role, "·"), width), plain if role in cells else "quiet") for role in roles),
        (f"{age(one.newest, now):>{AGE}}", "quiet"),
    ]
    if bad:
        words.append((f"  {shortened(_bad(one), bad - 2)}", tone if one.calls else "quiet"))
    return tuple(words)


def _cell(side: Side) -> str:
    if side.part is not Part.WROTE:
        return side.part.value
    return "wrote" if side.added is None else f"+{side.added} −{side.removed or 0}"


def _bad(one: Collision) -> str:
    if not one.open:
        return visible(one.why)
    if one.quiet:
        return "generated"
    return f"lines {said(one.lines, 2)}" if one.lines else WORDS[one.sort]


def _story(workspace: Workspace, one: Collision, details: Details | None, seen: Seen) -> list[Ends]:
    """Say what it is: how bad, what of it was told, whose the path is."""
    now = seen.now
    facts = [f"{WORDS[one.sort]} {said(one.lines)}".rstrip()]
    if one.conflict and one.sort is not Sort.MERGE:
        facts.append("a merge would conflict")
    if one.quiet:
        facts.append("a generated file")
    facts += [f"{visible(side.role) or SOMEBODY}: {visible(side.evidence)}" for side in one.sides if side.agent is None]
    if not one.open:
        facts.append(f"settled {age(one.settled, now)} ago: {visible(one.why)}")
    elif one.told:
        facts.append(f"told {age(one.told, now)} ago")
    facts += [f"{visible(s.role)}'s prompts are held" for s in one.named if s.role in workspace.radar.holds]
    if details and details["owners"]:
        facts.append(f"owned by {', '.join(map(visible, details['owners']))}")
    lines = textwrap.wrap(" · ".join(facts), min(seen.columns, 132) - 5)[:STORY]
    return [(((f"   {line}", "attention" if one.calls else "plain"),), ()) for line in lines]


def _reserved(reservations: Sequence[Reservation], seen: Seen) -> list[Ends]:
    lines: list[Ends] = []
    for one in reservations[:RESERVED]:
        left = f"   reserved  {', '.join(map(visible, one.globs))}  by {visible(one.role) or 'you'}"
        why = f"  {visible(one.why)}" if one.why else ""
        right = f"for {_left(one.ends, seen.now)}" + (", this turn" if one.turn else "")
        lines.append((((left, "plain"), (why, "quiet")), ((f"  {right} ", "quiet"),)))
    if len(reservations) > RESERVED:
        lines.append((((f"   {len(reservations) - RESERVED} more are reserved", "quiet"),), ()))
    return [((), ()), *lines] if lines else []


def _left(ends: str, now: datetime) -> str:
    try:
        return f"{max(0, int((datetime.fromisoformat(ends) - now).total_seconds() // 60)) + 1}m"
    except ValueError:
        return "good"


# differences


def differences(workspace: Workspace, one: Collision, details: Details | None, seen: Seen) -> list[Ends]:
    """Show what each side changed, and what a merge would leave; nothing where that was not looked up."""
    if details is None:
        return []
    columns = min(seen.columns, 132) - 1
    sides = [(_name(workspace, side), side["lines"]) for side in details["sides"] if side["lines"]]
    lines: list[Words] = []
    if seen.columns >= BESIDE and len(sides) > 1:
        half = columns // 2 - 1
        left, right = (_block(name, found, half) for name, found in sides[:2])
        for mine, theirs in itertools.zip_longest(left, right, fillvalue=((" " * half, "plain"),)):
            lines.append((*mine, (" │ ", "quiet"), *theirs))
        sides = sides[2:]
    for name, found in sides:
        lines += [*_block(name, found, columns), ()]
    if details["conflict"]:
        lines += [()] if lines and lines[-1] else []
        lines += _block("what a merge would leave", details["conflict"], columns)
    return [(line, ()) for line in lines] or [(((_nothing(one), "quiet"),), ())]


def _nothing(one: Collision) -> str:
    unread = any(side.part is Part.READ for side in one.sides)
    return "   What it was before is not known." if not unread else "   Nothing of it stands apart any more."


def _name(workspace: Workspace, side: Mapping[str, Any]) -> str:
    agent = workspace.role(side["role"])
    where = (agent.branch if agent is not None and agent.branch else "") or side["top"].rsplit("/", 1)[-1]
    return f"{visible(side['role']) or SOMEBODY} ({visible(where)})"


def _block(name: str, lines: Iterable[Sequence[Any]], columns: int) -> list[Words]:
    """Write one difference, each line of it exactly as wide."""
    title = shortened(f" ─ {name} ", columns)
    block: list[Words] = [((title + "─" * max(0, columns - cell_len(title)), "quiet"),)]
    for number, sign, text in lines:
        shown = f"{number:>6} {'' if sign == '!' else sign} {visible(str(text).expandtabs(4))}"
        mark = sign == "!" and str(text)[:7] in _CONFLICT
        tone = "attention" if mark else _TONES.get(sign, "plain")
        block.append(((fitted(shown, columns), tone),))
    return block


def _right(text: str, cells: int) -> str:
    shown = shortened(text, cells - 1)
    return " " * (cells - cell_len(shown)) + shown
