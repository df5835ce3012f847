"""Bytes from a process to a client, and back: never more on their way than the other end takes."""

import asyncio
import os
from typing import Protocol

from hiveui.ssh.flow import Flow

READ = 1 << 15
"""Bytes that are sent at once; a pty gives 4 KiB at a time."""
LOOK = 0.02
"""Seconds between looks at a client that has not taken what it was sent."""
BACKLOG = 1 << 16
"""Bytes that wait for a process to read; beyond that the client is not read from."""


class Channel(Protocol):
    """What a pump needs of an SSH channel."""

    def write(self, data: bytes, datatype: int | None = None) -> None:
        """Send."""

    def get_write_buffer_size(self) -> int:
        """Count the bytes that wait because the client's window is used up."""

    def pause_reading(self) -> None:
        """Take nothing from the client for a while."""

    def resume_reading(self) -> None:
        """Take what it sends again."""


def window(channel: Channel) -> int | None:
    """Give the bytes that a client grants; None where this asyncssh does not tell (its public API does not)."""
    found = getattr(channel, "_send_window", None)
    return found if isinstance(found, int) else None


class Outlet:
    """Sends what a process prints; what is one screen behind is not printed, since its terminal is full."""

    def __init__(self, channel: Channel, flow: Flow) -> None:
        self._channel = channel
        self._flow = flow

    async def run(self, file: int, datatype: int | None = None) -> None:
        """Send all that comes from a file that does not block, until it ends."""
        loop = asyncio.get_running_loop()
        while True:
            while not self.free(loop.time()):
                await asyncio.sleep(LOOK)
            await _readable(file)
            data = _read(file)
            if data is None:
                return
            try:
                self._channel.write(data, datatype)
            except OSError:  # the client is gone
                return
            self._flow.sent(len(data))

    def free(self, now: float) -> bool:
        """Tell whether the client has taken enough of what it was sent."""
        granted, waiting = window(self._channel), self._channel.get_write_buffer_size()
        return waiting == 0 if granted is None else self._flow.room(granted, waiting, now)


class Inlet:
    """Gives a process what a client types."""

    def __init__(self, channel: Channel, file: int) -> None:
        self._channel = channel
        self._file = file
        self._waiting = bytearray()
        self._paused = False

    def feed(self, data: bytes) -> None:
        """Hand on what the client sent, now or when there is room."""
        self._waiting += data
        self._flush()

    def close(self) -> None:
        """Hand on no more."""
        asyncio.get_running_loop().remove_writer(self._file)
        self._waiting.clear()

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            del self._waiting[: os.write(self._file, self._waiting)]
        except BlockingIOError:
            pass
        except OSError:  # nobody reads any more
            self._waiting.clear()
        if self._waiting:
            loop.add_writer(self._file, self._flush)
        else:
            loop.remove_writer(self._file)
        self._pause(len(self._waiting) > BACKLOG)

    def _pause(self, full: bool) -> None:
        if full != self._paused:
            self._paused = full
            (self._channel.pause_reading if full else self._channel.resume_reading)()


def _read(file: int) -> bytes | None:
    """Read all that is there, within READ; None at its end (a pty whose other end is closed gives EIO)."""
    data = bytearray()
    try:
        while len(data) < READ:
            part = os.read(file, READ)
            if not part:
                return bytes(data) or None
            data += part
    except BlockingIOError:
        return bytes(data)
    except OSError:
        return bytes(data) or None
    return bytes(data)


async def _readable(file: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(file, tell)
    try:
        await ready
    finally:
        loop.remove_reader(file)
