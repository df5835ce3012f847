"""`python relay.py PORT ARGV…`: the first program in a sandbox. It opens the one way out, and becomes the agent's.

This file stands alone: it is all of HiveUI that a sandbox needs. PORT is where on the sandbox's own loopback HTTP
proxies' requests are taken, to be handed on, as they are, to the socket OUT; `-` for none. It ends with the sandbox.
"""

import os
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable

OUT = "/run/hive/proxy"
"""The socket of the proxy outside, as it is seen inside."""
PORT = 3128
MOST = 128
"""Connections at a time; more are closed at once."""
IDLE = 600.0
"""Seconds after which a connection is closed on which nothing came."""
CHUNK = 1 << 16
DEFAULTS = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGPIPE", "SIGXFSZ")
"""Signals that the gate, or Python, has had ignored: the agent's program is to have them as everybody has."""


def pump(one: socket.socket, other: socket.socket, idle: float = IDLE) -> None:
    """Hand bytes on both ways until both have ended, or nothing comes for `idle` seconds; closes both."""
    with one, other, selectors.DefaultSelector() as ready:
        for side in (one, other):
            side.settimeout(idle)
            ready.register(side, selectors.EVENT_READ)
        try:
            while ready.get_map():
                events = ready.select(idle)
                if not events:
                    return
                for key, _ in events:
                    side, goal = (one, other) if key.fileobj is one else (other, one)
                    data = side.recv(CHUNK)
                    if data:
                        goal.sendall(data)
                    else:
                        ready.unregister(side)
                        goal.shutdown(socket.SHUT_WR)
        except OSError:
            return


def serve(listener: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    """Have each connection handled by a thread, for ever; as many at a time as there may be."""
    room = threading.BoundedSemaphore(MOST)

    def handled(connection: socket.socket) -> None:
        try:
            with connection:
                handle(connection)
        except OSError:
            pass
        finally:
            room.release()

    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        if room.acquire(blocking=False):
            threading.Thread(target=handled, args=(connection,), daemon=True).start()
        else:
            connection.close()


def reach(path: str) -> socket.socket:
    """Connect to a Unix socket. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _open(port: int) -> None:
    """Begin to take connections, in a process that is nobody's child: the agent's program waits for its own alone."""
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    if os.fork():
        listener.close()
        os.wait()
        return
    if os.fork():
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    os.chdir("/")
    serve(listener, lambda connection: pump(connection, reach(OUT)))


def main(given: list[str]) -> int:
    """Do it; gives the exit status where there is no such program."""
    os.closerange(3, 1024)
    for name in DEFAULTS:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    if given[0] != "-":
        _open(int(given[0]))
    try:
        os.execvp(given[1], given[1:])  # noqa: S606  it becomes the agent
    except OSError as error:
        sys.stdout.write(f"{given[1]!a} cannot be run in this sandbox: {error.strerror}.\n")
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
