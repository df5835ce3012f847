"""A host that agents are on and HiveUI is not: kept reached, and asked for what runs there."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from hiveui.errors import HostError
from hiveui.hive.session import now
from hiveui.hosts.line import Line
from hiveui.hosts.link import hold
from hiveui.hosts.survey import TERMINALS, Survey, obstacle, said, survey
from hiveui.model.hosts import HostLink, HostSpec, Standing
from hiveui.tmux.server import Server

log = logging.getLogger(__name__)

FIRST, LONGEST = 0.5, 30.0
"""Seconds before a host that was lost is tried again: the first time, and at most."""
ARRIVED = 3.0
"""Seconds that workspaces have to take up their sessions before a host counts as up."""
JITTER = 0.3
"""The part of that which chance adds or takes: hosts that were lost together are not tried together."""
STARTED = ("HOME", "PATH", "SHELL", "USER", "LOGNAME")
"""What a tmux server there is started with of the account's environment, as here."""
END = """
for signal in HUP TERM KILL; do
  left=
  for pid; do kill -s "$signal" -- "-$pid" 2>/dev/null && left="$left $pid"; done
  set -- $left
  looks=0 most=20
  while [ $# -gt 0 ] && [ $looks -lt $most ]; do
    left= most=3
    for pid; do
      kill -s 0 -- "-$pid" 2>/dev/null || continue
      left="$left $pid"
      grep -q ') Z ' "/proc/$pid/stat" 2>/dev/null || most=20
    done
    set -- $left
    looks=$((looks + 1))
    [ $# -eq 0 ] || sleep 0.1
  done
done
"""
"""Ends process groups there as `processes.see_them_end` does here. Where nobody reaps, as in a container without an
init, an ended leader stands in /proc for ever, and is not waited for."""


BRING = 'cat -- "$@"; status=$?; rm -f -- "$@"; exit $status'


class Follower(Protocol):
    """What a workspace has on a host: it hears how the way to it stands."""

    async def arrive(self) -> None:
        """The host is reached."""

    def depart(self) -> None:
        """It is not any more."""


