"""What agents did, in the words of a small model, where the person chose one: beside what is told anyway."""

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hiveui.agents.usage.prices import prices
from hiveui.config.files import Configuration
from hiveui.config.settings import Summary
from hiveui.errors import UsageError
from hiveui.llm.asking import ask
from hiveui.llm.question import Answer, Question
from hiveui.model.text import visible
from hiveui.model.usage import Tokens
from hiveui.model.wording import SYSTEM, prompt, sentence
from hiveui.paths import Paths
from hiveui.storage.secrets import redact

KEY = "ANTHROPIC_API_KEY"
BASE_URL = "ANTHROPIC_BASE_URL"
MOST = 32
"""Agents that are put into words at once."""
KEPT = 500
"""Sentences that are kept, so that asking again costs nothing."""
KEY_WITHIN = 10.0
"""Seconds that the command which gives the key may take."""


@dataclass(slots=True)
class Cost:
    """What was asked for, and what that took."""

    requests: int = 0
    input: int = 0
    output: int = 0
    usd: float | None = 0.0
    """None where the model's price is not known."""
    problem: str = ""
    """Why an agent has no words: one sentence, '' where each has."""


class Wording:
    """Puts changes (`model.absence.Change`, as JSON) into a model's words."""

    def __init__(self, paths: Paths, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._choices = Configuration(paths, paths.config, {}, commands={})  # no project's file says what is sent where
        self._kept: dict[tuple[str, str, str], str] = {}
        self._one = asyncio.Lock()
        """Who asks while another does waits, and finds the words."""

    async def model(self) -> str:
        """Give the name of the model that the person chose; '' where that is none."""
        summary = await self._chosen()
        return summary.model if summary.on else ""

    async def _chosen(self) -> Summary:
        await asyncio.to_thread(self._choices.look)
        return self._choices.config.settings.summary

    async def put(self, changes: Sequence[dict[str, Any]]) -> Cost:
        """Set `words` of each change to a sentence of the model's, '' where there is none."""
        async with self._one:
            summary, cost = await self._chosen(), Cost()
            for change in changes:
                change["words"] = ""
            if not summary.on:
                return cost
            base_url = summary.base_url or self._environ.get(BASE_URL, "")
            wanted = {i: _prompt(change) for i, change in enumerate(changes) if not change["quiet"]}
            names = {i: (summary.model, base_url, text) for i, text in wanted.items()}
            missing = list(dict.fromkeys(name for name in names.values() if name not in self._kept))
            if len(missing) > MOST:
                cost.problem = f"No more than {MOST} agents are put into words at once."
            if missing:
                await self._ask(summary, missing[:MOST], cost)
            for i, name in names.items():
                changes[i]["words"] = self._kept.get(name, "")
            return cost

    async def _ask(self, summary: Summary, missing: Sequence[tuple[str, str, str]], cost: Cost) -> None:
        """Ask for what is not known yet, and keep it."""
        question = Question(summary.model, tuple(name[2] for name in missing), SYSTEM, missing[0][1])
        try:
            answers = await ask(question, await self._key(summary), self._environ)
        except UsageError as error:
            cost.problem = f"{error} {error.hint}".strip()
            return
        for name, answer in zip(missing, answers, strict=False):
            _add(cost, summary.model, answer)
            words = sentence(redact(answer.text))
            if words:
                self._kept[name] = words
            elif not cost.problem:
                cost.problem = visible(redact(answer.problem))
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    async def _key(self, summary: Summary) -> str:
        """Give the key: what the person's command prints, else the variable. Raises UsageError."""
        if not summary.key_command:
            if key := self._environ.get(KEY, "").strip():
                return key
            mend = "Set `key_command` of `summary` (`hive config edit`), or start the daemon from a shell that has it."
            raise UsageError(f"{KEY} is not in the daemon's environment.", mend)
        return await _printed(summary.key_command)


def _prompt(change: Mapping[str, Any]) -> str:
    return prompt({name: redact(value) if isinstance(value, str) else value for name, value in change.items()})


def _add(cost: Cost, model: str, answer: Answer) -> None:
    if not answer.input:
        return
    cost.requests += 1
    cost.input += answer.input
    cost.output += answer.output
    price = prices().find(model, date.today().isoformat())  # noqa: DTZ011  the person's own day
    cost.usd = None if price is None or cost.usd is None else cost.usd + price.cost(Tokens(answer.input, answer.output))


async def _printed(argv: Sequence[str]) -> str:
    """Give the first line that a program prints. Raises UsageError; what it printed is in no sentence."""
    process = None
    try:
        async with asyncio.timeout(KEY_WITHIN):
            nothing = asyncio.subprocess.DEVNULL
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=nothing, stdout=asyncio.subprocess.PIPE, stderr=nothing
            )
            said, _ = await process.communicate()
        if process.returncode == 0 and (lines := said.decode("ascii", "ignore").split()):
            return lines[0]
        why = "printed no key" if process.returncode == 0 else f"ended with {process.returncode}"
    except TimeoutError:
        why = f"took longer than {KEY_WITHIN:.0f} seconds"
    except OSError as error:
        why = f"cannot be run: {error.strerror}"
    finally:
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    raise UsageError(f"{argv[0]}, the `key_command` of `summary`, {why}.", "`hive config edit` mends it.")
