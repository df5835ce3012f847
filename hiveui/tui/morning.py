"""The plan to restore a workspace whose agents are gone: shown, changed, and done when the person says so."""

import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.cells import cell_len

from hiveui.model.codec import from_json
from hiveui.model.morning import LEAVE, Do, Step, condition, next_wish, sentence, when
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words

UNASKED = 0.25
"""Seconds in which a key is not an answer to what came up by itself."""
ROLE, KIND = 14, 10
"""Cells of the columns, at most."""


class Morning:
    """Shows the plan, and restores (`commands.at.Morning`)."""

    def __init__(self, ground: Ground, env: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> None:
        """`env` is what agents will get: that of the shell which runs this screen."""
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._env = env
        self._clock = clock
        self._answers_from = 0.0
        self._plan: Mapping[str, Any] = {}
        self._steps: tuple[Step, ...] = ()
        self._wishes: dict[str, str] = {}
        self._line = 0

    def follow(self, *, first: bool) -> None:
        """Show the plan where a workspace is found gone; take it away when somebody else has restored it."""
        gone = bool(self._ground.workspace.note)
        if first and gone:
            self._answers_from = self._clock() + UNASKED
            self.open()
        elif not gone and self._shown:
            self._overlay.close()

    @property
    def _shown(self) -> bool:
        return self._overlay.chooses(Place.MORNING)

    def open(self) -> None:
        """Show the plan as it is without wishes."""
        self._wishes, self._line = {}, 0
        self._ask()

    def move(self, by: int) -> None:
        """Go to another agent of the plan."""
        self._line = max(0, min(self._line + by, len(self._steps) - 1))
        self._show()

    def leave_out(self) -> None:
        """Leave the chosen agent out, or take it in again."""
        step = self._steps[self._line]
        if step.do is Do.LEAVE:
            self._wishes.pop(step.role, None)
        else:
            self._wishes[step.role] = LEAVE
        self._ask()

    def choose(self) -> None:
        """Choose the agent's next conversation, or a new one."""
        step = self._steps[self._line]
        self._wishes[step.role] = next_wish(step)
        self._ask()

    def restore(self) -> None:
        """Restore the workspace as it is shown."""
        if self._clock() >= self._answers_from:
            self._overlay.close()
            self._ground.run("restoring…", self._restore())

    def _ask(self) -> None:
        self._ground.run("looking at what was saved…", self._load())

    async def _load(self) -> None:
        plan = await self._ground.link.call("workspace/morning", **self._params())
        if not plan["running"]:
            self._steps = tuple(from_json(Step, agent) for agent in plan["agents"])
            self._plan = plan
            self._show()

    async def _restore(self) -> None:
        size = self._ground.screen.size
        answer = await self._ground.link.call("workspace/restore", **self._params(), size=[size.width, size.height])
        if answer["notes"]:
            self._ground.screen.notice(" ".join(answer["notes"]), "warning")

    def _params(self) -> dict[str, Any]:
        return {"workspace": self._ground.workspace.id, "env": dict(self._env), "wishes": dict(self._wishes)}

    def _show(self) -> None:
        columns = self._ground.screen.size.width
        if self._steps:
            self._overlay.choose(page(self._plan, self._steps, self._line, columns), self._line, Place.MORNING)


def page(plan: Mapping[str, Any], steps: tuple[Step, ...], chosen: int, columns: int) -> Page:
    """Write the plan down: an agent a line, then the whole of what is to be said of the chosen one, then notes."""
    now = chrome.now()
    saved = [when(plan["saved"] or "", now), f"generation {plan['generation']}" if plan.get("generation") else ""]
    heading = ((f" Restore {visible(plan['name'])}", "lit"), (f"   {', '.join(filter(None, saved))}", "quiet"))
    roles = min(ROLE, max(cell_len(visible(step.role)) for step in steps))
    kinds = min(KIND, max(cell_len(visible(step.kind)) for step in steps))
    body: list[Ends] = []
    for i, step in enumerate(steps):
        name = chrome.fitted(visible(step.role), roles)
        kind = chrome.fitted(visible(step.kind), kinds)
        left = (
            (f" {'▸' if i == chosen else ' '} {i + 1:>2} {name}", "lit" if i == chosen else "plain"),
            (f"  {kind}  ", "quiet"),
            (visible(sentence(step)), _tone(step)),
        )
        body.append((left, ((f"  {condition(step, now)} ", "quiet"),)))
    said = [("plain", text) for text in _detail(steps[chosen])] + [("warning", note) for note in plan["notes"]]
    body += [((), ()), *((line, ()) for tone, text in said for line in _wrapped(visible(text), tone, columns - 4))]
    return Page(heading, body, wide=True)


def _tone(step: Step) -> str:
    if step.do is Do.LEAVE:
        return "quiet"
    return "attention" if step.obstacle else "warning" if step.why else "plain"


def _detail(step: Step) -> Iterator[str]:
    if step.obstacle:
        yield f"{step.role}: {step.obstacle}"
    if step.conversation:
        yield f"{step.role} goes on with conversation {step.conversation}."
    others = len(step.conversations) - bool(step.conversation)
    if others:
        yield f"c chooses another of its conversations ({others}), or a new one."


def _wrapped(text: str, tone: str, columns: int) -> Iterator[Words]:
    for line in textwrap.wrap(text, max(20, columns)):
        yield ((f"   {line}", tone),)
