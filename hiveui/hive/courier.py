"""Brings prompts that wait to their agents, one after the other, each exactly once.

What was done to a pane is noted in that pane, by tmux, on the same command line (`commands.note_prompt`). So a daemon
that follows one which was killed asks the pane, and neither guesses nor does anything twice.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hiveui.errors import HostError, StorageError, TmuxError, UsageError
from hiveui.hive.bus import Bus, named
from hiveui.hive.delivery import buffer_name
from hiveui.hive.panes import Panes
from hiveui.hive.station import Station
from hiveui.hive.supervisor import Supervisor
from hiveui.model import composer, resets
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.delivering import QUIET, Act, Deed, Sight, holding, next_deed, paused
from hiveui.model.events import Event, PromptLeft, PromptQueued, PromptStepped, WorkspaceClosed
from hiveui.model.prompts import Prompt, Step, digest_of
from hiveui.model.rows import plain
from hiveui.model.signs import AgentState
from hiveui.model.weighing import PROTOCOLS
from hiveui.storage.texts import Texts
from hiveui.tmux import commands

log = logging.getLogger(__name__)

SETTLE = 0.5
"""Seconds after which all has arrived in panes that an earlier daemon sent there."""
POLL = 0.03
"""Seconds between two looks at a pane that was typed into."""
PATIENCE = (0.1, 0.2, 0.4, 0.8, 2.0)
"""Seconds between looks at an agent that seems at rest and cannot be typed to yet."""
AGAIN = 0.5
"""Seconds after which a pane that could not be reached is tried again."""
_ENDS = frozenset({Act.HOLD, Act.FLAG, Act.LEAVE})


@dataclass(slots=True)
class Errand:
    """One prompt on its way; times are the loop's."""

    supervisor: Supervisor
    role: str
    id: str
    acted: float
    typed: float = float("inf")
    """When somebody had typed last into the pane as the text was typed."""
    enters: int | None = None
    """Times that enter was pressed since it was typed; None: it was not typed."""
    entered: float = float("inf")
    text: str = ""
    """What is typed, once it was read."""

    @property
    def prompt(self) -> Prompt | None:
        """Give its record, if it is the next one still."""
        queue = self.supervisor.workspace.queues.get(self.role, ())
        return queue[0] if queue and queue[0].id == self.id else None

    @property
    def station(self) -> Station:
        """Give what its workspace has on its agent's host. Raises UsageError where the agent is gone."""
        return self.supervisor.at(self.agent)

    @property
    def agent(self) -> Agent:
        """Give its agent's record. Raises UsageError where it is gone."""
        return named(self.supervisor.workspace, self.role)


