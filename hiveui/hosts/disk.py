"""Files on another host, for what works on files and does not care where they are. It waits: not for the event loop."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from hiveui.hosts.line import Done, Line
from hiveui.hosts.script import account

LARGEST = 1 << 20
"""Bytes that are read of a file."""
SAID = 4096
"""Bytes that are looked at of what a program says of its version."""
PATIENCE = 10.0
_WRITE = 'umask 077; mkdir -p -- "${1%/*}" && cat >"$1.new" && mv -f -- "$1.new" "$1"'


class Disk:
    """What is on a host (hooks.injection.Disk). Each question is one run by its line, from another thread."""

    def __init__(self, line: Line, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` runs what is asked: it is to be that of another thread than the one that asks."""
        self._line = line
        self._loop = loop

    def read(self, path: Path) -> bytes:
        """Give what is in a file. Raises OSError."""
        return self._checked(["head", "-c", str(LARGEST), "--", str(path)]).out

    def exists(self, path: Path) -> bool:
        """Tell whether a file is there."""
        return self._run(["test", "-e", str(path)]).code == 0

    def make(self, folder: Path) -> None:
        """Have a folder of ours be there. Raises OSError."""
        self._checked(["sh", "-c", 'umask 077; mkdir -p -- "$1"', "sh", str(folder)])

    def write(self, path: Path, data: bytes) -> None:
        """Put `data` in place of a file, for the eyes of the account there only. Raises OSError."""
        self._checked(["sh", "-c", _WRITE, "sh", str(path)], data)

    def version(self, program: str, env: Mapping[str, str]) -> str:
        """Give what a program there says of its version; '' where it says nothing."""
        return self._run([*account(env), program, "--version"]).out[:SAID].decode("utf-8", "replace")

    def _run(self, words: Sequence[str], stdin: bytes = b"") -> Done:
        asked = self._line.run(words, stdin=stdin, within=PATIENCE)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()

    def _checked(self, words: Sequence[str], stdin: bytes = b"") -> Done:
        done = self._run(words, stdin)
        if done.code:
            raise OSError(done.code, done.err.decode("utf-8", "replace")[:200], str(words[-1]))
        return done
