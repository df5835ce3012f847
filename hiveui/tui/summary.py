"""What is read over the panes about all agents: what they use and cost, what changed while the person was away."""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.cells import cell_len

from hiveui.model.costs import HEAD, bounded, context, figures
from hiveui.model.signs import NEEDS_PERSON
from hiveui.model.text import visible
from hiveui.model.wording import quoted, receipt
from hiveui.tui import chrome
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import age

ROLE = 16
"""Cells of a role, at most."""
FIGURE = 9
"""Cells of a column of figures."""
WIDE = 100
"""Columns from which there is room for models and budgets."""


class Summary:
    """Shows them (`commands.at.Summary`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def cost(self) -> None:
        """Show what agents use."""
        self._ground.run("adding up…", self._cost())

    async def _cost(self) -> None:
        found = await self._ground.link.call("usage/list", workspace=self._ground.workspace.id)
        screen = self._ground.screen
        screen.overlay.read(cost_page(found, visible(self._ground.workspace.name), screen.size.width))

    def since(self) -> None:
        """Show what changed while the person was away."""
        self._ground.run("looking back…", self._since())

    async def _since(self) -> None:
        screen, asked = self._ground.screen, {"workspace": self._ground.workspace.id}
        found = await self._ground.link.call("events/since", **asked)
        page = since_page(found, chrome.now(), screen.size.width)
        screen.overlay.read(page)
        asks = found["model"] and self._ground.link.drives
        if asks and not all(agent["quiet"] for agent in found["agents"]):
            found = await self._ground.link.call("events/since", words=True, **asked)
            if screen.overlay.shows(page):
                screen.overlay.read(since_page(found, chrome.now(), screen.size.width))


def since_page(found: Mapping[str, Any], now: datetime, columns: int) -> Page:
    """Write the answer of `events/since` down: a sentence for each agent, those first to which something happened."""
    heading = ((" While you were away", "lit"), (f"   the last {age(found['since'], now)}", "quiet"))
    body: list[Ends] = []
    room = max(20, columns - 4)
    for agent in sorted(found["agents"], key=lambda agent: agent["quiet"]):
        tone = "quiet" if agent["quiet"] else "attention" if agent["now"] in NEEDS_PERSON else "plain"
        lines = textwrap.wrap(visible(agent["sentence"]), room, subsequent_indent="  ")
        body += [((((f" {line}"), tone),), ()) for line in lines]
        if words := agent.get("words"):
            lines = textwrap.wrap(quoted(found["model"], words), room, initial_indent="  ", subsequent_indent="  ")
            body += [(((f" {line}", "quiet"),), ()) for line in lines]
    if said := receipt(found):
        body += [((), ()), *((((f" {line}", "quiet"),), ()) for line in textwrap.wrap(said, room))]
    return Page(heading, body or [(((" Nobody is here.", "quiet"),), ())], wide=True)


def cost_page(found: Mapping[str, Any], name: str, columns: int) -> Page:
    """Write the answer of `usage/list` down: a line for each agent, the sum, and each model."""
    heading = ((f" What {name} costs", "lit"), (f"   prices of {visible(found['prices'])}", "quiet"))
    if not found["agents"]:
        return Page(heading, [(((" Nothing was used yet that is known of.", "quiet"),), ())])
    wide = columns >= WIDE
    names = [visible(line["role"]) for line in found["agents"]] + [visible(line["model"]) for line in found["models"]]
    room = max(5, min(ROLE if columns < WIDE else 2 * ROLE, max(map(cell_len, names))))
    rest = "  context" + ("  model, budget" if wide else "")
    body: list[Ends] = [(((f" {'':<{room}}{_columns(HEAD)}{rest}", "quiet"),), ())]
    for line in found["agents"]:
        said = f"  {context(line):>7}" + (f"  {visible(line['model'] or '?')}  {bounded(line)}" if wide else "")
        tone = "plain" if line["here"] else "quiet"
        body.append((((_row(line["role"], line, room), tone), (said, "quiet")), ()))
    body.append((((_row("", found["total"], room), "strong"),), ()))
    body.append(((), ()))
    body += [(((_row(line["model"] or "?", line, room), "quiet"),), ()) for line in found["models"]]
    return Page(heading, body, wide=True)


def _row(name: str, sums: Mapping[str, Any], room: int) -> str:
    return f" {chrome.fitted(visible(name), room)}{_columns(figures(sums))}"


def _columns(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:>{FIGURE}}" for cell in cells)
