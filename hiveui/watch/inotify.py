"""The kernel's own word on folders: inotify(7), without a process or a library between.

`watchfiles` is not used on Linux, for three things that it hides (measured with 1.3.0): it says nothing where the
kernel's queue ran over (of 20,000 files written while it could not read, it told 4,096), one name that is no UTF-8
makes it forget all that it had and ends it, and no folder can be added to one that runs.
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from typing import NamedTuple

MODIFY = 0x2
ATTRIB = 0x4
CLOSE_WRITE = 0x8
MOVED_FROM = 0x40
MOVED_TO = 0x80
CREATE = 0x100
DELETE = 0x200
DELETE_SELF = 0x400
MOVE_SELF = 0x800
OVERFLOW = 0x4000
ONLYDIR = 0x1000000
DONT_FOLLOW = 0x2000000
EXCL_UNLINK = 0x4000000

ASKED = MODIFY | ATTRIB | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | DELETE_SELF | MOVE_SELF
"""CLOSE_WRITE too: what is written through a mapping shows in nothing else."""
_HEAD = struct.Struct("iIII")
_ROOM = 1 << 20
_ROUNDS = 8
"""Reads at once; more than the kernel's queue holds at most (max_queued_events, 16,384)."""


class Event(NamedTuple):
    """What happened to a name of a watched folder, or to the folder itself where the name is ''."""

    watch: int
    mask: int
    name: str


class Inotify:
    """One queue, to which folders are added while it runs."""

    def __init__(self) -> None:
        """Raise OSError (EMFILE) where the user has as many as one may (max_user_instances)."""
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise _failure("inotify")

    def add(self, folder: str) -> int:
        """Watch a folder; gives the number that it had, where it is watched already. No link is followed at its end.

        Raises OSError: ENOSPC where the user watches as many as one may (max_user_watches).
        """
        mask = ASKED | ONLYDIR | DONT_FOLLOW | EXCL_UNLINK
        watch: int = self._libc.inotify_add_watch(self.fd, os.fsencode(folder), mask)
        if watch < 0:
            raise _failure(folder)
        return watch

    def remove(self, watch: int) -> None:
        """Watch a folder no longer; it may be gone."""
        self._libc.inotify_rm_watch(self.fd, watch)

    def read(self) -> Iterator[Event]:
        """Give what has happened, without waiting; one at a time, so that a storm leaves no work for the collector."""
        for _ in range(_ROUNDS):
            try:
                data = os.read(self.fd, _ROOM)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                watch, mask, _, length = _HEAD.unpack_from(data, at)
                at += _HEAD.size
                yield Event(watch, mask, os.fsdecode(data[at : at + length].rstrip(b"\0")))
                at += length

    def close(self) -> None:
        """Watch nothing any more."""
        os.close(self.fd)


def _failure(name: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), name)
