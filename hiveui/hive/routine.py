"""Answers routine permission prompts, by rules that the person wrote into the layout (`model.permits`)."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hiveui.errors import HiveError
from hiveui.hive.answers import Answers
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent
from hiveui.model.events import Noticed
from hiveui.model.permits import FILES, Permit, permitted, read_permit
from hiveui.model.signs import Choice, Dialog
from hiveui.model.turns import Hooked, Turns

log = logging.getLogger(__name__)

YES = ("yes", "allow", "approve", "proceed")
"""What an answer begins with that lets a program do what it asks for."""
LOOKS, BETWEEN = 30, 0.1
"""Times that a screen is looked at until the dialog stands on it, and seconds between two looks."""
SHOWN = 300
"""Characters of what was allowed that the person is shown."""


class Routine:
    """Holds what agents' hooks ask for against the rules of their roles."""

    def __init__(self, answers: Answers, say: Callable[[Noticed], object]) -> None:
        self._answers = answers
        self._say = say

    async def hear(self, supervisor: Supervisor, agent: Agent, event: Hooked, turns: Callable[[], Turns]) -> None:
        """Answer what an agent's own hook asks leave for, where a rule covers it and its dialog asks for just that.

        `turns` gives what its hooks say by now: where they ask for anything else too, the person answers.
        """
        permit = _permit(agent, event)
        subject = _subject(event)
        asked = turns().asks
        if permit is None or len(asked) != 1:
            return
        for _ in range(LOOKS):
            dialog = await supervisor.at(agent).census.attention.dialog(agent)
            if turns().asks != asked:
                return
            number = _yes(dialog, subject) if dialog is not None else 0
            if dialog is not None and number and await self._answered(supervisor, agent, dialog, number):
                said = f"{agent.role} was answered yes by the rule {permit.text}: {event.tool} {subject}"
                self._say(Noticed(said[:SHOWN]))
                return
            await asyncio.sleep(BETWEEN)

    async def _answered(self, supervisor: Supervisor, agent: Agent, dialog: Dialog, number: int) -> bool:
        """Answer, and tell whether the dialog went: one that has only just opened takes no key, and is asked again."""
        asked = dialog.fingerprint
        try:
            answer = await self._answers.answer(workspace=supervisor.id, role=agent.role, dialog=asked, choice=number)
        except HiveError as error:
            log.info("a rule's answer to %s: %s", agent.id, error)
            return False
        return bool(answer["gone"])


def _permit(agent: Agent, event: Hooked) -> Permit | None:
    """Find the rule that covers what a hook asks leave for; one whose payload was cut is never covered.

    Nor is a file on another host: where links lead there is not known here.
    """
    rules = agent.spec.allow if agent.spec is not None else ()
    if not rules or event.cut or event.task or (event.tool in FILES and not agent.here):
        return None
    return permitted([read_permit(rule) for rule in rules], event.tool, _real(event, agent.dir), _resolved(agent.dir))


def _real(event: Hooked, folder: str) -> dict[str, Any]:
    """Give a tool's input with links in its path followed."""
    given = dict(event.tool_input)
    field = FILES.get(event.tool, "")
    path = given.get(field)
    if isinstance(path, str) and path and "\0" not in path:
        given[field] = _resolved(str(Path(folder, path)))
    return given


def _resolved(path: str) -> str:
    return str(Path(path).resolve())


def _subject(event: Hooked) -> str:
    """Give what a dialog has to show for it to be the one that the hook told of."""
    field = FILES.get(event.tool, "command")
    found = event.tool_input.get(field)
    if not isinstance(found, str):
        return event.tool
    return Path(found).name if field != "command" else found


def _yes(dialog: Dialog, subject: str) -> int:
    """Give the number of the answer that says yes this once; 0 where the dialog is about something else."""
    if not _stands(subject.split(), dialog.question.split()):
        return 0
    return next((number for number, choice in enumerate(dialog.choices, 1) if _is_yes(choice)), 0)


def _stands(words: Sequence[str], said: Sequence[str]) -> bool:
    """Tell whether words stand in a text one after the other, and a command does not go on behind them."""
    for i in range(len(said) - len(words) + 1):
        if list(said[i : i + len(words)]) == list(words):
            rest = said[i + len(words) :]
            return not rest or rest[0][0] not in ";&|<>()`$-"
    return False


def _is_yes(choice: Choice) -> bool:
    return not choice.lasting and bool(choice.keys) and choice.label.strip().casefold().startswith(YES)
