"""The line to a host: how words that are to run there are run from here."""

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hiveui.model.hosts import LOCAL, HostSpec, Way

NO_ANSWER = 124
"""The exit status of what was ended because it took too long, as timeout(1) has it."""
NOT_FOUND = 127
"""The exit status of what could not be run here, as sh(1) has it."""
AT_ONCE = 3
"""Words that run at the same time by one ssh connection, at most: sshd_config(5) MaxSessions is 10, among them taps,
the channel, what git brings over, and what the master runs."""
MOST = 1 << 27
"""Bytes that are kept of what words print, at most."""
KEPT = ("HOME", "PATH", "USER", "LOGNAME", "SHELL", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST")
"""What programs that lead to hosts are given of the daemon's environment."""


class Done(NamedTuple):
    """What became of words that were run."""

    code: int
    """Exit status, minus the number of the signal, 255 where ssh(1) itself failed, NO_ANSWER, or NOT_FOUND."""
    out: bytes
    """What it printed, as `err`: its first MOST bytes."""
    err: bytes


class Line(Protocol):
    """The way to one host."""

    @property
    def name(self) -> str:
        """The host's name."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment, here, in which `argv` is to be run."""

    def argv(self, words: Sequence[str]) -> list[str]:
        """Give the argv that, run here, runs `words` there; standard streams and exit status are passed through.

        `words` are short and on one line each: the shell of the account there may read them. Scripts go to `sh -s`.
        """

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
        """Run `words` there once; they are ended, as far as can be, after `within` seconds. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Local:
    """This host."""

    env: Mapping[str, str]
    name: str = LOCAL

    def argv(self, words: Sequence[str]) -> list[str]:
        """Give the words themselves."""
        return list(words)

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
        """Run words here."""
        return await once(words, self.env, stdin=stdin, within=within)


@dataclass(frozen=True, slots=True)
class Command:
    """A host that is reached by words put before those that run there: `docker exec -i C`, `bwrap …`."""

    name: str
    prefix: tuple[str, ...]
    env: Mapping[str, str]

    def argv(self, words: Sequence[str]) -> list[str]:
        """Put the prefix before the words."""
        return [*self.prefix, *words]

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
        """Run words by way of the prefix."""
        return await once(self.argv(words), self.env, stdin=stdin, within=within)


SAFE = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "ClearAllForwardings": "yes",
    "PermitLocalCommand": "no",
    "RemoteCommand": "none",
    "RequestTTY": "no",
    "EscapeChar": "none",
}
"""What ssh(1) is told whatever the person's ssh_config(5) says: it asks nobody, believes no unknown host key, and
forwards nothing. Values on the command line come before those of files."""


@dataclass(frozen=True, slots=True)
class Ssh:
    """A host behind OpenSSH: everything goes by one connection, which its master holds (`hosts.master`).

    Where there is none, words fail at once: no program of ours ever connects by itself.
    """

    name: str
    words: tuple[str, ...]
    """As the person wrote them: options of ssh(1), the destination last."""
    control: Path
    """The socket of the master: ControlPath of ssh_config(5)."""
    env: Mapping[str, str]
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), compare=False)

    @property
    def destination(self) -> str:
        """Where it leads, as ssh(1) takes it."""
        return self.words[-1]

    @property
    def by_hand(self) -> str:
        """Where it leads with all options, as a person types it after `ssh`."""
        return shlex.join(self.words)

    def ssh(self, *options: str) -> list[str]:
        """Give the argv of OpenSSH's client with `options`, up to and with the destination."""
        safe = [word for name, value in SAFE.items() for word in ("-o", f"{name}={value}")]
        path = str(self.control).replace("%", "%%")
        return ["ssh", *safe, "-o", f"ControlPath={path}", *options, *self.words[:-1], "--", self.destination]

    def argv(self, words: Sequence[str]) -> list[str]:
        """Run words by the master's connection."""
        alone = ("-T", "-o", "ControlMaster=no", "-o", "ProxyCommand=exit 255")
        return [*self.ssh(*alone), "exec " + shlex.join(words)]

    async def run(self, words: Sequence[str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
        """Run words there, a few at a time."""
        async with self._room:
            return await once(self.argv(words), self.env, stdin=stdin, within=within)


def surroundings(environ: Mapping[str, str], ssh_agent: Path | None = None) -> dict[str, str]:
    """Give the environment of programs that lead to hosts; `ssh_agent` is the socket of the person's SSH agent."""
    agent = {"SSH_AUTH_SOCK": str(ssh_agent)} if ssh_agent is not None else {}
    kept = {name: environ[name] for name in KEPT if name in environ}
    return kept | agent | {"LC_ALL": "C.UTF-8", "TERM": "dumb", "SSH_ASKPASS_REQUIRE": "never"}


def line_to(spec: HostSpec, control: Path, env: Mapping[str, str]) -> Line:
    """Make the line to a host; `control` is for the socket of a master, `env` for programs which lead to hosts."""
    match spec.way:
        case Way.LOCAL:
            return Local(env, spec.name)
        case Way.COMMAND:
            return Command(spec.name, spec.argv, env)
        case Way.SSH:
            return Ssh(spec.name, spec.argv, control, env)


async def started(argv: Sequence[str], env: Mapping[str, str], **streams: int) -> asyncio.subprocess.Process:
    """Start a program here, in a session of its own. Raises OSError.

    Whoever starts it can be cancelled: CPython 3.11 waits for ever where that happens before its pipes are connected.
    """
    more: dict[str, Any] = {"env": dict(env), "start_new_session": True, "cwd": "/", **streams}
    starting = asyncio.ensure_future(asyncio.create_subprocess_exec(*argv, **more))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(_given_up)
        raise


def _given_up(starting: "asyncio.Future[asyncio.subprocess.Process]") -> None:
    if not starting.cancelled() and starting.exception() is None:
        with contextlib.suppress(ProcessLookupError):
            starting.result().kill()


async def once(argv: Sequence[str], env: Mapping[str, str], *, stdin: bytes = b"", within: float = 10.0) -> Done:
    """Run a program here in a session of its own; with all that it started it is ended after `within` seconds."""
    try:
        process = await started(
            argv,
            env,
            stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return Done(NOT_FOUND, b"", f"{argv[0]}: {error.strerror}".encode())
    try:
        async with asyncio.timeout(within):
            _, out, err = await asyncio.gather(_feed(process, stdin), _kept(process.stdout), _kept(process.stderr))
            await process.wait()
    except TimeoutError:
        return Done(NO_ANSWER, b"", f"no answer within {within:.0f} seconds".encode())
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return Done(process.returncode or 0, out, err)


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    """Give a program its standard input, as far as it reads it."""
    if process.stdin is not None:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(data)
            await process.stdin.drain()
        process.stdin.close()


async def _kept(stream: asyncio.StreamReader | None) -> bytes:
    """Read a stream to its end, and keep its first bytes."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(1 << 16)):
        kept += chunk[: MOST - len(kept)]
    return bytes(kept)
