"""HiveUI's own tmux server: its socket, its options, its life. The person's own server is never touched."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from hiveui.errors import TmuxError
from hiveui.model.text import visible
from hiveui.tmux import commands

OLDEST = (3, 2)
RECOMMENDED = "3.7"
KEEPER = "hive-keeper"
"""The window that keeps a session alive without agents, and has the focus while no agent has it."""
SERVER_MARK = "HIVE_TMUX_SERVER"
"""In the server's own environment: its socket, so that a server whose socket was deleted can be found."""

OPTIONS = """\
set -s escape-time 0
set -s exit-empty on
set -s extended-keys on
set -s focus-events on
set -s set-clipboard off
set -s buffer-limit 50
set -s default-terminal tmux-256color
set -sa terminal-features ',*:RGB:usstyle'
set -g update-environment ''
set -g default-size 120x40
set -g history-limit 10000
set -g destroy-unattached off
set -g monitor-bell on
set -g bell-action any
set -g visual-bell off
set -g mouse on
set -g set-titles off
set -g status-left ' HiveUI '
set -g status-right ''
set -wg window-status-format ' #I #{@hive_role} '
set -wg window-status-current-format ' #I #{@hive_role} '
set -wg allow-rename off
set -wg automatic-rename off
set -wg allow-passthrough off
set -wg remain-on-exit on
set -wg remain-on-exit-format ''
set-environment -gu LC_ALL
set-environment -gu HIVE_TMUX_SERVER
set -wg aggressive-resize off
"""
"""Global `window-size` is left alone: a manual one kills servers before 3.7 (tmux issue 4849)."""

KEEPER_ARGV = ("sh", "-c", "echo This window belongs to HiveUI.; while :; do sleep 86400; done")


TERMINAL = "tmux-256color"
"""What terminal(5) programs in panes have."""
START = (
    'config=$1 socket=$2; shift 2; (umask 077; mkdir -p "${config%/*}" && cat >"$config") || exit; '
    '"$@" && chmod 600 "$socket"'
)
"""Writes the options that it is given, makes a session, and closes the socket to others."""
SAID = 200
"""Characters that are passed on of what tmux, or the way to it, says of a failure."""
_NOT_THERE = re.compile("no server running on |error connecting to |can't find |no sessions|no current ")
"""How tmux itself says that something is not there."""


class Line(Protocol):
    """The way to where the server runs."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment, here, in which `argv` is to be run."""

    def argv(self, words: Sequence[str]) -> list[str]:
        """Give the argv that, run here, runs `words` there."""

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> tuple[int, bytes, bytes]:
        """Run `words` there: their exit status, and what they said on either stream."""


