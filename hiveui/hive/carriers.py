"""Programs that carry alerts: the desktop's, and one of the person's own.

Text from outside is an argument, a variable or the standard input of a program, and never part of a line that a shell
reads.
"""

import asyncio
import contextlib
import html
import logging
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hiveui.model.alerts import Alert
from hiveui.model.attention import Need
from hiveui.model.text import visible
from hiveui.storage.secrets import redact

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a program may take."""
WAITING = 100
"""Needs that wait for a program which is still carrying the last alert."""
TROUBLE = 200
"""Characters that are kept of what a program says went wrong."""

_APPLESCRIPT = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")
DESKTOPS: Mapping[str, tuple[str, ...]] = {
    "darwin": ("osascript", *(word for line in _APPLESCRIPT for word in ("-e", line))),
    "linux": ("notify-send", "--app-name=HiveUI", "--"),
}
"""What shows an alert on the desktop of a platform; its title and its text follow."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert as a program is given it."""

    argv: tuple[str, ...]
    text: str = ""
    """On its standard input."""
    env: Mapping[str, str] = field(default_factory=dict)


def for_desktop(alert: Alert, platform: str) -> Letter:
    """Give what shows an alert on the desktop. Servers read markup in the text on Linux (Desktop Notifications 1.2)."""
    text = alert.text if platform == "darwin" else html.escape(alert.text, quote=False)
    return Letter((*DESKTOPS.get(platform, DESKTOPS["linux"]), alert.title, text))


def for_command(alert: Alert, argv: tuple[str, ...], count: int) -> Letter:
    """Give what runs the person's own program."""
    env = {"HIVE_TITLE": alert.title, "HIVE_TEXT": alert.text, "HIVE_COUNT": str(count)}
    return Letter(argv, alert.text + "\n", env)


def has_desktop(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether the daemon was started on a desktop whose program for it is installed; not over SSH."""
    here = platform == "darwin" or environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    program = DESKTOPS.get(platform, DESKTOPS["linux"])[0]
    return bool(here) and not environ.get("SSH_CONNECTION") and shutil.which(program) is not None


async def run(letter: Letter) -> str:
    """Run a program with an alert; why that failed, as a sentence, or ''. It is ended when it takes too long."""
    name = letter.argv[0]
    with contextlib.ExitStack() as pipes:
        given, heard = _pipe(pipes, letter.text.encode()), _pipe(pipes)
        try:
            process = await asyncio.create_subprocess_exec(
                *letter.argv,
                stdin=given[0],
                stdout=asyncio.subprocess.DEVNULL,
                stderr=heard[1],
                env={**os.environ, **letter.env},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return f"{name} cannot be run: {getattr(error, 'strerror', None) or 'it holds a NUL'}."
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            return f"{name} took over {PATIENCE:.0f} s and was ended."
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode == 0:
            return ""
        said = b""
        with contextlib.suppress(BlockingIOError):
            said = os.read(heard[0], 1 << 16)
        why = visible(redact(said.decode(errors="replace").strip())[-TROUBLE:])
        return f"{name} ended with {process.returncode}" + (f": {why}" if why else ".")


def _pipe(pipes: contextlib.ExitStack, data: bytes | None = None) -> tuple[int, int]:
    """Open a pipe that neither end waits on; one that has all its data is closed for writing.

    What a program says goes no further than the pipe holds: one that says more waits, and takes too long.
    """
    read, write = os.pipe()
    pipes.callback(os.close, read)
    if data is None:
        os.set_blocking(read, False)
        pipes.callback(os.close, write)
    else:
        os.write(write, data)
        os.close(write)
    return read, write


class Carrier:
    """One program; it carries one alert at a time, and what comes meanwhile together."""

    def __init__(self, name: str, spawn: Callable[[Awaitable[None]], None]) -> None:
        self.name = name
        self.trouble = ""
        """Why the last alert was not carried, '' where it was."""
        self._spawn = spawn
        self._needs: list[Need] = []
        self._busy = False

    def take(self, needs: Sequence[Need], letter: Callable[[Sequence[Need]], Letter | None]) -> None:
        """Have the program carry what `letter` makes of these needs and those that wait; None where none is left."""
        self._needs = [*self._needs, *needs][-WAITING:]
        if self._needs and not self._busy:
            self._busy = True
            self._spawn(self._carry(letter))

    async def _carry(self, letter: Callable[[Sequence[Need]], Letter | None]) -> None:
        try:
            while self._needs:
                needs, self._needs = self._needs, []
                written = letter(needs)
                if written is not None:
                    await self.send(written)
        finally:
            self._busy = False

    async def send(self, letter: Letter) -> str:
        """Have the program carry one alert at once; why it failed, or ''. The same trouble is logged once."""
        before, self.trouble = self.trouble, await run(letter)
        if self.trouble and self.trouble != before:
            log.warning("notifications by the %s: %s", self.name, self.trouble)
        return self.trouble