class RemotePrograms:
    """The programs in panes there. What tmux says of them is all that is known of them here."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def alive(self, pid: int) -> bool:  # noqa: ARG002  nobody here can tell
        """Take them for alive."""
        return True

    def reap(self, pid: int) -> None:
        """Do nothing: they are no children of anything here."""

    async def end(self, pids: Sequence[int]) -> None:
        """End them by a script there. Raises HostError."""
        if not pids:
            return
        done = await self._line.run(["sh", "-s", "--", *map(str, pids)], stdin=END.encode(), within=15.0)
        if done.code:
            raise HostError(f"Programs on {self._line.name} could not be ended: {said(done)}.")


class Remote:
    """One such host (host.Host)."""

    def __init__(
        self,
        spec: HostSpec,
        line: Line,
        folder: str,
        stood: Callable[[HostLink], None],
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        """`folder` is ours, below the home there; `stood` hears how the way to it stands."""
        self.spec = spec
        self.line = line
        self.link = HostLink()
        self.programs = RemotePrograms(line)
        self.found: Survey | None = None
        """What it has, once it was looked at."""
        self._folder = folder
        self._stood = stood
        self._spawn = spawn
        self._server: Server | None = None
        self._followers: list[Follower] = []
        self._again = asyncio.Event()
        self._changed = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._alone = asyncio.Lock()
        """Held while it is kept reached: whoever begins again waits until what was held before is let go of."""
        self._kept = False
        self._reached = False
        self.tried = False
        """It is not reached, and that is being tried just now."""

    @property
    def name(self) -> str:
        """Its name, as `hosts` has it."""
        return self.spec.name

    @property
    def up(self) -> bool:
        """Its tmux can be asked; `link` says so once those that follow it have done that."""
        return self._server is not None and self._reached

    @property
    def terminal(self) -> str:
        """What terminal panes there are."""
        return self.found.terminal if self.found is not None else TERMINALS[-1]

    @property
    def server(self) -> Server:
        """Its tmux. Raises HostError while it is not reached."""
        if self._server is None or not self._reached:
            raise self.unreached()
        return self._server

    def caller(self, env: Mapping[str, str]) -> Mapping[str, str]:  # noqa: ARG002  that is of here
        """Give the environment that agents there inherit: of a login shell there. Nothing of here is sent there."""
        return self.found.env if self.found is not None else {}

    @property
    def scratch(self) -> Path:
        """Our folder there. Raises HostError while it is not known."""
        if self.found is None:
            raise self.unreached()
        return Path(self.found.folder.path)

    async def bring(self, files: Sequence[Path], sizes: Sequence[int], to: Sequence[Path]) -> None:
        """Move files of so many bytes from there into files of this host. Raises HostError, or OSError."""
        done = await self.line.run(["sh", "-s", "--", *map(str, files)], stdin=BRING.encode(), within=60.0)
        if done.code or len(done.out) != sum(sizes):
            raise HostError(f"What {self.name} printed could not be brought here: {said(done)}.")
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
        for path, size, end in zip(to, sizes, ends, strict=True):
            await asyncio.to_thread(path.write_bytes, done.out[end - size : end])

    def unreached(self) -> HostError:
        """Say why there is no connection to it, or to its tmux."""
        if self.up:
            return HostError(
                f"The connection to tmux on {self.name} is being made again.", "Try once more in a second."
            )
        if self.link.standing is Standing.OPENING:
            return HostError(f"{self.name} is being reached.", "Try once more in a few seconds.")
        kept = "Agents there go on; nothing is kept of what is typed meanwhile."
        return HostError(f"{self.name} is {self.link.standing}: {self.link.note}", f"{self.link.hint} {kept}".strip())

    # who is there

    def join(self, follower: Follower) -> None:
        """Have a workspace hear of it, and reach it from now on."""
        self._followers.append(follower)
        if self.up:
            self._spawn(follower.arrive())
        elif not self._kept:
            self._kept = True
            self._spawn(self._keep())

    def leave(self, follower: Follower) -> None:
        """Let go of a workspace; with the last one the host is let go of."""
        if follower in self._followers:
            self._followers.remove(follower)
        if not self._followers:
            self.close()
            self._stand(HostLink())

    def close(self) -> None:
        """Let go of it; agents there go on."""
        self._kept = self._reached = self.tried = False
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()

    @property
    def used(self) -> bool:
        """Some workspace has agents there."""
        return bool(self._followers)

    def retry(self, *, refused: bool = False) -> None:
        """Try again at once; one that was `refused` only where the person says so."""
        if refused and not self.up:
            self._server = None  # what it lacked may be there now
        if refused or self.link.standing is not Standing.REFUSED:
            self._again.set()

    async def reached(self, within: float) -> None:
        """Wait until it is up; one that is lost is tried once more. Raises HostError where it is not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                if self.link.standing is Standing.LOST:
                    self.retry()
                    await self._next()
                while self.link.standing is Standing.OPENING:
                    await self._next()
        if self.link.standing is not Standing.UP:
            raise self.unreached()

    async def _next(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # the way there

    async def _keep(self) -> None:
        """Reach it, again and again, until nobody needs it any more."""
        async with self._alone:
            if not self._kept:
                return
            self._keeping, wait = asyncio.current_task(), FIRST
            self._stand(HostLink())
            while True:
                self._again.clear()
                self.tried = True
                error = await self._once()
                wait = FIRST if self._reached else wait
                self._reached = self.tried = False
                self._lose(error)
                within = None if error.final else wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(within):
                        await self._again.wait()
                wait = min(2 * wait, LONGEST)

    async def _once(self) -> HostError:
        """Reach it and hold on; gives why that ended."""
        opened = asyncio.Event()
        holding = asyncio.create_task(hold(self.line, opened.set))
        opening = asyncio.create_task(opened.wait())
        try:
            await asyncio.wait([holding, opening], return_when=asyncio.FIRST_COMPLETED)
            if not holding.done():
                await self._settle()
            return await holding
        except HostError as error:
            return error
        finally:
            opening.cancel()
            holding.cancel()
            await asyncio.wait([holding])

    async def _settle(self) -> None:
        """Look at it, the first time, and have those hear who follow it. Raises HostError."""
        if self._server is None:
            await self.look()
        self._reached = True
        arrivals = [asyncio.create_task(follower.arrive()) for follower in self._followers]
        if arrivals:
            await asyncio.wait(arrivals, timeout=ARRIVED)
        self.tried = False
        self._stand(HostLink(Standing.UP, since=now()))

    async def look(self) -> None:
        """Look at what it has. Raises HostError where no agents can be there."""
        found = await survey(self.line, self._folder)
        without = obstacle(self.name, found)
        if without is not None:
            raise without
        self.found, self._server = found, self._server_there(found)

    def _lose(self, error: HostError) -> None:
        log.info("%s: %s", self.name, error)
        standing = Standing.REFUSED if error.final else Standing.LOST
        since = self.link.since if self.link.standing is standing else now()
        self._stand(HostLink(standing, str(error), error.hint, since))
        for follower in list(self._followers):
            follower.depart()

    def _stand(self, link: HostLink) -> None:
        self.link = link
        self._stood(link)
        self._changed.set()

    def _server_there(self, found: Survey) -> Server:
        """Name the tmux there: in a folder of ours, apart from the person's own."""
        place = Path(found.folder.path)
        kept = [f"{name}={found.env[name]}" for name in STARTED if name in found.env]

        def alone(argv: Sequence[str]) -> list[str]:
            return ["env", "-i", *kept, "LC_ALL=C.UTF-8", f"TERM={found.terminal}", *argv]

        program = found.programs.get("tmux", "tmux")
        return Server(
            place / "tmux.sock", place / "tmux.conf", self.line, alone, program=program, terminal=found.terminal
        )
