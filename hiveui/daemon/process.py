"""The daemon: the hive, the gateway in front of it, and the tasks between them, each with an owner."""

import asyncio
import gc
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

from hiveui.daemon.dispatch import Dispatch
from hiveui.errors import UsageError
from hiveui.gateway.server import GatewayServer, Identity
from hiveui.hive.hive import Hive
from hiveui.hive.rescue import noted
from hiveui.hosts.line import Local
from hiveui.machine import Machine, Peer
from hiveui.model.events import Event
from hiveui.model.seat import Role
from hiveui.paths import Paths, secure_folder
from hiveui.storage.eventlog import EventLog
from hiveui.tmux.server import Server, environment, tmux_version

log = logging.getLogger(__name__)

BEAT = 0.25
STALL = 0.2
"""Seconds that the event loop may be late before it is worth a line in the log."""
SOCKET_CHECK = 1.0
SYNC = 0.5
"""Seconds after which what happened is on the disk itself."""
SWITCH = 0.0005
"""Seconds that the event loop waits for a thread that computes, at most: for the one that saves, above all."""
AGAIN = 1.0
"""Seconds before work that failed begins anew."""


class Process:
    """One daemon."""

    def __init__(self, paths: Paths, machine: Machine) -> None:
        self._paths = paths
        self._machine = machine
        self._stop = asyncio.Event()
        self._started = time.time()
        self._stall = 0.0
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Serve until a signal or `daemon/stop`."""
        sys.setswitchinterval(SWITCH)
        tmux = tmux_version()
        line = Local(environment(self._paths.tmux_socket))
        server = Server(self._paths.tmux_socket, self._paths.run / "tmux.conf", line, self._machine.outside_session)
        disk = ThreadPoolExecutor(1, "disk")
        events = EventLog(self._paths.events, aside=disk.submit)
        self._damage = events.damage
        self._tmux_version = ".".join(map(str, tmux))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            hive = self._hive = Hive(self._paths, self._machine, events, server, self._spawn)
            dispatch = Dispatch(hive, self.status, self._stop.set)
            introduction = Identity(version("hiveui"), secrets.token_hex(8))
            gateway = self._gateway = GatewayServer(
                self._paths.hive_socket, dispatch, self._authorise, self._machine, introduction
            )
            hive.bus.listen(_Syncing(events.sync))
            gateway.bind()
            await hive.adopt()
            gc.collect()
            gc.freeze()  # what is there for good is not looked through again: that took 20 ms of the loop each time
            keepers = [
                tasks.create_task(gateway.serve()),
                *(tasks.create_task(self._again(work)) for work in (*hive.follow, self._beat, self._keep_socket)),
            ]
            await self._stop.wait()
            hive.detach()
            for keeper in keepers:
                keeper.cancel()
        disk.shutdown()
        events.close()

    def _spawn(self, work: Awaitable[None]) -> None:
        if self._tasks is not None and not self._stop.is_set():
            self._tasks.create_task(self._guard(work))

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work that has no end; begin anew where it failed."""
        while True:
            await self._guard(work())
            await asyncio.sleep(AGAIN)

    async def _guard(self, work: Awaitable[None]) -> None:
        """Keep one task's failure from ending the daemon: the task boundary."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  the task boundary
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            line = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else "?"
            log.error("a task failed: %s: %s (%s)", type(error).__name__, error, line)  # noqa: TRY400  no locals

    async def _beat(self) -> None:
        """Measure how late the event loop is."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(BEAT)
            late = loop.time() - before - BEAT
            self._stall = max(late, self._stall * 0.9)
            if late > STALL:
                log.warning("the event loop was %.0f ms late", late * 1000)

    async def _keep_socket(self) -> None:
        """Bind the socket again where somebody deleted it."""
        while True:
            await asyncio.sleep(SOCKET_CHECK)
            if not self._gateway.reachable:
                secure_folder(self._paths.run)
                await self._gateway.rebind()

    def _authorise(self, peer: Peer, token: str | None) -> tuple[Role, str]:
        if token is not None:
            agent = self._hive.agent_by_token(token)
            if agent is None:
                raise UsageError("This token is not one of this hive's.", "Start the agent again: hive restart ROLE.")
            return Role.AGENT, agent
        if self._hive.agent_behind(peer.pid) is not None:
            raise UsageError(
                "A program inside an agent's pane may not act as the person.", "Run `hive` in a terminal of your own."
            )
        return Role.OWNER, ""

    def status(self) -> dict[str, Any]:
        """Give the answer of `daemon/status`; times in seconds, memory in bytes."""
        return {
            "pid": os.getpid(),
            "version": version("hiveui"),
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._started)),
            "memory": self._machine.memory(os.getpid()),
            "cpu": time.process_time(),
            "stall": round(self._stall, 4),
            "clients": len(self._gateway.connections),
            "damage": self._damage,
            "tmux": {
                "pid": noted(self._paths),
                "version": self._tmux_version,
                "socket": str(self._paths.tmux_socket),
            },
            **self._hive.figures(),
        }


class _Syncing:
    """Has what happened brought to the disk soon after it did: once for all that comes meanwhile."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._waiting = False

    def __call__(self, _: Event) -> None:
        if not self._waiting:
            self._waiting = True
            asyncio.get_running_loop().call_later(SYNC, self._now)

    def _now(self) -> None:
        self._waiting = False
        self._sync()
