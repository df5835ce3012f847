"""Mirrors: what agents on other hosts have done to files, as it is here, for all that looks after files here.

Each checkout there that agents work in is looked at over and over by the channel to its host (afar). Where it changed,
git brings it over, and it is written into a folder here. So what is seen of it is a moment behind, and when it changed
is known only as between two looks: attribution is given that span.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hiveui.agents.hooks.spool import Spool
from hiveui.agents.launch import Launch
from hiveui.errors import GitError, HostError, UsageError
from hiveui.git.bounds import room
from hiveui.git.mirrors import Mirrored, Picture, bring, cost, drop, read_picture, related, transport
from hiveui.hive.afar import Afar
from hiveui.hive.bus import Bus
from hiveui.hive.hosts import Hosts
from hiveui.hive.remote import Remote
from hiveui.hive.there import placed
from hiveui.hosts.script import account, run
from hiveui.hosts.survey import Survey, said
from hiveui.model.agent import Agent
from hiveui.model.attribution import Moment
from hiveui.model.events import AgentStarted, Event, Noticed
from hiveui.model.hosts import folder_there
from hiveui.model.slugs import slug
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.model.turns import Happening, Hooked

Seen = Callable[[Agent], Agent]
"""Gives an agent with the folder in which its files are here."""
log = logging.getLogger(__name__)

BEAT = 0.2
"""Seconds between two thoughts of what is to be looked at."""
PAUSE = 1.0
"""Seconds between two looks at a checkout, at least."""
STILL = 60
"""Looks without news after which there is twice as long between them."""
SHARE = 30
"""How many times as long as a look kept a processor busy there it is before the next, unless a tool was used."""
SELDOM = 30.0
"""Seconds between two looks at a folder whose checkout is looked at already."""
FRESH = 5.0
"""Seconds that is waited for a look that was asked for."""
UNREADY = 5.0
"""Seconds before a folder that is no checkout is looked at again; where one is not brought over, at first."""
SAID_AFTER = 2
"""Times that one is not brought over before the person is told: a line may break once."""
GIVEN_UP = 600.0
"""Seconds after which a look that nothing came of is made again."""
LATE = 1.0
"""Seconds that hooks may be behind what they tell of, by the way from there."""
ELSEWHERE = "/dev/null"
"""Where paths of other hosts lead here that are in no mirror: no file can be there."""
IN_FOLDER = ("sh", "-c", 'cd -- "$1" && shift && exec "$@"', "sh")
"""Words before a folder there and what is to be run in it."""
_PATHS = re.compile(r"(?<![^\s='\"(<>|&;:,])/[^\s'\"<>|&;()]*")
_APPLY = """
umask 077
patch=$(mktemp) && cat >"$patch" && cd -- "$1" || exit 1
export GIT_DIR="$2" GIT_WORK_TREE="$1" GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null
shift 2
git apply --whitespace=nowarn -p1 --check "$@" "$patch" && git apply --whitespace=nowarn -p1 "$@" "$patch"
status=$?
rm -f -- "$patch"
exit $status
"""


def as_is(agent: Agent) -> Agent:
    """Give an agent whose files are where it is."""
    return agent


@dataclass(slots=True)
class Mirror:
    """One checkout there, and its folder here."""

    host: str
    folder: str
    """The folder there that is looked at, absolute."""
    beside: Path
    """The folder here of the workspace that it is looked at for."""
    stands: Mirrored | None = None
    """None until it was brought over."""
    picture: Picture | None = None
    due: float = 0.0
    asked: float = 0.0
    """When the look began that goes on, and that which last ended; by the clock of `time.time`. 0 for none."""
    before: float = 0.0
    still: int = 0
    """Looks that found nothing new, one after the other."""
    failed: int = 0
    """Times one after the other that it could not be brought over."""
    barred: float = 0.0
    """When that is tried again, whoever asks: each time may bring much."""
    span: Moment | None = None
    """When what was brought over last was changed."""
    brought: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after each look, once the mirror stands as that found it."""


