"""The tap: a process that owns one tmux control client and never stops reading it.

A control client that nobody reads freezes every agent that prints (measured on 3.3a: for good). So the reader
shares nothing with the daemon that can stall: it turns floods into "pane dirty" marks, keeps the few signal
sequences, and holds what the daemon has not read yet in bounded memory. It ends itself and its client as soon
as the daemon's end closes; the client dies with the tap where the system can arrange that.

Run as `python -m hiveui.tmux.tap ARGV…`, the control client's argv, with the link on standard input. Standard library
only.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque

from hiveui.machine import this_machine
from hiveui.tmux.link import BOUNDS, Kind, Message, Messages
from hiveui.tmux.protocol import Expected, Notification, Output, Protocol, ProtocolError, Reply, checked_pane
from hiveui.tmux.scan import Scanner, Signal

READ = 1 << 18
BACKLOG = 1 << 16
"""Bytes waiting for the daemon above which marks and signals stay here, where they merge."""
SIGNALS = 256
NOTES = 1024
NOTE = 512
"""Bytes of a notification, at most."""
PANES = 1024
"""Panes of which anything is kept, at most: a tmux elsewhere may invent them. The one silent for longest goes."""
REARM = 1.0
"""Seconds after which a pane that nobody captures may be reported as dirty again."""


class Tap:
    """One control client between tmux and the daemon."""

    def __init__(self, link: socket.socket, client: "subprocess.Popen[bytes]") -> None:
        if client.stdin is None or client.stdout is None:
            raise ValueError("the client needs both pipes")
        self._link = link
        self._client = client
        self._to_tmux = client.stdin.fileno()
        self._from_tmux = client.stdout.fileno()
        for fd in (self._to_tmux, self._from_tmux):
            os.set_blocking(fd, False)
        link.setblocking(False)
        self._protocol = Protocol()
        self._messages = Messages()
        self._attached = False
        self._tmux_out = bytearray()
        self._link_out = bytearray()
        self._scanners: dict[bytes, Scanner] = {}
        """By pane, the one that printed last at the end."""
        self._dirty: set[bytes] = set()
        self._reported: dict[bytes, float] = {}
        self._held: set[bytes] = set()
        self._signals: deque[bytes] = deque(maxlen=SIGNALS)
        self._notes: deque[bytes] = deque(maxlen=NOTES)

    def run(self) -> str:
        """Serve until one side ends; give the reason. Never blocks on anything but `poll`."""
        poll = select.poll()
        poll.register(self._from_tmux, select.POLLIN)
        poll.register(self._link, select.POLLIN)
        poll.register(self._to_tmux, 0)
        while True:
            poll.modify(self._to_tmux, select.POLLOUT if self._tmux_out and self._attached else 0)
            poll.modify(self._link, select.POLLIN | (select.POLLOUT if self._link_out else 0))
            for fd, event in poll.poll(1000 if self._dirty else None):
                if fd == self._from_tmux and not self._read_tmux():
                    return "tmux closed the control client"
                if fd == self._link.fileno() and event & (select.POLLIN | select.POLLHUP) and not self._read_link():
                    return ""
                if fd == self._to_tmux and event & (select.POLLERR | select.POLLHUP):
                    return "tmux closed the control client"
            self._offer()
            self._write_tmux()
            if not self._write_link():
                return ""

    def tell(self, kind: Kind, body: bytes = b"", id_: int = 0) -> None:
        """Queue one message for the daemon."""
        self._link_out += Message(kind, id_, body).encode()

    def _read_tmux(self) -> bool:
        try:
            data = os.read(self._from_tmux, READ)
        except BlockingIOError:
            return True
        for item in self._protocol.feed(data):
            match item:
                case Output():
                    self._output(item)
                case Reply():
                    self._reply(item)
                case Notification():
                    self._notification(item.line)
        return bool(data)

    def _output(self, output: Output) -> None:
        for found in self._printed(output.pane).feed(output.data):
            self._signal(output.pane, found)

    def _printed(self, pane: bytes) -> Scanner:
        """Mark a pane as dirty, and give what scans it."""
        self._dirty.add(pane)
        known = self._scanners.pop(pane, None)
        scanner = self._scanners[pane] = known or Scanner()
        if len(self._scanners) > PANES:
            silent = next(iter(self._scanners))
            del self._scanners[silent]
            self._reported.pop(silent, None)
            self._dirty.discard(silent)
        return scanner

    def _signal(self, pane: bytes, found: Signal) -> None:
        entry = b" ".join((pane, found.kind.encode(), found.body))
        if not self._signals or self._signals[-1] != entry:
            self._signals.append(entry)

    def _reply(self, reply: Reply) -> None:
        if reply.id:
            self.tell(Kind.REPLY, (b"\1" if reply.ok else b"\0") + b"\n".join(reply.lines), reply.id)

    def _notification(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        if word == b"%session-changed" and not self._attached:
            # Before this, commands that concern the client are refused.
            self._attached = True
            self.tell(Kind.READY, str(self._client.pid).encode())
        elif word == b"%pause" and rest not in self._held:
            self._printed(checked_pane(rest))
            self._command(b"refresh-client -A '" + rest + b":continue'")
        elif word not in (b"%pause", b"%continue"):
            self._notes.append(line[:NOTE])

    def _read_link(self) -> bool:
        try:
            data = self._link.recv(READ)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        for message in self._messages.feed(data):
            self._serve(message)
        return bool(data)

    def _serve(self, message: Message) -> None:
        match Kind(message.kind):
            case Kind.COMMAND:
                self._protocol.expect(Expected(message.id, message.body[0]))
                self._tmux_out += message.body[1:] + b"\n"
            case Kind.CAPTURE:
                start, end = BOUNDS.unpack_from(message.body)
                pane, _, line = message.body[BOUNDS.size :].partition(b"\n")
                self._reported.pop(pane, None)
                self._protocol.expect(Expected(message.id, start=start, end=end))
                self._tmux_out += line + b"\n"
            case Kind.HOLD:
                self._held.add(message.body)
                self._command(b"refresh-client -A '" + message.body + b":pause'")
            case Kind.RELEASE:
                self._held.discard(message.body)
                self._reported.pop(message.body, None)
                self._dirty.add(message.body)
                self._command(b"refresh-client -A '" + message.body + b":continue'")
            case Kind.PING:
                self.tell(Kind.PONG, id_=message.id)
            case _:
                raise ProtocolError(f"message {message.kind} does not go to a tap")

    def _command(self, line: bytes) -> None:
        self._protocol.expect(Expected(0))
        self._tmux_out += line + b"\n"

    def _offer(self) -> None:
        """Hand marks, signals and notes over while the daemon reads; keep and merge them while it does not."""
        if len(self._link_out) > BACKLOG:
            return
        while self._notes:
            self.tell(Kind.NOTE, self._notes.popleft())
        while self._signals:
            self.tell(Kind.SIGNAL, self._signals.popleft())
        now = time.monotonic()
        fresh = [pane for pane in self._dirty if now - self._reported.get(pane, -REARM) >= REARM]
        if fresh:
            self._dirty.difference_update(fresh)
            self._reported.update(dict.fromkeys(fresh, now))
            self.tell(Kind.DIRTY, b" ".join(fresh))

    def _write_tmux(self) -> None:
        if not self._tmux_out or not self._attached:
            return
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            del self._tmux_out[: os.write(self._to_tmux, self._tmux_out)]

    def _write_link(self) -> bool:
        if not self._link_out:
            return True
        try:
            del self._link_out[: self._link.send(self._link_out)]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


def main() -> None:
    """Serve one session of one tmux server."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    link = socket.socket(fileno=os.dup(0))
    client = subprocess.Popen(
        sys.argv[1:],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        preexec_fn=this_machine().die_with_parent,  # noqa: PLW1509  this process has one thread
    )
    tap = Tap(link, client)
    try:
        reason = tap.run()
    except ProtocolError as error:
        reason = str(error)
    finally:
        client.kill()
        client.wait()
    if reason:
        link.setblocking(True)
        with contextlib.suppress(OSError):
            link.sendall(Message(Kind.LOST, body=reason.encode()).encode())


if __name__ == "__main__":
    main()
