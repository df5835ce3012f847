"""`python confine.py FILE ARGV…`: holds itself to writing where FILE (JSON) says, by Landlock, and becomes ARGV.

Source: landlock(7), include/uapi/linux/landlock.h. Standard library only, and it imports little: an agent waits for
it. Where it cannot hold itself, it says so and starts nothing.
"""

import ctypes
import json
import os
import stat
import sys
from collections.abc import Iterable, Sequence

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
NEEDED_ABI = 3
"""From which on truncate(2) is held as well."""
_PR_SET_NO_NEW_PRIVS = 38
_VERSION = 1
_BENEATH = 1
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
_OF_FILES = _WRITE_FILE | _TRUNCATE
_WRITES = _OF_FILES | sum(1 << bit for bit in range(4, 14))
"""Write, truncate; remove and make of each kind, and link or rename to elsewhere."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def abi() -> int:
    """Give the version of Landlock that the kernel offers; 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)))


def hold(places: Iterable[str]) -> None:
    """Let this process, and all that it starts, write in `places` alone, folders with all that is in them.

    Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset = _Ruleset(_WRITES)
    file = _checked(libc.syscall(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0))
    for place in places:
        try:
            found = os.open(place, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # gone since: nothing is there to be written
        access = _WRITES if stat.S_ISDIR(os.fstat(found).st_mode) else _OF_FILES
        rule = _Beneath(access, found)
        _checked(libc.syscall(ADD_RULE, file, _BENEATH, ctypes.byref(rule), 0))
        os.close(found)
    _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(libc.syscall(RESTRICT_SELF, file, 0))
    os.close(file)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def main(given: Sequence[str]) -> int:
    """Do it; gives an exit status only where ARGV could not be started."""
    try:
        with open(given[0], encoding="utf-8", errors="surrogateescape") as source:  # noqa: PTH123  pathlib is slow
            places = json.load(source)
        hold(places)
        os.execvp(given[1], list(given[1:]))  # noqa: S606  it becomes the agent
    except OSError as error:
        sys.stdout.write(f"It was not started: it cannot be held to what it owns: {error.strerror}.\n")
    return 126


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