class Mirrors:
    """The mirrors of all checkouts that agents on other hosts work in."""

    def __init__(
        self, place: Path, bus: Bus, hosts: Hosts, spool: Spool, spawn: Callable[[Awaitable[None]], None]
    ) -> None:
        self._place = place
        self._bus = bus
        self._hosts = hosts
        self._afar = Afar(bus, hosts, spool, spawn)
        self._spawn = spawn
        self._mirrors: dict[str, Mirror] = {}
        """By key: a host and a folder there."""
        self._bringing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By host: its connection has few sessions."""
        self._afar.listen(self._looked)
        bus.listen(self._happened)

    def close(self) -> None:
        """Let go of the channels to hosts."""
        self._afar.close()

    # what others ask

    def seen(self, agent: Agent) -> Agent:
        """Give an agent with the folder in which its files are here, if they are."""
        mirror = self._of(agent)
        if mirror is None or mirror.stands is None or mirror.picture is None:
            return agent
        inner = os.path.relpath(mirror.folder, mirror.picture.top)
        return replace(agent, dir=str(mirror.stands.path / ("" if inner.startswith("..") else inner)))

    def way(self, agent: Agent, launch: Launch | None) -> Launch | None:
        """Give how an agent was started, with its worktree as it is here, if it has one on another host."""
        mirror = self._of(agent)
        if launch is None or launch.there is None or mirror is None or mirror.stands is None:
            return launch
        return replace(launch, worktree=replace(launch.there, path=str(mirror.stands.path)))

    def all_seen(self, workspace: Workspace) -> Workspace:
        """Give a workspace with its agents so (`seen`)."""
        return replace(workspace, agents=tuple(map(self.seen, workspace.agents)))

    def told(self, agent: Agent, event: Hooked) -> Hooked:
        """Give what a hook told of there with the paths that its files have here."""
        if agent.here:
            return event
        mirror = self._of(agent)
        here, top = "", "/"
        if mirror is not None and event.happening is Happening.TOOL_OVER:
            mirror.due = 0.0
        if mirror is not None and mirror.stands is not None and mirror.picture is not None:
            here, top = str(mirror.stands.path), mirror.picture.top

        def moved(path: str) -> str:
            path = os.path.normpath(path)
            if here and (path == top or path.startswith(f"{top}/")):
                return here + path[len(top) :]
            return f"{ELSEWHERE}/{agent.host}{path}"

        given = {key: _moved(value, moved) for key, value in event.tool_input.items()}
        written = tuple(moved(path) if path.startswith("/") else path for path in event.written)
        folder = moved(event.folder or folder_there(agent.host, self.seen(agent).dir))
        return replace(event, tool_input=given, written=written, folder=folder)

    def span(self, top: str) -> Moment | None:
        """Give when the newest changes of a mirror were made; None where `top` is none."""
        mirror = self._at(top)
        return mirror.span if mirror is not None else None

    def place(self, agent: Agent) -> tuple[Remote, Survey, Mirror, Picture]:
        """Give the host of an agent, what it has, and the agent's checkout there, mirrored. Raises HostError."""
        mirror, host = self._of(agent), self._hosts.find(agent.host)
        if not host.up or host.found is None:
            raise host.unreached()
        if mirror is None or mirror.picture is None:
            raise HostError(f"The checkout of {agent.role} on {agent.host} is not brought over yet.", "Wait a moment.")
        return host, host.found, mirror, mirror.picture

    def running(self, agent: Agent, argv: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        """Give words, and their environment, that run `argv` in an agent's folder there. Raises HostError."""
        host, found, mirror, _ = self.place(agent)
        return host.line.argv([*account(found.env), *IN_FOLDER, mirror.folder, *argv]), host.line.env

    async def apply(self, top: str, patch: bytes, *how: str) -> bool:
        """Apply a patch to the files there, checked first; False where `top` is no mirror. Raises HiveError."""
        mirror = self._at(top)
        if mirror is None or mirror.picture is None:
            return False
        if not patch:
            return True
        host = self._hosts.find(mirror.host)
        if not host.up or host.found is None:
            raise host.unreached()
        own = f"{host.found.folder.path}/git/{self._key(mirror.host, mirror.folder)}"
        done = await run(host.line, host.found.env, _APPLY, [mirror.picture.top, own, *how], patch)
        if done.code:
            raise UsageError(f"It does not fit on {mirror.host} any more: {said(done)}.", "Look again.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FRESH):
                await self._look_again(mirror)
        return True

    async def fresh(self, agent: Agent) -> None:
        """Have what stands in an agent's mirror be what stood there when this was called; for want of that, go on."""
        if agent.here or not self._hosts.known(agent.host) or not self._hosts.find(agent.host).up:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FRESH):
                while (mirror := self._of(agent)) is None:
                    await asyncio.sleep(BEAT)
                await self._look_again(mirror)

    async def _look_again(self, mirror: Mirror) -> None:
        since = time.time()
        while mirror.before < since:
            mirror.due = 0.0
            mirror.brought.clear()
            await mirror.brought.wait()

    def branch(self, agent: Agent) -> str:
        """Give the branch that an agent is on there; '' for none, and while that is not known."""
        mirror = self._of(agent)
        return mirror.picture.branch.removeprefix("refs/heads/") if mirror and mirror.picture else ""

    # for ever

    async def follow(self) -> None:
        """Look at what agents on other hosts work in, for ever."""
        while True:
            wanted = {self._key(host.name, folder): (host, folder, beside) for host, folder, beside in self._wanted()}
            for key in [key for key in self._mirrors.keys() - wanted.keys() if self._over(self._mirrors[key])]:
                self._spawn(self._drop(self._mirrors.pop(key)))
            for key, (host, folder, beside) in wanted.items():
                mirror = self._mirrors.setdefault(key, Mirror(host.name, folder, beside))
                now = time.time()
                idle = mirror.asked < max(self._afar.since[host.name], now - GIVEN_UP)
                if max(mirror.due, mirror.barred) <= now and idle:
                    mirror.asked = now if self._afar.tell(host.name, "look", key, folder) else 0.0
            await asyncio.sleep(BEAT)

    def _wanted(self) -> Iterator[tuple[Remote, str, Path]]:
        """Give what is to be mirrored: where agents work whose workspace is not taken down."""
        for workspace in self._bus.state.workspaces.values():
            for agent in workspace.agents if not workspace.note else ():
                place = self._folder(agent)
                if place is not None:
                    yield *place, Path(workspace.path)

    def _over(self, mirror: Mirror) -> bool:
        """Tell whether nobody works in what is mirrored any more."""
        return mirror.host not in self._bus.state.hosts or self._hosts.find(mirror.host).found is not None

    async def _drop(self, mirror: Mirror) -> None:
        if mirror.stands is not None and self._at(str(mirror.stands.path)) is None:
            try:
                await asyncio.to_thread(drop, mirror.stands)
            except GitError as error:
                log.warning("%s is left: %s", mirror.stands.path, error)

    def _folder(self, agent: Agent) -> tuple[Remote, str] | None:
        """Give the host of an agent that is elsewhere, and its folder there; None while that is not known."""
        if agent.here or agent.host not in self._bus.state.hosts:
            return None
        host = self._hosts.find(agent.host)
        if host.found is None:
            return None
        return host, placed(folder_there(agent.host, agent.dir), host.found.home)

    def _key(self, host: str, folder: str) -> str:
        return hashlib.sha256(f"{host}:{folder}".encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def _of(self, agent: Agent) -> Mirror | None:
        place = self._folder(agent)
        return self._mirrors.get(self._key(place[0].name, place[1])) if place is not None else None

    def _at(self, top: str) -> Mirror | None:
        return next((one for one in self._mirrors.values() if one.span is not None and _stands(one) == top), None)

    # looks

    def _happened(self, event: Event) -> None:
        """Look at once where a program begins: its worktree may not have been there before."""
        if isinstance(event, AgentStarted):
            agent = self._bus.workspace(event.workspace).agent(event.id)
            mirror = self._of(agent) if agent is not None else None
            if mirror is not None:
                mirror.due = 0.0

    def _looked(self, host: str, key: str, data: bytes) -> None:
        mirror = self._mirrors.get(key)
        if mirror is None or mirror.host != host or not mirror.asked:
            return
        picture, now = read_picture(data), time.time()
        wait = max(PAUSE, SHARE * cost(data)) if picture is not None else UNREADY
        if picture is None or picture == mirror.picture:
            mirror.still += 1
            wait = wait if mirror.still < STILL else max(wait, 2 * PAUSE)
            mirror.before, mirror.asked, mirror.due = mirror.asked, 0.0, now + wait
            mirror.brought.set()
        else:
            mirror.still = 0
            self._spawn(self._bring(mirror, picture, now, wait))

    async def _bring(self, mirror: Mirror, picture: Picture, now: float, wait: float) -> None:
        """Bring a checkout over; two folders of one checkout share its mirror."""
        mark = self._key(mirror.host, picture.top)[:6]
        path = self._place / mirror.host / f"{slug(Path(picture.top).name)}-{mark}"
        stands, host = Mirrored(path, f"{mirror.host}-{mark}"), self._hosts.find(mirror.host)
        first = self._at(str(path)) or mirror
        wait = wait if first is mirror else SELDOM
        began = mirror.before or mirror.asked
        try:
            if host.found is not None and first is mirror:
                own = f"{host.found.folder.path}/git/{self._key(mirror.host, mirror.folder)}"
                mirror.span = Moment(began, now + LATE)
                beside = mirror.beside if await self._same(host, host.found, own, mirror) else None
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                most = room(path.parent, beside or path.parent)
                words = [*account(host.found.env), "git", "upload-pack", own]
                by = transport(host.line.argv(words), host.line.env, most)
                async with self._bringing[mirror.host]:
                    await asyncio.to_thread(bring, stands, picture, by, beside)
            mirror.stands, mirror.picture = stands, picture
            mirror.failed, mirror.barred = 0, 0.0
        except (GitError, HostError, OSError) as error:
            mirror.failed += 1
            mirror.barred = time.time() + min(GIVEN_UP, UNREADY * 2 ** min(mirror.failed - 1, 10))
            what = visible(f"{picture.top} on {mirror.host} is not brought over: {error}")
            log.warning("%s", what)
            if mirror.failed == SAID_AFTER and host.up:
                self._bus.publish(Noticed(f"{what} What agents change there is not seen here.", "warning"))
        mirror.before, mirror.asked, mirror.due = mirror.asked, 0.0, time.time() + wait
        mirror.brought.set()

    async def _same(self, host: Remote, found: Survey, own: str, mirror: Mirror) -> bool:
        """Tell whether the repository there is that of the workspace's folder: asked once. Raises GitError."""
        if mirror.stands is not None:
            return False
        words = ["env", f"GIT_DIR={own}", "git", "rev-list", "--max-parents=0", "refs/hive/picture"]
        done = await host.line.run([*account(found.env), *words], within=60.0)
        roots = done.out.decode("ascii", "replace").split()
        return await asyncio.to_thread(related, mirror.beside, roots)


def _stands(mirror: Mirror) -> str:
    return str(mirror.stands.path) if mirror.stands is not None else ""


def _moved(value: Any, moved: Callable[[str], str]) -> Any:
    """Change the absolute paths in what a tool was given: a text that is one, and those in the words of a command."""
    match value:
        case str() if value.startswith("/") and "\n" not in value and " " not in value:
            return moved(value)
        case str():
            return _PATHS.sub(lambda found: moved(found[0]), value)
        case dict():
            return {key: _moved(one, moved) for key, one in value.items()}
        case list():
            return [_moved(one, moved) for one in value]
        case _:
            return value