class Courier:
    """Delivers the prompts of every running workspace."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        panes: Panes,
        texts: Texts,
        spawn: Callable[[Awaitable[None]], None],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`clock` tells when limits of use are over."""
        self.clock = clock
        self._bus = bus
        self._supervisors = supervisors
        self._panes = panes
        self._texts = texts
        self._spawn = spawn
        self._settled = False
        self._busy: set[tuple[WorkspaceId, str]] = set()
        self._forced: set[str] = set()
        self._taken: dict[AgentId, str] = {}
        self._kept: defaultdict[WorkspaceId, set[str]] = defaultdict(set)
        """The texts that a workspace has, or had: they go with it."""
        self._typed_last: dict[str, float] = {}
        """By prompt: when somebody had typed last into the pane as it was typed there."""
        self.why: dict[str, str] = {}
        """By prompt: what it waits for, where its agent's record does not tell."""
        bus.listen(self._heard)

    def begin(self) -> None:
        """Deliver from now on; called once every session is taken over."""
        for id_, workspace in self._bus.state.workspaces.items():
            self._kept[id_] = {text_name(prompt) for queue in workspace.queues.values() for prompt in queue}
        with contextlib.suppress(StorageError):
            self._texts.sweep(set().union(*self._kept.values()))
        self._spawn(self._settle())

    def force(self, prompt: str) -> None:
        """Type a prompt whatever its agent does, unless that asks something."""
        self._forced.add(prompt)

    def time_passed(self) -> None:
        """Serve those whose limit of use may be over: nothing tells of that but the clock."""
        for id_, workspace in self._bus.state.workspaces.items() if self._settled else ():
            if any(agent.reading.state is AgentState.RATE_LIMITED for agent in workspace.agents):
                self._serve(id_)

    def took(self, agent: AgentId, text: str) -> None:
        """Note that an agent's own hook said which prompt was submitted to it."""
        self._taken[agent] = digest_of(text)

    # who is to be served

    async def _settle(self) -> None:
        await asyncio.sleep(SETTLE)
        self._settled = True
        for id_ in list(self._supervisors):
            self._serve(id_)

    def _heard(self, event: Event) -> None:
        if isinstance(event, PromptQueued):
            self._kept[event.workspace].add(text_name(event.prompt))
        elif isinstance(event, WorkspaceClosed):
            with contextlib.suppress(StorageError):
                for name in self._kept.pop(event.id, ()):
                    self._texts.drop(name)
        workspace = getattr(event, "workspace", None)
        if self._settled and workspace is not None:
            self._serve(workspace)

    def _serve(self, workspace: WorkspaceId) -> None:
        """Begin what can be begun in a workspace."""
        found, supervisor = self._bus.state.workspaces.get(workspace), self._supervisors.get(workspace)
        if found is None or supervisor is None or supervisor.over:
            return
        for role, queue in found.queues.items():
            agent = found.role(role)
            if agent is None or (workspace, role) in self._busy or queue[0].note:
                continue
            forced = queue[0].id in self._forced
            if queue[0].step is not Step.WAITING or not holding(found, agent, self.clock(), forced=forced):
                self._busy.add((workspace, role))
                self._spawn(self._serve_one(supervisor, role))

    async def _serve_one(self, supervisor: Supervisor, role: str) -> None:
        """Deliver what waits for one agent, until it holds."""
        try:
            with contextlib.suppress(UsageError):  # the agent or its workspace went
                while await self._deliver(supervisor, role):
                    pass
        finally:
            self._busy.discard((supervisor.id, role))

    # one prompt

    async def _deliver(self, supervisor: Supervisor, role: str) -> bool:
        """Deliver the next prompt; tell whether there may be another."""
        looks = 0
        while True:
            queue = supervisor.workspace.queues.get(role, ())
            if not queue or queue[0].note or supervisor.over:
                return False
            errand = Errand(supervisor, role, queue[0].id, asyncio.get_running_loop().time())
            try:
                async with self._panes.turn(errand.agent.id):
                    deed = await self._carry(errand)
            except HostError as error:
                self.why[errand.id] = str(error)
                await asyncio.sleep(AGAIN)
                continue
            except TmuxError as error:
                log.info("a prompt for %s: %s", role, error)
                await asyncio.sleep(AGAIN)
                continue
            except StorageError as error:
                self._step(errand, queue[0].step, str(error))
                return False
            self._explain(errand.id, deed)
            if deed.act is Act.LEAVE:
                return True
            if deed.act in _ENDS:
                return False
            await asyncio.sleep(PATIENCE[min(looks, len(PATIENCE) - 1)])
            looks += 1

    def _explain(self, prompt: str, deed: Deed) -> None:
        if deed.act is Act.LOOK:
            self.why[prompt] = deed.why
        else:
            self.why.pop(prompt, None)

    async def _carry(self, errand: Errand) -> Deed:
        """Bring a prompt as far as it comes; gives what ended that, or what it waits for before it is typed."""
        first = errand.prompt
        if first is not None and first.step is not Step.WAITING:
            errand.enters = await self._noted(errand, first)
            errand.typed = self._typed_last.setdefault(errand.id, self._typed(errand))
        while True:
            sight = await self._see(errand)
            prompt = errand.prompt
            if prompt is None or prompt.note:
                return Deed(Act.LEAVE)  # the person took it out, or put another before it
            deed = next_deed(prompt.step, sight)
            if deed.act is Act.LOOK:
                if prompt.step is Step.WAITING:
                    return deed
                await asyncio.sleep(POLL)
                continue
            await self._do(errand, prompt, deed)
            errand.acted = asyncio.get_running_loop().time()
            if deed.act in _ENDS:
                return deed

    async def _see(self, errand: Errand) -> Sight:
        """Look at a prompt's agent, and at its pane where that matters."""
        prompt, agent = errand.prompt, errand.agent
        forced = errand.id in self._forced
        if prompt is None or agent.pid is None or agent.pane is None:
            return Sight(agent)
        held = Sight(
            agent,
            forced=forced,
            budget=paused(errand.supervisor.workspace, agent),
            lifted=resets.over(agent.reading, self.clock()),
        )
        if prompt.step is Step.WAITING and holding(errand.supervisor.workspace, agent, self.clock(), forced=forced):
            return held
        errand.text = errand.text or self._texts.read(text_name(prompt))
        session = errand.station.session
        session.client  # noqa: B018  raises TmuxError while there is none: an old screen proves nothing
        await session.capture(agent.pane)
        frame = session.frames.get(agent.pane)
        seen = composer.read(frame.rows if frame is not None else ())
        agent, now = errand.agent, asyncio.get_running_loop().time()
        if agent.pid is None:
            return Sight(agent)
        known = errand.station.census.attention.known(agent)
        launch = errand.supervisor.launches.get(agent.id)
        spoke = max((heard.since for source, heard in known.heard.items() if source in PROTOCOLS), default=0.0)
        return replace(
            held,
            agent=agent,
            enters=errand.enters,
            empty=seen.empty,
            holds=prompt.step is not Step.WAITING and seen.holds(errand.text),
            quiet=now - known.typed >= QUIET,
            touched=known.typed > errand.typed,
            told=bool(errand.enters) and (spoke > errand.entered or self._taken.get(agent.id) == prompt.digest),
            shown=known.shown if known.heard else agent.reading.state,
            asks=errand.station.census.attention.asks(agent, [plain(row) for row in frame.rows] if frame else ()),
            shell=launch is not None and bool(launch.shell) and errand.text.lstrip().startswith(launch.shell),
            waited=now - errand.acted,
        )

    def _typed(self, errand: Errand) -> float:
        """Give when somebody typed last into a pane."""
        agent = errand.agent
        return errand.station.census.attention.known(agent).typed if agent.pid is not None else float("inf")

    # deeds

    async def _do(self, errand: Errand, prompt: Prompt, deed: Deed) -> None:
        match deed.act:
            case Act.TYPE:
                await self._type(errand, prompt)
            case Act.SEEN:
                self._step(errand, Step.TYPED)
            case Act.ENTER:
                await self._enter(errand, prompt)
            case Act.BACK:
                self._step(errand, Step.WAITING)
                errand.enters = None
            case Act.FLAG:
                self._step(errand, prompt.step, deed.why)
            case Act.LEAVE:
                self._forced.discard(prompt.id)
                self._typed_last.pop(prompt.id, None)
                self._bus.publish(PromptLeft(errand.supervisor.id, errand.role, prompt.id, True, deed.why))
                self._texts.drop(text_name(prompt))
            case Act.HOLD | Act.LOOK:
                pass

    def _step(self, errand: Errand, step: Step, note: str = "") -> None:
        self._bus.publish(PromptStepped(errand.supervisor.id, errand.role, errand.id, step, note))

    async def _type(self, errand: Errand, prompt: Prompt) -> None:
        """Type a text; what was done is written down before, and noted in the pane by tmux together with it."""
        pane = str(errand.agent.pane)
        self._taken.pop(errand.agent.id, None)
        errand.typed = self._typed_last[prompt.id] = self._typed(errand)
        self._step(errand, Step.TYPING)
        note = commands.note_prompt(pane, _note(prompt.id, prompt.tries + 1, 0))
        *pieces, last = commands.paste(pane, buffer_name(), errand.text)
        for piece in pieces:
            (await errand.station.session.client.ask(piece)).checked()
        (await errand.station.session.client.ask(f"{last} ; {note}", 2)).checked()
        errand.enters = 0

    async def _enter(self, errand: Errand, prompt: Prompt) -> None:
        """Press enter, likewise."""
        pane, enters = str(errand.agent.pane), (errand.enters or 0) + 1
        if prompt.step is not Step.ENTERING:
            self._step(errand, Step.ENTERING)
        note = commands.note_prompt(pane, _note(prompt.id, prompt.tries, enters))
        errand.entered = asyncio.get_running_loop().time()
        (await errand.station.session.client.ask(f"{commands.enter(pane)} ; {note}", 2)).checked()
        errand.enters = enters
        errand.station.census.attention.look(errand.agent)

    async def _noted(self, errand: Errand, prompt: Prompt) -> int | None:
        """Ask a pane how often enter was pressed since a prompt was typed there; None where it was not."""
        pane = errand.agent.pane
        if pane is None:
            return None
        answer = await errand.station.session.client.ask(commands.ask_prompt(pane))
        said = answer.lines[0].decode(errors="replace").rstrip(".") if answer.ok and answer.lines else ""
        known, _, enters = said.rpartition("-")
        return int(enters) if known == _note(prompt.id, prompt.tries) and enters.isdecimal() else None


def text_name(prompt: Prompt) -> str:
    """Give the name by which a prompt's text is kept; another text has another name."""
    return f"{prompt.id}-{prompt.digest[:12]}"


def _note(prompt: str, tries: int, enters: int | None = None) -> str:
    """Spell how far a prompt has come: an id to tmux, at most 32 characters."""
    return f"{prompt}-{tries}" + ("" if enters is None else f"-{enters}")
