"""A server and what it needs, for as long as it serves; and whether one answers."""

import asyncio
import signal
import socket
from collections.abc import Callable

from hiveui.paths import Paths
from hiveui.ssh.files import Standing
from hiveui.ssh.server import BANNER, Server
from hiveui.ssh.terms import Terms
from hiveui.ssh.zygote import Gateway, Zygote

ANSWERS = 5.0
"""Seconds that a server may take to answer."""


async def serve(paths: Paths, terms: Terms, gateway: Gateway, begun: Callable[[Standing], None]) -> None:
    """Serve until a signal. Raises HiveError, which a group may hold."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    async with Zygote(gateway) as screens:
        await Server(paths, terms, screens).run(stop, begun)


def trouble(standing: Standing | None) -> str:
    """Say why nobody could come in now; '' where a server answers as one does."""
    if standing is None:
        return "No server serves this hive."
    where = f"{standing.address} port {standing.port}"
    try:
        with socket.create_connection((standing.address, standing.port), ANSWERS) as sock:
            sock.settimeout(ANSWERS)
            if sock.recv(len(BANNER)) == BANNER:
                return ""
    except OSError as error:
        return f"Nothing answers at {where}: {error.strerror or error}."
    return f"What answers at {where} is no hive."
