"""The attention queue, line by line: who needs the person, what is unread, what was put off. Pure; no Textual."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from rich.cells import cell_len

from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import Need, Overview
from hiveui.model.claims import claim
from hiveui.model.text import visible
from hiveui.tui.asking import answers, asks, matter, question
from hiveui.tui.chrome import OUTSIDE, fitted, shortened
from hiveui.tui.desk import number
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words
from hiveui.tui.words import CLAIMS, WORDS, Word, age, word

NAME, WHERE, ANSWERS = 16, 12, 36
"""Cells of the columns, at most."""
STATE, AGE = 13, 8
"""Cells of those that are always as wide."""
BESIDE = 100
"""Columns from which the answers stand beside each question."""
INDENT = 6
"""Cells before what stands under a line."""


class Section(NamedTuple):
    """Lines under one heading."""

    title: str
    tone: str
    lines: Sequence[Need]


class Seen(NamedTuple):
    """Whence it is looked at."""

    here: WorkspaceId
    now: datetime
    columns: int
    may: bool
    """Who looks may answer."""


class Written(NamedTuple):
    """A page, and where on it the chosen agent stands: the first and the last of its lines."""

    page: Page
    first: int
    last: int


def sections(found: Overview) -> list[Section]:
    """Give the queue in parts, those without anybody left out."""
    parts = (
        Section("need you", "attention", found.needs),
        Section("collisions", "attention", found.met),
        Section("written outside of what they own", "warning", found.outside),
        Section("held by a budget", "warning", found.held),
        Section("unread", "done", found.unread),
        Section("snoozed", "quiet", found.snoozed),
        Section("muted", "quiet", found.muted),
    )
    return [part for part in parts if part.lines]


def in_order(found: Overview) -> list[Need]:
    """Give everybody of the queue, top first."""
    return [need for part in sections(found) for need in part.lines]


class Columns(NamedTuple):
    """How wide things are."""

    screen: int
    name: int
    where: int
    """0 where all are of one workspace."""
    answers: int
    """0 where there is no room beside the questions."""


def write(found: Overview, chosen: Need | None, details: Sequence[Words], seen: Seen) -> Written:
    """Write the queue down; `details` stand under the agent that is chosen, and its question where it is long."""
    now, widths = seen.now, _columns(in_order(found), seen)
    body: list[Ends] = []
    first = last = 0
    for part in sections(found):
        body += [((), ())] if body else []
        body.append((((f" {part.title}  {len(part.lines)}", part.tone),), ()))
        for need in part.lines:
            if chosen is None or need.id != chosen.id:
                body.append(_line(need, widths, now))
                continue
            first = len(body)
            body.append(_line(need, widths, now, chosen=True))
            whole = (
                question(need.agent, seen.columns - 2 * INDENT)
                if part.lines is found.needs and _cut(need, widths)
                else ()
            )
            body += [(((" " * INDENT, "plain"), *line), ()) for line in (*whole, *details)]
            last = len(body) - 1
    heading = ((" Attention" if body else " Nobody needs you.", "lit"),)
    return Written(Page(heading, body, wide=True), first, last)


def _columns(everyone: Sequence[Need], seen: Seen) -> Columns:
    def widest(texts: Iterable[str], most: int) -> int:
        return min(most, max(map(cell_len, texts), default=0))

    elsewhere = any(need.workspace.id != seen.here for need in everyone)
    return Columns(
        seen.columns,
        widest(map(_name, everyone), NAME),
        widest((visible(need.workspace.name) for need in everyone), WHERE) if elsewhere else 0,
        widest((answers(need.dialog) for need in everyone), ANSWERS) if seen.columns >= BESIDE and seen.may else 0,
    )


def _name(need: Need) -> str:
    return f"{number(need.workspace, need.agent.role):>2} {visible(need.agent.role)}"


def _line(need: Need, widths: Columns, now: datetime, *, chosen: bool = False) -> Ends:
    agent, said = need.agent, _word(need)
    left: list[tuple[str, str]] = [
        (f" {'▸' if chosen else ' '} ", "lit"),
        (f"{said.glyph} ", said.tone),
        (fitted(_name(need), widths.name), "lit" if chosen else "plain"),
    ]
    if widths.where:
        left.append((f"  {fitted(visible(need.workspace.name), widths.where)}", "quiet"))
    left.append((f"  {fitted(said.word, STATE)}  ", said.tone))
    left.append((shortened(matter(need), _room(widths)), "plain"))
    right = [(f"  {_until(agent.snoozed, now) or age(_since(need), now):>{AGE}} ", "quiet")]
    if widths.answers:
        right.append((f"  {fitted(answers(need.dialog), widths.answers)} ", "key"))
    return tuple(left), tuple(right)


def _room(widths: Columns) -> int:
    """Count the cells that a question has on its line."""
    taken = 3 + 2 + widths.name + (widths.where + 2 if widths.where else 0) + STATE + 4 + AGE + 3
    return max(0, widths.screen - taken - (widths.answers + 3 if widths.answers else 0))


def _cut(need: Need, widths: Columns) -> bool:
    return cell_len(asks(need.agent)) > _room(widths)


def _word(need: Need) -> Word:
    """Say why it is listed."""
    if need.meets is not None:
        return Word("⇄", "collision", "attention")
    if need.outside:
        return Word(OUTSIDE, "outside", "warning")
    shown = word(need.agent)
    return shown._replace(word=(CLAIMS.get(claim(need.agent)) or WORDS[need.agent.reading.state]).word)


def _since(need: Need) -> str:
    """Tell since when it is listed."""
    if need.meets is not None:
        return need.meets.newest
    return need.outside[-1].time if need.outside else need.agent.reading.since


def _until(snoozed: str, now: datetime) -> str:
    """Say for how long an agent is put off still: `9m more`."""
    try:
        left = (datetime.fromisoformat(snoozed) - now).total_seconds()
    except ValueError:
        return ""
    return f"{int(left // 60) + 1}m more" if left > 0 else ""


def hushing(need: Need, now: datetime) -> int:
    """Give the minutes for which the next snooze puts an agent off: ten, then an hour, then none."""
    try:
        left = (datetime.fromisoformat(need.agent.snoozed) - now).total_seconds()
    except ValueError:
        left = 0.0
    return 10 if left <= 0 else 60 if left <= 600 else 0
