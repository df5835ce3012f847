"""What a screen does on the machine where it runs; whatever else it does goes over the gateway, under its seat."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hiveui.config.misreadings import Kept, keep
from hiveui.errors import UsageError
from hiveui.model.signs import AgentState
from hiveui.paths import Paths
from hiveui.tui import editor
from hiveui.tui.clipboard import Clipboard, Outside, Programs
from hiveui.tui.editor import Spot


class Premises:
    """The machine of the person in front of the screen."""

    def __init__(self, environ: Mapping[str, str], paths: Paths, clipboard: Clipboard | None = None) -> None:
        self.environ = environ
        """What agents get that are started from here."""
        self.outside: Outside = Programs()
        """Programs around the screen: what it asks of the terminal that it is in."""
        self.clipboard = clipboard or Clipboard(environ, paths.copied)
        self._paths = paths

    def find(self, text: str, folder: Path) -> Spot | None:
        """Find the file that a `path:line` means in a folder. Blocks on the disk."""
        return editor.spot(text, folder, Path.home())

    def has(self, file: Path) -> bool:
        """Tell whether a file is there. Blocks on the disk."""
        return file.is_file()

    def opening(self, where: Spot, folder: Path) -> str:
        """Give the words, quoted for a shell in `folder`, that open a place in the person's editor."""
        return editor.command(self.environ, where, folder)

    def keep(self, seen: Mapping[str, Any], really: AgentState) -> tuple[Kept, int]:
        """Keep a screen that was misread; where that is, and the line of the rules to go to. Blocks on the disk."""
        from hiveui.config.mending import begin_rules  # noqa: PLC0415  who makes no rule needs no reader of screens

        kept = keep(self._paths, **seen, really=really)
        return kept, begin_rules(kept)

    def program(self, name: str) -> str | None:
        """Look for a program on PATH."""
        return shutil.which(name)

    async def hive(self, *words: str) -> tuple[bool, str]:
        """Run a command of the command line, which may ask nothing: whether it went well, and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "hiveui", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**self.environ, "GIT_TERMINAL_PROMPT": "0"},
            start_new_session=True,  # nothing of it may ask on the terminal of this screen
        )
        printed, _ = await process.communicate()
        return process.returncode == 0, printed.decode("utf-8", "replace")


class Kiosk(Premises):
    """The machine of somebody else: the screen is shown to a person elsewhere, and does nothing where it runs.

    What they copy goes to their own terminal, by OSC 52, or nowhere. Whatever a premises can do is refused here, also
    what it learns to do yet.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = {}
        self.outside = _Nothing()
        named = {name: environ[name] for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL") if name in environ}
        self.clipboard = Clipboard(named, None, self.outside, "")

    def __getattribute__(self, name: str) -> Any:
        """Give what is left. Raises UsageError."""
        if name not in {"environ", "outside", "clipboard", "__class__"}:
            raise UsageError("That is done on the machine of the hive, by its owner.")
        return super().__getattribute__(name)


class _Nothing:
    """No programs at all (`clipboard.Outside`)."""

    def has(self, _program: str) -> bool:
        return False

    def run(self, _argv: Sequence[str], _text: str) -> bool:
        return False

    def ask(self, _argv: Sequence[str]) -> str:
        return ""
