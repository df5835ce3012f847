"""People who call a hive's SSH server with the real OpenSSH client: keys, configurations and terminals of their own."""

import contextlib
import json
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from tests.far import lacking
from tests.home import HIVE, argv_of, children_of
from tests.robot import Robot, World
from tests.waiting import WITHIN, until

OPTIONS = (
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "StrictHostKeyChecking accept-new",
    "BatchMode yes",
    "EscapeChar ~",
)


ZYGOTE = "hiveui.cli.seated"


class Callers:
    """People with keys of their own, whose ssh knows one server, `hive`, and nothing of this machine's."""

    def __init__(self, folder: Path, env: Mapping[str, str], key_file: Path) -> None:
        if why := lacking("ssh", "ssh-keygen", path=env["PATH"]):
            pytest.skip(why)
        self.folder = folder
        self.env = env
        self.key_file = key_file
        self.port = 0
        folder.mkdir()

    def key(self, name: str, sort: str = "ed25519") -> Path:
        """Make a key pair, once."""
        path = self.folder / name
        if not path.exists():
            self.keygen("-q", "-t", sort, "-N", "", "-C", name, "-f", str(path))
        return path

    def keygen(self, *argv: str) -> str:
        """Run ssh-keygen."""
        done = subprocess.run(["ssh-keygen", *argv], env=self.env, check=True, capture_output=True, text=True)
        return done.stdout

    def write_keys(self, *lines: str) -> None:
        """Write the file by hand."""
        self.key_file.parent.mkdir(parents=True, exist_ok=True)
        self.key_file.write_text("".join(f"{line}\n" for line in lines))
        self.key_file.chmod(0o600)

    def public(self, name: str) -> str:
        """Give the line of a key."""
        return Path(f"{self.key(name)}.pub").read_text().strip()

    def config(self, name: str, *options: str) -> Path:
        """Write the configuration of somebody's ssh."""
        path = self.folder / f"{name}.config"
        lines = [
            "Host hive",
            "HostName 127.0.0.1",
            f"Port {self.port}",
            f"User {name}",
            f"IdentityFile {self.key(name)}",
            f"UserKnownHostsFile {self.folder / 'known_hosts'}",
            *options,
            *OPTIONS,
        ]
        whole = path.with_suffix(f".{secrets.token_hex(4)}")  # another of theirs may be reading it
        whole.write_text("\n".join(lines) + "\n")
        return whole.replace(path)

    def argv(self, name: str, *words: str, options: Sequence[str] = (), flags: Sequence[str] = ()) -> list[str]:
        """Give the command by which somebody calls."""
        return ["ssh", "-F", str(self.config(name, *options)), *flags, "hive", *words]

    def ssh(
        self, name: str, *words: str, options: Sequence[str] = (), flags: Sequence[str] = (), within: float = WITHIN
    ) -> tuple[int, str, str]:
        """Call without a terminal; the exit status, what came and what was said."""
        done = subprocess.run(
            self.argv(name, *words, options=options, flags=flags),
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
        )
        return done.returncode, done.stdout, done.stderr


class Served(Callers):
    """A world whose hive is served over SSH on a free port of this machine."""

    def __init__(self, world: World, *options: str) -> None:
        super().__init__(world.home / "callers", world.env, world.paths.config / "authorized_keys")
        self.world = world
        self._options = options
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve, on the port of before if there was one."""
        argv = [*HIVE, "serve", "--port", str(self.port), *self._options, "--json"]
        self.process = subprocess.Popen(argv, env=self.world.env, cwd=self.world.home, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.standing = json.loads(self.process.stdout.readline())
        self.port = self.standing["port"]

    def stop(self) -> None:
        """End the server as a person does."""
        self._end(self.process.terminate)

    def kill(self) -> None:
        """End the server as nothing can see it coming."""
        self._end(self.process.kill)

    def _end(self, how: Callable[[], None]) -> None:
        how()
        self.process.wait(WITHIN)
        if self.process.stdout is not None:
            self.process.stdout.close()

    # keys

    def let_in(self, name: str, *options: str) -> Path:
        """Let somebody in."""
        key = self.key(name)
        self.world.done("keys", "add", f"{key}.pub", *options)
        return key

    # callers

    @contextlib.contextmanager
    def running(
        self, name: str, *words: str, env: Mapping[str, str] | None = None, **more: Any
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Call without a terminal, for as long as it is needed."""
        argv, environ = self.argv(name, *words, **more), {**self.env, **(env or {})}
        with subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                process.kill()

    def calls(self, name: str, *words: str, columns: int = 120, lines: int = 32) -> Robot:
        """Call from a terminal."""
        return self.world.runs(self.argv(name, *words, flags=("-t",)), columns, lines)

    def hang_up(self) -> None:
        """Close every terminal, and wait until no screen is served any more."""
        while self.world._robots:
            self.world._robots.pop().close()
        until(lambda: not self.screens(), WITHIN, "the end of every screen")

    # what is there

    def audit(self, what: str = "") -> list[dict[str, Any]]:
        """Give the lines of the audit log."""
        text = (self.world.paths.state / "ssh" / "audit.log").read_text()
        found = [json.loads(line) for line in text.splitlines()]
        return [line for line in found if what in {"", line["what"]}]

    def zygotes(self) -> list[int]:
        """Give the pid of the process that forks screens."""
        return [pid for pid in children_of(self.process.pid, recursive=False) if ZYGOTE in argv_of(pid)]

    def screens(self) -> list[int]:
        """Give the pids of the screens that are served."""
        return [screen for zygote in self.zygotes() for screen in children_of(zygote, recursive=False)]

    def orphans(self) -> list[int]:
        """Give the pids of all that forks or is forked in this world, whoever started it."""
        return [pid for pid in self.world.processes() if ZYGOTE in argv_of(pid)]
