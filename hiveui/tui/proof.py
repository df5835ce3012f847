"""What an agent's check came to and printed, and what the agent was given to read, shown over the panes."""

import contextlib
import shlex
import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from textual.timer import Timer

from hiveui.errors import HiveError
from hiveui.model.agent import Agent
from hiveui.model.checks import GOING, Outcome, Status
from hiveui.model.text import counted, visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.words import age

AGAIN = 1.5
"""Seconds between two looks at what one prints that runs."""
END = 1_000_000
"""Lines down to the end of any output."""
MOST = 40_000
"""Bytes of output that are shown: its lines are wrapped between two frames."""
_TONES: Mapping[Status, str] = {Status.PASSED: "done", Status.FAILED: "attention"}


class Proof:
    """One agent's check, and its brief (`commands.proving.Proof`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._role = ""
        self._shown: Outcome | None = None
        self._looking: Timer | None = None

    def open(self) -> None:
        """Show what the check of the agent with the focus came to, from the end of its output."""
        if self._ground.agent is not None:
            self._role = self._ground.desk.role
            self._ground.run("reading…", self._show(lay=True))

    def run(self) -> None:
        """Run the check that is shown."""
        self._ground.run("beginning it…", self._call("check/run"))

    def stop(self) -> None:
        """End it."""
        self._ground.run("ending it…", self._call("check/stop"))

    def follow(self) -> None:
        """Keep it up to date while it is shown."""
        if self._is_shown:
            agent = self._ground.workspace.role(self._role)
            if agent is None:
                self._overlay.close()
            elif agent.proof != self._shown:
                self._shown = agent.proof
                self._ground.run("reading…", self._show())

    def brief(self) -> None:
        """Show what the agent with the focus was given to read."""
        if self._ground.agent is not None:
            self._ground.run("asking…", self._brief(self._ground.desk.role))

    @property
    def _is_shown(self) -> bool:
        return self._overlay.reads(Place.PROOF)

    async def _call(self, method: str, **params: Any) -> Any:
        return await self._ground.link.call(method, workspace=self._ground.workspace.id, role=self._role, **params)

    async def _show(self, *, lay: bool = False) -> None:
        """Show it as it is now: where it lies over the panes still, unless it is to be laid there."""
        whose = self._ground.workspace.id, self._role
        printed = await self._call("check/output", most=MOST)
        agent = self._ground.workspace.role(self._role)
        if agent is None or whose != (self._ground.workspace.id, self._role) or not (lay or self._is_shown):
            return
        self._shown = agent.proof
        name = titled(self._ground.workspace, self._role)
        page = proof_page(name, agent, printed, chrome.now(), self._ground.screen.size.width)
        if lay:
            self._overlay.read(page, Place.PROOF)
            self._overlay.page.scroll_lines(END)
        else:
            self._overlay.page.renew(page)
        if self._looking is not None:
            self._looking.stop()
        running = agent.proof.status is Status.RUNNING
        self._looking = self._ground.screen.set_timer(AGAIN, self._look_again) if running else None

    def _look_again(self) -> None:
        """Show what it has printed since."""
        if self._is_shown:
            self._ground.screen.run_worker(self._shown_again())

    async def _shown_again(self) -> None:
        with contextlib.suppress(HiveError):  # the connection says by itself that it is lost
            await self._show()

    async def _brief(self, role: str) -> None:
        workspace = self._ground.workspace
        found = await self._ground.link.call("agent/why", workspace=workspace.id, role=role, brief=True)
        name = titled(workspace, role)
        self._overlay.read(brief_page(name, found["brief"], self._ground.screen.size.width))


def proof_page(name: str, agent: Agent, printed: Mapping[str, Any], now: datetime, columns: int) -> Page:
    """Write down what a check came to, and the lines that it printed last, oldest first."""
    proof, argv = agent.proof, agent.spec.check if agent.spec is not None else ()
    if not argv:
        return Page(
            ((f" {name} has no check", "lit"),),
            _wrapped("Its layout names none: `check: [make, test]`.", columns),
            wide=True,
        )
    body = _wrapped(f"$ {visible(shlex.join(argv))}", columns, "strong")
    lines = [line for text in printed["text"].splitlines() for line in _wrapped(visible(text), columns, "plain")]
    if printed["cut"]:
        lines.insert(0, (((" … what stands before this is not shown", "quiet"),), ()))
    body += [((), ()), *lines, ((), ())] if lines else [((), ())]
    body += _wrapped(_ended(agent, now), columns, _TONES.get(proof.status, "plain"))
    return Page(((f" The check of {name}", "lit"), (f"   {proof.status.value}", "quiet")), body, wide=True)


def _ended(agent: Agent, now: datetime) -> str:
    proof = agent.proof
    if proof.status is Status.NONE:
        return "It was not run yet: r runs it."
    ago = age(proof.time, now)
    if proof.status in GOING:
        return f"It {'waits for another to end' if proof.status is Status.QUEUED else 'runs'}, for {ago} now."
    stale = "; files have changed since" if proof.stale else ""
    told = f"; the agent was told {counted(proof.tries, 'time')}" if proof.tries else ""
    said = visible(proof.sentence) or proof.status.value
    return f"{said[:1].upper()}{said[1:]}, {ago} ago{stale}{told}"


def brief_page(name: str, given: Mapping[str, str], columns: int) -> Page:
    """Write down what an agent's program was given to read."""
    heading = ((f" What {name} was given to read", "lit"),)
    if not given["text"]:
        return Page(
            heading, _wrapped("Nothing: its layout has no `brief`, `constraints` or `done`.", columns), wide=True
        )
    body = [*_wrapped(f"Given {visible(given['way'])}:", columns, "quiet"), ((), ())]
    body += [line for text in given["text"].splitlines() for line in _wrapped(visible(text), columns, "plain")]
    return Page(heading, body, wide=True)


def _wrapped(text: str, columns: int, tone: str = "quiet") -> list[Ends]:
    room = max(20, min(columns, 132) - 3)
    lines = textwrap.wrap(text, room, replace_whitespace=False, drop_whitespace=False) or [""]
    return [(((f" {line}", tone),), ()) for line in lines]
