"""Prompts that are kept by name: one is chosen, filled as far as that can be done, and put into the composer."""

from collections.abc import Callable, Mapping
from typing import Any

from hiveui.model.templates import filled, of_agent, variables
from hiveui.model.text import visible
from hiveui.tui.finding import Entry, Finding
from hiveui.tui.ground import Ground
from hiveui.tui.prompt import Prompt


class Phrases:
    """The library of prompts (`commands.sending.Phrases`)."""

    def __init__(self, ground: Ground, prompt: Prompt) -> None:
        self._ground = ground
        self._prompt = prompt

    def open(self) -> None:
        """Choose one by a few letters."""
        if self._ground.agent is not None:
            self._ground.run("looking for prompts…", self._open())

    async def _open(self) -> None:
        answer = await self._ground.link.call("prompt/library", workspace=self._ground.workspace.id)
        usable = [one for one in answer["prompts"] if not one["error"]]
        entries = [
            Entry(visible(one["name"]), visible(one["description"]), visible(one["origin"]), self._writes(one))
            for one in usable
        ]
        self._ground.screen.overlay.find(Finding(entries))
        broken = next((one for one in answer["prompts"] if one["error"]), None)
        if broken is not None:
            self._ground.screen.notice(f"{visible(broken['file'])}: {visible(broken['error'])}", "warning")

    def _writes(self, kept: Mapping[str, Any]) -> Callable[[], None]:
        def write() -> None:
            agent = self._ground.agent
            own = of_agent(agent, self._ground.workspace.name) if agent is not None else {}
            defaults = {one["name"]: one["default"] for one in kept["variables"] if one["default"]}
            text = filled(kept["text"], {**defaults, **own})
            self._prompt.write(text)
            if variables(text):
                places = ", ".join(f"{{{{{name}}}}}" for name in variables(text))
                self._ground.screen.notice(f"It has places for what you want: {places}.")

        return write
