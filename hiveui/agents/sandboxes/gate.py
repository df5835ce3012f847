"""`python -m hiveui.agents.sandboxes.gate FILE`: starts what stands outside of a sandbox, and becomes that.

FILE is JSON (`Plan`). What becomes of it has no descriptor but the terminal's and, where it takes one, that of a filter
of system calls (seccomp(2)).
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PROXY, HIVE = "proxy", "hive"
"""Names of the sockets in a gate's folder."""
FILTER = "{filter}"
"""A word that stands for the filter's descriptor."""
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
"""What types into a terminal for whoever reads it next: ioctl_tty(2)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands outside, and what is run."""

    words: tuple[str, ...]
    """What the gate becomes. They stand here since tmux takes no more than 16 KiB of them."""
    folder: str
    """Where the sockets are: the sandbox sees it."""
    refused: str
    """The file in which the proxy says to whom it refused the way: the sandbox does not see it."""
    listed: bool = False
    """There is a proxy, that lets through to `allow`."""
    allow: tuple[str, ...] = ()
    hive: str = ""
    """HiveUI's socket, which is let in; '' where it is not."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What the sandbox's program has in place of the agent's variables, which its words hand over; '' for nothing."""
    deaf: bool = False
    """Signals are for the program in the sandbox alone."""

    def to_json(self) -> bytes:
        """Write it."""
        return json.dumps(asdict(self)).encode("utf-8", "surrogateescape")


def read_plan(file: str) -> Plan:
    """Read one."""
    data = json.loads(Path(file).read_bytes().decode("utf-8", "surrogateescape"))
    return Plan(**{**data, "allow": tuple(data["allow"]), "words": tuple(data["words"])})


def main(given: Sequence[str]) -> int:
    """Do it; gives the exit status where the sandbox's program is not there."""
    plan = read_plan(given[0])
    _begin(given[0], plan)
    kept = _filter() if FILTER in plan.words else -1
    words = [str(kept) if word == FILTER else word for word in plan.words]
    if plan.deaf:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python; what comes would inherit that
        signal.signal(number, signal.SIG_DFL)
    top = os.sysconf("SC_OPEN_MAX")
    os.environ.update(plan.env)
    for name in (name for name, value in plan.env.items() if not value):
        del os.environ[name]
    os.closerange(3, kept if kept > 0 else top)
    if kept > 0:
        os.closerange(kept + 1, top)
    try:
        os.execvp(words[0], words)  # noqa: S606  it becomes the sandbox
    except OSError as error:
        sys.stdout.write(f"{words[0]!a} cannot be run: {error.strerror}. The agent was not started.\n")
    return 127


def _begin(file: str, plan: Plan) -> None:
    """Open the sockets before anybody can ask for them, and start the process that serves them."""
    sockets = {name: _listen(plan.folder, name) for name, open_ in _open(plan).items() if open_}
    if not sockets:
        return
    served = [f"{name}:{listener.fileno()}" for name, listener in sockets.items()]
    words = [sys.executable, "-E", "-P", "-m", "hiveui.agents.sandboxes.proxy", file, str(os.getpid()), *served]
    subprocess.Popen(
        words,
        env={"PATH": os.defpath},
        cwd="/",
        pass_fds=[listener.fileno() for listener in sockets.values()],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _open(plan: Plan) -> dict[str, bool]:
    return {PROXY: plan.listed, HIVE: bool(plan.hive)}


def _listen(folder: str, name: str) -> socket.socket:
    """Listen at a name of a folder, whose own path may be longer than a socket's can be."""
    back = os.open(".", os.O_PATH | os.O_CLOEXEC) if hasattr(os, "O_PATH") else os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        Path(name).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(name)
        listener.listen(64)
    finally:
        os.fchdir(back)
        os.close(back)
    return listener


_LOAD, _JUMP, _FROM, _END = 0x20, 0x15, 0x35, 0x06
"""Instructions: load a word, jump if equal, jump if at least, return (linux/bpf_common.h)."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
"""SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM (linux/seccomp.h)."""
_CALLS = {
    "x86_64": (0xC000003E, 16, (248, 249, 250)),
    "aarch64": (0xC00000B7, 29, (217, 218, 219)),
    "riscv64": (0xC00000F3, 29, (217, 218, 219)),
}
"""By machine: what the kernel calls it (linux/audit.h), ioctl, and add_key, request_key, keyctl."""
_X32 = 0x40000000


def program(machine: str) -> bytes:
    """Give the filter: nothing types into a terminal, and the keys that the kernel keeps of a person are not reached.

    A call by another convention than the machine's own is refused: its numbers mean something else. b"" where the
    numbers of a machine are not known.
    """
    if machine not in _CALLS:
        return b""
    arch, ioctl, keys = _CALLS[machine]
    number, convention, request = 0, 4, 24  # offsets in struct seccomp_data; the request's low half
    tests = [(_FROM, _X32), *((_JUMP, key) for key in keys)]
    # each line: code, jump if so, jump if not, operand; the last line refuses, the one before allows
    lines = [(_LOAD, None, convention), (_JUMP, "go on", arch), (_LOAD, None, number)]
    lines += [(code, "refuse", operand) for code, operand in tests]
    lines += [(_JUMP, "ioctl", ioctl), (_LOAD, None, request), (_JUMP, "refuse", TIOCSTI), (_JUMP, "refuse", TIOCLINUX)]
    last = len(lines) + 1
    packed = b""
    for at, (code, so, operand) in enumerate(lines):
        goal = {None: (0, 0), "go on": (0, last - at - 1), "refuse": (last - at - 1, 0), "ioctl": (0, last - at - 2)}
        packed += struct.pack("HBBI", code, *goal[so], operand)
    return packed + struct.pack("HBBI", _END, 0, 0, _ALLOW) + struct.pack("HBBI", _END, 0, 0, _REFUSE)


def _filter() -> int:
    """Give a descriptor from which the filter can be read."""
    read, write = os.pipe()
    os.write(write, program(os.uname().machine))
    os.close(write)
    os.set_inheritable(read, True)
    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
