"""The person's part in what agents ask: answering in place, reading, putting off."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.panes import Panes, find, pane_of
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentHushed
from hiveui.model.names import quoted
from hiveui.model.signs import CLICK, AgentState, Choice, Dialog

LONGEST = 7 * 24 * 60
"""Minutes that an agent can be snoozed for, at most."""
OPENS = 1.0
"""Seconds in which a dialog that has only just opened may take no key."""
BETWEEN = 0.05
"""Seconds between the keys of one answer: some programs take keys that come together for one unknown key."""
LOOKS = 20
"""Times, at most, that the screen is looked at until the dialog that was answered has gone."""


class Answers:
    """Answers of the person's to agents of every running workspace."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        panes: Panes,
        dismiss: Callable[[Agent], None] = lambda _: None,
    ) -> None:
        """`dismiss` hears of agents that are stuck, and may go on."""
        self._dismiss = dismiss
        self._bus = bus
        self._supervisors = supervisors
        self._panes = panes
        self._answering: defaultdict[AgentId, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By agent: of two answers to one dialog the second finds that it has gone."""

    async def answer(
        self, *, workspace: str, role: str, dialog: str, choice: int, text: str = "", lasting: bool = False
    ) -> dict[str, Any]:
        """Give an agent the answer with that number, from 1, of those that it offers, and type a text after it.

        `dialog` is the fingerprint of the dialog that the person saw. Raises UsageError, and types nothing, where
        another stands there by now, and where an answer holds for ever and that was not said to be meant.
        """
        supervisor, agent = find(self._supervisors, workspace, role)
        pane_of(agent)
        async with self._answering[agent.id]:
            await asyncio.sleep(OPENS - supervisor.at(agent).census.attention.stands(agent))
            standing = await supervisor.at(agent).census.attention.dialog(agent)
            if standing is None:
                raise UsageError(f"{role} asks nothing any more: nothing was typed.")
            if standing.fingerprint != dialog:
                raise UsageError(f"{role} asks something else by now: nothing was typed.", "Look at it again.")
            chosen = _chosen(standing, choice, lasting=lasting)
            for chord in chosen.keys:
                if chord == CLICK:
                    self._panes.click(supervisor, agent, chosen.label)
                else:
                    self._panes.press(supervisor, agent, [chord])
                await asyncio.sleep(BETWEEN)
            if text:
                await self._panes.send(workspace=workspace, role=role, text=text)
            return {"answered": chosen.label, "gone": await _gone(supervisor, agent, dialog)}

    def seen(self, *, workspace: str, role: str) -> None:
        """Take note that the person has read what an agent did; one that is stuck may go on with it."""
        supervisor, agent = find(self._supervisors, workspace, role)
        supervisor.at(agent).census.attention.seen(agent)
        if agent.reading.state is AgentState.STUCK:
            self._dismiss(agent)

    def hush(self, *, workspace: str, role: str, minutes: int = 0, muted: bool = False) -> None:
        """Put off what an agent asks for so many minutes, or all that it ever asks; neither: not any more."""
        supervisor, agent = find(self._supervisors, workspace, role)
        until = datetime.now(UTC) + timedelta(minutes=min(minutes, LONGEST))
        stamp = until.strftime("%Y-%m-%dT%H:%M:%S.000Z") if minutes else ""
        self._bus.publish(AgentHushed(supervisor.id, agent.id, stamp, muted))


def _chosen(dialog: Dialog, number: int, *, lasting: bool) -> Choice:
    if not 0 < number <= len(dialog.choices):
        raise UsageError(f"There is no answer {number}.", f"There are {len(dialog.choices)}.")
    chosen = dialog.choices[number - 1]
    if not chosen.keys:
        raise UsageError(f"Which keys give {quoted(chosen.label)} is not known.", "Answer in its pane.")
    if chosen.lasting and not lasting:
        raise UsageError(f"{quoted(chosen.label)} holds for times to come too.", "Say that it is meant so: --lasting.")
    return chosen


async def _gone(supervisor: Supervisor, agent: Agent, dialog: str) -> bool:
    """Wait until a dialog is answered; tell whether it is."""
    for _ in range(LOOKS):
        standing = await supervisor.at(agent).census.attention.dialog(agent)
        if standing is None or standing.fingerprint != dialog:
            return True
        await asyncio.sleep(BETWEEN)
    return False
