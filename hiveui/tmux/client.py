"""The daemon's end of a tap: ask tmux, hear of output."""

import asyncio
import itertools
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import TmuxError
from hiveui.model.text import visible
from hiveui.tmux import commands
from hiveui.tmux.link import BOUNDS, Kind, Message, Messages
from hiveui.tmux.server import SAID

READ = 1 << 18
WHOLE_SCREEN = (0, 1 << 30)
ANSWER = 10.0
"""Seconds after which an unanswered command is an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What tmux said to one command line."""

    ok: bool
    lines: tuple[bytes, ...]

    def checked(self) -> "Answer":
        """Give itself, or raise TmuxError with tmux's own words."""
        if self.ok:
            return self
        said = visible(b" ".join(self.lines).decode(errors="replace")[:SAID]) or "no reason given"
        raise TmuxError(f"tmux refused: {said}.")


class Client:
    """One control connection, by way of a tap. All callbacks run on the event loop and must not block."""

    def __init__(
        self,
        *,
        on_dirty: Callable[[list[str]], None],
        on_signal: Callable[[str, str, bytes], None],
        on_note: Callable[[str], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._on_dirty = on_dirty
        self._on_signal = on_signal
        self._on_note = on_note
        self._on_lost = on_lost
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._ids = itertools.count(1)
        self._messages = Messages()
        self._out = bytearray()
        self._link: socket.socket | None = None
        self._tap: subprocess.Popen[bytes] | None = None
        self._loop = asyncio.get_running_loop()
        self.pid: int | None = None
        """The tap's process."""
        self.client_pid: int | None = None
        """The process of `tmux -C`, once it runs."""
        self._pongs = 0
        self._pings = 0

    def start(self, argv: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Start a tap for the control client `argv` (server.attach). What cannot be attached is told by `on_lost`."""
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as errors:
            self._tap = subprocess.Popen(
                [sys.executable, "-P", "-m", "hiveui.tmux.tap", *argv],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=dict(env),
                start_new_session=True,
            )
        ours.setblocking(False)
        self.pid = self._tap.pid
        self._link = ours
        self._loop.add_reader(ours, self._readable)

    async def ask(self, line: str, blocks: int = 1) -> Answer:
        """Send one command line and wait for its answer. Raises TmuxError when the connection is lost."""
        return await self._wait(Kind.COMMAND, bytes((blocks,)) + line.encode("utf-8", "surrogateescape"))

    def tell(self, line: str, blocks: int = 1) -> None:
        """Send one command line whose answer nobody needs."""
        self._send(Message(Kind.COMMAND, next(self._ids), bytes((blocks,)) + line.encode("utf-8", "surrogateescape")))

    async def capture(self, pane: str, start: int | None = None, end: int | None = None) -> Answer:
        """Ask for a screen or for lines of history: first line the header, then the rows."""
        bounds = WHOLE_SCREEN if start is None or end is None else (start, end)
        line = commands.capture(pane, start, end)
        body = BOUNDS.pack(*bounds) + commands.checked_pane(pane).encode() + b"\n" + line.encode()
        return await self._wait(Kind.CAPTURE, body)

    def hold(self, pane: str) -> None:
        """Stop a pane's output to this connection; the program goes on."""
        self._send(Message(Kind.HOLD, 0, commands.checked_pane(pane).encode()))

    def release(self, pane: str) -> None:
        """Undo `hold`; the pane is reported as dirty."""
        self._send(Message(Kind.RELEASE, 0, commands.checked_pane(pane).encode()))

    def ping(self) -> bool:
        """Ask the tap for a sign of life; False when it has not answered the last two."""
        if self._pings - self._pongs >= 2:
            return False
        self._pings += 1
        self._send(Message(Kind.PING))
        return True

    def close(self) -> None:
        """End the tap and its client; agents are not touched."""
        self._drop("closed")

    @property
    def lost(self) -> bool:
        """The connection is gone."""
        return self._link is None

    async def _wait(self, kind: Kind, body: bytes) -> Answer:
        if self._link is None:
            raise TmuxError("The connection to tmux is lost.", "HiveUI connects again by itself; try once more.")
        id_ = next(self._ids)
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[id_] = answer
        self._send(Message(kind, id_, body))
        try:
            async with asyncio.timeout(ANSWER):
                return await answer
        except TimeoutError:
            raise TmuxError(f"tmux did not answer for {ANSWER:.0f} seconds.") from None
        finally:
            self._answers.pop(id_, None)

    def _send(self, message: Message) -> None:
        if self._link is None:
            return
        waiting = bool(self._out)
        self._out += message.encode()
        if not waiting:
            self._writable()

    def _writable(self) -> None:
        if self._link is None:
            return
        try:
            del self._out[: self._link.send(self._out)]
        except BlockingIOError:
            pass
        except OSError as error:
            self._drop(str(error))
            return
        if self._out:
            self._loop.add_writer(self._link, self._writable)
        else:
            self._loop.remove_writer(self._link)

    def _readable(self) -> None:
        if self._link is None:
            return
        try:
            data = self._link.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop("the tap ended")
            return
        for message in self._messages.feed(data):
            self._hear(message)

    def _hear(self, message: Message) -> None:
        match message.kind:
            case Kind.REPLY:
                answer = self._answers.get(message.id)
                if answer is not None and not answer.done():
                    body = message.body[1:]
                    lines = tuple(body.split(b"\n")) if body else ()
                    answer.set_result(Answer(message.body[:1] == b"\1", lines))
            case Kind.DIRTY:
                self._on_dirty(message.body.decode("ascii", "replace").split())
            case Kind.SIGNAL:
                pane, kind, body = message.body.split(b" ", 2)
                self._on_signal(pane.decode("ascii", "replace"), kind.decode(), body)
            case Kind.NOTE:
                self._on_note(message.body.decode(errors="replace"))
            case Kind.READY:
                self.client_pid = int(message.body)
            case Kind.PONG:
                self._pongs = self._pings
            case Kind.LOST:
                self._drop(message.body.decode(errors="replace"))
            case _:
                self._drop(f"the tap sent a message of kind {message.kind}")

    def _drop(self, reason: str) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        self._loop.remove_reader(link)
        self._loop.remove_writer(link)
        link.close()
        if self._tap is not None:
            self._tap.kill()  # a stopped one heeds nothing else, and keeps its client from reading
            self._loop.run_in_executor(None, self._tap.wait)
            self._tap = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(TmuxError(f"The connection to tmux is lost: {reason}."))
        self._on_lost(reason)
