"""What a conversation remembers: how far its script was played, and what was said. JSON lines, appended."""

import json
import os
import re
from pathlib import Path

from hiveui.errors import UsageError
from hiveui.paths import Paths

VERSION = 1


def folder() -> Path:
    """Where conversations are kept."""
    return Paths.find(os.environ).state / "rehearsals"


class Memory:
    """One conversation, kept as it happens. `step` is the script's next step, from 0."""

    def __init__(self, conversation: str = "") -> None:
        self.conversation = conversation or os.urandom(8).hex()
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self.conversation):
            raise UsageError("A conversation's id is 1 to 64 letters, digits and hyphens.")
        self.step = 0
        self.script = ""
        self.blocks: list[tuple[str, str]] = []
        self._file = folder() / f"{self.conversation}.jsonl"

    def recall(self) -> None:
        """Read what was kept. Raises UsageError where there is no such conversation."""
        try:
            lines = self._file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            raise UsageError(
                f"There is no conversation {self.conversation!r} to resume.", "Start without --resume."
            ) from None
        for line in lines:
            try:
                self._learn(json.loads(line))
            except ValueError:
                continue  # the last line of a killed agent may be torn

    def _learn(self, entry: object) -> None:
        match entry:
            case {"version": int(version), "script": str(script)} if version == VERSION:
                self.script = script
            case {"step": int(step)}:
                self.step = step
            case {"block": [str(look), str(text)]}:
                self.blocks.append((look, text))
            case _:
                pass

    def begin(self, script: str) -> None:
        """Start to keep a new conversation that plays `script`."""
        self.script = script
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._keep({"version": VERSION, "script": script})

    def reached(self, step: int) -> None:
        """Keep that `step` is the next to play."""
        self.step = step
        self._keep({"step": step})

    def say(self, look: str, text: str) -> None:
        """Keep one block of what was shown."""
        self._keep({"block": [look, text]})

    def _keep(self, entry: object) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
