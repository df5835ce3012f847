"""Layouts drawn small: the panes of a tab in a few lines, and the list that one is chosen from."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from hiveui.model.codec import from_json
from hiveui.model.layout import Node, Rect, Tab, arrange
from hiveui.model.text import fitted, visible
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words

PREVIEW = Rect(0, 0, 44, 9)
"""Columns and lines of a drawn tab."""
NAME, SAID = 14, 19
"""Columns of the list: a layout's name, and where it comes from with what else is to be said of it."""
WIDEST = 132
"""Columns of a card, at most (app.tcss)."""
SHORTEST = 24
"""Columns that are worth a description."""


def drawn(tree: Node, area: Rect = PREVIEW) -> list[str]:
    """Draw a tree: each pane's role on its first line, lines between panes."""
    placed = arrange(tree, area)
    cells = [[" "] * area.width for _ in range(area.height)]
    for bar in placed.bars:
        for y in range(bar.y, bar.y + bar.height):
            cells[y][bar.x] = "│"
    for role, pane in placed.panes.items():
        if pane.height and pane.width:
            cells[pane.y][pane.x : pane.x + pane.width] = _title(role, pane.width)
    return ["".join(line) for line in cells]


def _title(role: str, width: int) -> list[str]:
    """Give a pane's first line, a cell each; roles of files are ASCII, others are spelled out."""
    text = visible(role)
    shown = text if text.isascii() else ascii(text)[1:-1]
    return list(fitted(f" {shown} ", width) if len(shown) + 2 > width else f" {shown} ".ljust(width, "─"))


def layouts_page(found: Sequence[Mapping[str, Any]], chosen: int, running: str, columns: int, lines: int) -> Page:
    """List layouts on a screen of so many columns and lines, the chosen one drawn beside.

    `running` is the name of the workspace's own.
    """
    first = max(0, chosen - lines + 1)
    room = min(columns, WIDEST) - NAME - SAID - PREVIEW.width - 8
    listed = [_row(found[i], i == chosen, running, room) for i in range(first, min(len(found), first + lines))]
    body: list[Ends] = list(itertools.zip_longest(listed, _about(found[chosen])[:lines], fillvalue=()))
    return Page(((f" Layouts  {len(found)}", "lit"),), body, wide=True)


def _row(one: Mapping[str, Any], lit: bool, running: str, room: int) -> Words:
    """Name a layout, describe it where there is room, and say where it comes from."""
    tone = "lit" if lit else "quiet" if one["shadowed"] else "plain"
    about = fitted(visible(one["description"] or ""), room) + " " if room >= SHORTEST else ""
    more = " shadowed" if one["shadowed"] else " runs here" if one["name"] == running else ""
    return (
        (f" {'▸' if lit else ' '} {fitted(visible(one['name']), NAME)} ", tone),
        (about, "quiet"),
        (f"{one['origin']}{more}", tone),
    )


def _about(one: Mapping[str, Any]) -> list[Words]:
    """Draw a layout, and say what it is for; why it cannot be used, where that is so."""
    if one["error"]:
        return [((fitted(line, PREVIEW.width), "attention"),) for line in _wrapped(visible(one["error"]))]
    tabs: tuple[Tab, ...] = from_json(tuple[Tab, ...], one["tabs"])
    titles = " │ ".join(visible(tab.title) for tab in tabs)
    text = [titles, *drawn(tabs[0].root), "", *_wrapped(visible(one["description"])), ""]
    kinds = ", ".join(f"{visible(agent['role'])} {visible(agent['kind'])}" for agent in one["agents"])
    text += _wrapped(kinds)
    return [((fitted(line, PREVIEW.width), "strong" if number == 0 else "plain"),) for number, line in enumerate(text)]


def _wrapped(text: str) -> list[str]:
    """Break a text at spaces into lines of the preview's width."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= PREVIEW.width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