def tmux_version() -> tuple[int, int]:
    """Give the version of the tmux on PATH. Raises TmuxError where it is missing or too old."""
    if shutil.which("tmux") is None:
        raise TmuxError("tmux is not installed.", "Install it: apt-get install tmux, or brew install tmux.")
    with os.popen("tmux -V") as out:  # noqa: S605  a constant command
        said = out.read().strip()
    found = re.search(r"(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (99, 0)
    if version < OLDEST:
        raise TmuxError(
            f"{said} is too old: HiveUI needs tmux {OLDEST[0]}.{OLDEST[1]} or later.",
            f"Install a newer one ({RECOMMENDED} is best): your system's backports, Homebrew, or a build from source.",
        )
    return version


def environment(socket: Path) -> dict[str, str]:
    """Give what a server here is started with: nothing of the caller's but where programs are."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "SHELL", "USER", "LOGNAME") if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", SERVER_MARK: str(socket)}


class Server:
    """One tmux server by its socket; every question here forks, so none of it stands in a hot path."""

    def __init__(
        self,
        socket: Path,
        config: Path,
        line: Line,
        wrap: Callable[[Sequence[str]], list[str]],
        *,
        program: str = "tmux",
        terminal: str = TERMINAL,
    ) -> None:
        """Name a server at the end of a line; `wrap` puts a command outside the session it is run in (machine)."""
        self.socket = socket
        self.config = config
        self.line = line
        self.forks = 0
        """Processes started here since the daemon began."""
        self._wrap = wrap
        self._tmux = (program, "-u", "-S", str(socket))
        self._options = OPTIONS.replace(TERMINAL, terminal)

    async def start(self, session: str, columns: int, rows: int) -> None:
        """Make a session, and the server if there is none, outside whatever started the caller."""
        where = ["-x", str(columns), "-y", str(rows), "-n", KEEPER]
        argv = [*self._tmux, "-f", str(self.config), "new-session", "-d"]
        argv += ["-s", commands.checked_id(session), *where, *KEEPER_ARGV]
        words = ["sh", "-c", START, "sh", str(self.config), str(self.socket), *self._wrap(argv)]
        code, _, said = await self._run(words, self._options.encode())
        if code:
            raise TmuxError(f"tmux could not start: {visible(said[:SAID]) or f'exit status {code}'}.")

    def attach(self, session: str) -> list[str]:
        """Give the argv of a control client of a session."""
        client = ("-C", "attach-session", "-f", "pause-after=1", "-t", f"={commands.checked_id(session)}")
        return self.line.argv([*self._tmux, *client])

    async def ask(self, *argv: str) -> str | None:
        """Run one tmux command; its output, or None where tmux says that what it asks for is not there.

        Raises TmuxError where the server says nothing, or cannot be asked: that is no reason to take it for gone.
        """
        code, out, said = await self._run([*self._tmux, "-N", *argv])
        if code == 0:
            return out
        if _NOT_THERE.search(said):
            return None
        why = visible(said[:SAID]) or f"exit status {code}"
        raise TmuxError(f"tmux gave {why}.", f"See what holds up the server at {self.socket}.")

    async def _run(self, words: Sequence[str], stdin: bytes = b"") -> tuple[int, str, str]:
        self.forks += 1
        code, out, err = await self.line.run(words, stdin=stdin)
        return code, out.decode(errors="replace").strip(), err.decode(errors="replace").strip()

    async def pid(self) -> int | None:
        """Give the server's process, if it answers."""
        said = await self.ask("display-message", "-p", "#{pid}")
        return int(said) if said and said.isdigit() else None

    async def sessions(self) -> list[str]:
        """List sessions; names are generated ids."""
        return (await self.ask("list-sessions", "-F", "#{session_name}") or "").split()

    async def end(self, session: str) -> None:
        """End a session and the programs in it, if it is there."""
        await self.ask("kill-session", "-t", f"={commands.checked_id(session)}")

    async def control_clients(self, session: str = "") -> list[int]:
        """List the pids of control clients, of one session or of all."""
        of = ("-t", f"={commands.checked_id(session)}") if session else ()
        said = await self.ask("list-clients", *of, "-F", "#{client_pid} #{client_control_mode}") or ""
        return [int(pid) for pid in re.findall(r"^([0-9]{1,9}) 1$", said, re.MULTILINE)]

    async def kill(self, pid: int | None, gone: Callable[[int], bool], within: float = 5.0) -> None:
        """End the server and all in it, by signal where it does not end by command."""
        with contextlib.suppress(TmuxError):
            await self.ask("kill-server")
        deadline = asyncio.get_running_loop().time() + within
        for number in (0, signal.SIGTERM, signal.SIGKILL):
            while pid is not None and not gone(pid):
                if asyncio.get_running_loop().time() > deadline:
                    break
                await asyncio.sleep(0.02)
            else:
                break
            deadline += within
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number or signal.SIGTERM)
        self.socket.unlink(missing_ok=True)


def bind_again(pid: int) -> None:
    """Make a server whose socket was deleted create it anew (tmux(1): SIGUSR1)."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR1)
