"""The checkpoints of one agent's files, shown over the panes: what changed since, and the way back."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from rich.cells import cell_len

from hiveui.model.checkpoint import reason
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page, difference
from hiveui.tui.words import age

Found = Mapping[str, Any]
"""One checkpoint, as `checkpoint/list` gives it."""
Call = Callable[..., Coroutine[Any, Any, Any]]
"""Calls a method about one agent."""

DEEDS = {"write": ("~", "warning"), "delete": ("-", "attention"), "keep": ("=", "quiet")}
"""How what is done to a file is marked, and in which tone."""
MOST = 5000
"""Lines of a diff that are shown."""


class Checkpoints:
    """Shows them (`commands.keeping.Checkpoints`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._role = ""
        self._answer: Mapping[str, Any] = {"checkpoints": (), "note": ""}
        self._line = 0
        self._call: Call = ground.link.call
        self._agreed: tuple[str, Call, Found] | None = None
        """What was asked: whose files, and back to which checkpoint."""

    def open(self) -> None:
        """Show those of the agent with the focus."""
        if self._ground.agent is not None:
            self._role, self._line = self._ground.desk.role, 0
            self._call = partial(self._ground.link.call, workspace=self._ground.workspace.id, role=self._role)
            self._ground.run("looking for its checkpoints…", self._open(self._call))

    def show(self) -> None:
        """Go back to the list."""
        self.choose(0)

    def choose(self, by: int) -> None:
        """Go to another checkpoint."""
        self._line = max(0, min(self._line + by, len(self._found) - 1))
        page = list_page(self._name, self._answer, self._line, self._now, self._columns)
        self._overlay.choose(page, self._line, Place.CHECKPOINTS)

    def difference(self) -> None:
        """Show what changed since the chosen one."""
        if self._found:
            self._ground.run("comparing…", self._difference(self._found[self._line]))

    def ask(self) -> None:
        """Show what a roll back to the chosen one would do, and ask."""
        if self._found:
            self._ground.run("looking what differs…", self._ask(self._role, self._call, self._found[self._line]))

    def roll_back(self) -> None:
        """Do what was asked."""
        agreed, self._agreed = self._agreed, None
        self._overlay.close()
        if agreed is not None:
            self._ground.run(f"rolling {visible(agreed[0])} back…", self._roll_back(*agreed))

    @property
    def _found(self) -> Sequence[Found]:
        found: Sequence[Found] = self._answer["checkpoints"]
        return found

    @property
    def _name(self) -> str:
        return titled(self._ground.workspace, self._role)

    @property
    def _now(self) -> datetime:
        return chrome.now()

    @property
    def _columns(self) -> int:
        return self._ground.screen.size.width

    async def _open(self, call: Call) -> None:
        answer = await call("checkpoint/list")
        if call is not self._call:
            return  # another agent's were asked for meanwhile
        self._answer = answer
        if self._found:
            self.choose(0)
        else:
            why = visible(answer["note"]) or "One is made as each of its turns begins and ends."
            self._ground.screen.notice(f"{visible(self._role)} has no checkpoint yet. {why}")

    async def _difference(self, one: Found) -> None:
        answer = await self._call("checkpoint/diff", number=one["number"])
        if answer["diff"]:
            self._overlay.read(diff_page(self._name, one, answer, self._now), Place.CHECKPOINT)
        else:
            self._ground.screen.notice(f"Nothing changed since checkpoint {one['number']}.")

    async def _ask(self, role: str, call: Call, one: Found) -> None:
        answer = await call("checkpoint/rollback", number=one["number"], dry=True)
        if call is not self._call or self._ground.screen.place not in {Place.CHECKPOINTS, Place.CHECKPOINT}:
            return  # the person went on
        if answer["steps"]:
            self._agreed = role, call, one
            self._overlay.read(question_page(self._name, one, answer, self._now), Place.ROLLBACK)
        else:
            self._ground.screen.notice(f"Nothing differs from checkpoint {one['number']}.")

    async def _roll_back(self, role: str, call: Call, one: Found) -> None:
        answer = await call("checkpoint/rollback", number=one["number"])
        done = sum(step["deed"] != "keep" for step in answer["steps"])
        kept = len(answer["steps"]) - done
        left = f", {kept} left as they are" if kept else ""
        files = "1 file was" if done == 1 else f"{done} files were"
        said = f"{files} put back{left}; checkpoint {answer['before']} has what was there."
        self._ground.screen.notice(f"{visible(role)}: {said}")


def list_page(name: str, answer: Mapping[str, Any], chosen: int, now: datetime, columns: int) -> Page:
    """Write the answer of `checkpoint/list` down: number, age, what changed, and what for."""
    body: list[Ends] = []
    for i, one in enumerate(answer["checkpoints"]):
        tone = "lit" if i == chosen else "plain"
        counts = f"{one['files']:>5} {'file ' if one['files'] == 1 else 'files'} +{one['added']} −{one['removed']}"
        head = f" {'▸' if i == chosen else ' '} {one['number']:>4}  {age(one['time'], now):>4}  {counts:<24}  "
        story = chrome.shortened(visible(story_of(one)), max(10, columns - cell_len(head) - 1))
        body.append((((head, tone), (story, tone if i == chosen else "quiet")), ()))
    if answer["note"]:
        body += [((), ()), (((f" {visible(answer['note'])}", "warning"),), ())]
    return Page(((f" Checkpoints of {name}", "lit"),), body, wide=True)


def story_of(one: Found) -> str:
    """Say after what a checkpoint was made, what its turn was asked for, and how much is not in it."""
    lacks = f" ({one['lacking']} not in it)" if one["lacking"] else ""
    return f"{reason(one)}{lacks}{': ' if one['prompt'] else ''}{one['prompt']}"


def diff_page(name: str, one: Found, answer: Mapping[str, Any], now: datetime) -> Page:
    """Show what changed since a checkpoint."""
    lines = answer["diff"].split("\n")
    body = difference(lines[:MOST])
    if answer["cut"] or len(lines) > MOST:
        body.append((((" …and more", "quiet"),), ()))
    heading = f" What changed for {name} since checkpoint {one['number']}, {age(one['time'], now)} ago"
    return Page(((heading, "lit"),), body, wide=True)


def question_page(name: str, one: Found, answer: Mapping[str, Any], now: datetime) -> Page:
    """Ask whether files are to be put back, from the answer of `checkpoint/rollback`, and say which."""
    said = "~ put back, - deleted, = left as it is. What is there now becomes a checkpoint first."
    body: list[Ends] = [(((f" {said}", "quiet"),), ())]
    if answer["working"]:
        body.append((((" It works at this moment: what it writes meanwhile stays.", "warning"),), ()))
    body.append(((), ()))
    for step in answer["steps"]:
        mark, tone = DEEDS[step["deed"]]
        why = f"  {visible(step['why'])}" if step["why"] else ""
        body.append((((f"   {mark} ", tone), (visible(step["path"]), "plain"), (why, "quiet")), ()))
    question = f" Roll {name} back to checkpoint {one['number']}, {age(one['time'], now)} ago?"
    return Page(((question, "attention"),), body, wide=True)
