"""What a tap and its daemon say to each other: length-prefixed messages over a socket pair."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

HEAD = struct.Struct(">IBI")
"""Length of the body, kind, id."""
BOUNDS = struct.Struct(">ii")
"""First and last line of a capture."""


class Kind(IntEnum):
    """Kinds of messages; the first five go to the tap, the others to the daemon."""

    COMMAND = 1
    """Body: one byte, the number of blocks; then the command line."""
    CAPTURE = 2
    """Body: BOUNDS, the pane, a newline, the command line."""
    HOLD = 3
    """Body: a pane that is to stop sending output (`refresh-client -A %N:pause`)."""
    RELEASE = 4
    """Body: a pane that is to go on."""
    PING = 5
    REPLY = 6
    """Body: one byte, 1 for success; then the lines."""
    DIRTY = 7
    """Body: panes that printed since they were last captured, separated by spaces."""
    SIGNAL = 8
    """Body: pane, kind and bytes of one kept sequence, separated by spaces."""
    NOTE = 9
    """Body: a notification line of tmux."""
    LOST = 10
    """Body: why the control client is gone; the tap ends after it."""
    PONG = 11
    READY = 12
    """Body: the control client's pid."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of either direction."""

    kind: int
    id: int = 0
    body: bytes = b""

    def encode(self) -> bytes:
        """Give the bytes on the wire."""
        return HEAD.pack(len(self.body), self.kind, self.id) + self.body


class Messages:
    """Incremental decoder."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take bytes and give the messages that they complete."""
        buffer = self._buffer
        buffer += data
        at = 0
        while len(buffer) - at >= HEAD.size:
            length, kind, id_ = HEAD.unpack_from(buffer, at)
            end = at + HEAD.size + length
            if len(buffer) < end:
                break
            yield Message(kind, id_, bytes(buffer[at + HEAD.size : end]))
            at = end
        del buffer[:at]
