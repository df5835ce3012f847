"""HiveUI's own tmux server: its socket, its options, its life. The person's own server is never touched."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hiveui.errors import TmuxError
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


NO_ANSWER = 124
"""The exit status of a command that was ended because it took too long, as timeout(1) has it."""


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


class Server:
    """One tmux server by its socket; every question here forks, so none of it stands in a hot path."""

    def __init__(self, socket: Path, config: Path, wrap: Callable[[Sequence[str]], list[str]]) -> None:
        """Name a server; `wrap` puts a command outside the caller's session (machine.outside_session)."""
        self.socket = socket
        self.config = config
        self.forks = 0
        """Processes started here since the daemon began."""
        self._wrap = wrap

    async def start(self, session: str, columns: int, rows: int) -> None:
        """Make a session, and the server if there is none, outside whatever started the caller."""
        self.config.write_text(OPTIONS)
        where = ["-x", str(columns), "-y", str(rows), "-n", KEEPER]
        argv = ["tmux", "-u", "-S", str(self.socket), "-f", str(self.config), "new-session", "-d"]
        argv += ["-s", commands.checked_id(session), *where, *KEEPER_ARGV]
        code, said = await self._run(self._wrap(argv))
        if code:
            raise TmuxError(f"tmux could not start: {said or f'exit status {code}'}.")
        self.socket.chmod(0o600)

    @property
    def environment(self) -> Mapping[str, str]:
        """What the server and its clients are started with: nothing of the caller's but where programs are."""
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "SHELL", "USER", "LOGNAME") if name in os.environ}
        return kept | {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", SERVER_MARK: str(self.socket)}

    async def ask(self, *argv: str) -> str | None:
        """Run one tmux command; its output, or None where there is no server, or it refuses.

        Raises TmuxError where the server is there and says nothing: that is no reason to take it for gone.
        """
        code, said = await self._run(["tmux", "-u", "-N", "-S", str(self.socket), *argv])
        if code == NO_ANSWER:
            raise TmuxError(f"tmux gave {said}.", f"See what holds up the server at {self.socket}.")
        return None if code else said

    async def _run(self, argv: Sequence[str]) -> tuple[int, str]:
        self.forks += 1
        return await run(argv, self.environment)

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

    async def control_clients(self) -> list[int]:
        """List the pids of control clients."""
        said = await self.ask("list-clients", "-F", "#{client_pid} #{client_control_mode}") or ""
        return [int(line.split()[0]) for line in said.splitlines() if line.endswith(" 1")]

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


async def run(argv: Sequence[str], env: Mapping[str, str], within: float = 10.0) -> tuple[int, str]:
    """Run a short command; its exit status and what it said on either stream."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        cwd="/",
    )
    try:
        async with asyncio.timeout(within):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return NO_ANSWER, f"no answer within {within:.0f} seconds"
    return process.returncode or 0, out.decode(errors="replace").strip()
