"""Watches over contracts: a change is sent to those who depend on it, and who takes note is kept."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hiveui.errors import GitError, UsageError
from hiveui.git import texts
from hiveui.git.program import git
from hiveui.hive.bus import Bus
from hiveui.hive.holding import base_of
from hiveui.hive.mirrors import Seen, as_is
from hiveui.hive.owners import sayable
from hiveui.hive.session import now
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.telling import Telling
from hiveui.hive.tops import tree_of
from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.changes import Write
from hiveui.model.contracts import (
    Contract,
    ContractChange,
    ContractChanged,
    ContractNoted,
    ContractsAgreed,
    Note,
    dependents,
    message,
)
from hiveui.model.events import AgentRead, AgentRemoved, AgentStarted, Event, Noticed, PromptLeft, WorkspaceClosed
from hiveui.model.globs import Globs, read_globs
from hiveui.model.names import one_line, quoted
from hiveui.model.weighing import STILL
from hiveui.storage import regular

REST = 4.0
"""Seconds without a write after which a change counts as made, though the writer's turn goes on."""
LONGEST = 1 << 20
"""Bytes of a file of which a difference is made."""
MANY = 20
"""Changes that are being made at the same time, at most."""
KEPT = 50
"""Differences that can be read again."""
FILES = 500
"""Files of one checkout whose text is known before they change."""
TOGETHER = 32 << 20
"""Bytes of them, at most: of what is beyond, what was committed is known."""
Spawn = Callable[[Awaitable[None]], None]


@dataclass(slots=True)
class _Pending:
    """A change that is being made."""

    workspace: WorkspaceId
    contract: Contract
    base: Path
    path: str
    """Below the base."""
    by: AgentId | None
    role: str
    timer: asyncio.TimerHandle


class ContractWatch:
    """Contracts of all workspaces. Its public methods are verbs, but for `wrote`."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        telling: Telling,
        spawn: Spawn,
        seen: Seen = as_is,
    ) -> None:
        """`seen` gives agents with the folders in which their files are here."""
        self._seen = seen
        self._bus = bus
        self._supervisors = supervisors
        self._telling = telling
        self._spawn = spawn
        self._texts: dict[Path, dict[str, bytes]] = {}
        """By base: what contracts held when they were last told of."""
        self._pending: dict[str, _Pending] = {}
        """By absolute path."""
        self._told: dict[tuple[WorkspaceId, str], str] = {}
        """Digests of what each path held when it was told of: it comes to other checkouts by merges."""
        self._flooded: set[WorkspaceId] = set()
        """Where more changes than are told."""
        self._differences: OrderedDict[str, list[str]] = OrderedDict()
        bus.listen(self._happened)

    def begin(self) -> None:
        """Read the contracts of workspaces that an earlier daemon left, before they change."""
        for workspace in self._supervisors:
            self._spawn(self._learn(workspace))

    # what is heard

    def wrote(self, workspace: WorkspaceId, writes: Sequence[Write]) -> None:
        """Take what was written, and by whom (files.Files.listen)."""
        supervisor = self._supervisors.get(workspace)
        if supervisor is None or not supervisor.workspace.contracts.agreed:
            return
        bases = self._bases(supervisor)
        for write in writes:
            path = f"{write.top}/{write.path}"
            base = next((base for base in bases if path.startswith(f"{base}/")), None)
            if base is None or write.path.partition("/")[0] == ".git":
                continue
            below = path.removeprefix(f"{base}/")
            agreed = supervisor.workspace.contracts.agreed
            contract = next((c for c in agreed if read_globs((c.glob,)).covers(below)), None)
            if contract is not None:
                self._begin(workspace, contract, base, below, write)

    def _begin(self, workspace: WorkspaceId, contract: Contract, base: Path, below: str, write: Write) -> None:
        key = f"{base}/{below}"
        old = self._pending.get(key)
        if old is not None:
            old.timer.cancel()
        elif len(self._pending) >= MANY:
            self._overflow(workspace)
            return
        known = (write.by, write.role) if write.by or old is None else (old.by, old.role)
        timer = asyncio.get_running_loop().call_later(REST, self._made, key)
        self._pending[key] = _Pending(workspace, contract, base, below, *known, timer)

    def _overflow(self, workspace: WorkspaceId) -> None:
        """Say once that more contracts change than anybody would read messages about: a checkout, a generator."""
        if workspace not in self._flooded:
            self._flooded.add(workspace)
            said = (
                f"Over {MANY} contracts change at once: of the others nobody is told. Narrow `contracts`, or tell them."
            )
            self._bus.publish(Noticed(said, "warning"))

    def _made(self, key: str) -> None:
        pending = self._pending.pop(key, None)
        if not self._pending:
            self._flooded.clear()
        if pending is not None:
            pending.timer.cancel()
            self._spawn(self._change(pending))

    def _happened(self, event: Event) -> None:
        match event:
            case ContractsAgreed():
                self._spawn(self._learn(event.workspace, anew=True))
            case AgentStarted():
                self._spawn(self._learn(event.workspace))
            case AgentRemoved() | WorkspaceClosed():
                self._forget()
            case AgentRead() if event.reading.state in STILL:
                for key in [key for key, pending in self._pending.items() if pending.by == event.id]:
                    self._made(key)
                asyncio.get_running_loop().call_soon(self._rested, event.workspace, event.id)
            case PromptLeft():
                asyncio.get_running_loop().call_soon(self._left, event)  # who listens is not told of more meanwhile
            case _:
                pass

    def _bases(self, supervisor: Supervisor) -> list[Path]:
        """Give the folders that contracts are below: the workspace's, and its like in each checkout. Deepest first."""
        agents = tuple(map(self._seen, supervisor.workspace.agents))
        bases = {base_of(supervisor.workspace.path, agent, supervisor.launches.get(agent.id)) for agent in agents}
        return sorted(bases, key=lambda base: -len(base.parts))

    # what contracts held before

    def _forget(self) -> None:
        """Forget the contracts of checkouts that nobody works in any more, and what was told in closed workspaces."""
        there = [one for id_, one in self._supervisors.items() if id_ in self._bus.state.workspaces]
        bases = {base for supervisor in there for base in self._bases(supervisor)}
        self._texts = {base: known for base, known in self._texts.items() if base in bases}
        self._told = {place: told for place, told in self._told.items() if place[0] in self._bus.state.workspaces}

    async def _learn(self, workspace: WorkspaceId, *, anew: bool = False) -> None:
        """Read the contracts of checkouts that are not known yet; `anew`: of all, for there may be other contracts."""
        supervisor = self._supervisors.get(workspace)
        if supervisor is None or workspace not in self._bus.state.workspaces:
            return
        agreed = supervisor.workspace.contracts.agreed
        for base in self._bases(supervisor) if agreed else ():
            if anew or base not in self._texts:
                found = await asyncio.to_thread(_read_all, base, Globs(c.glob for c in agreed))
                self._texts[base] = found | self._texts.get(base, {})

    async def _change(self, pending: _Pending) -> None:
        if not await asyncio.to_thread(pending.base.is_dir):
            return  # the whole checkout is gone
        known = self._texts.setdefault(pending.base, {})
        old, new = known.get(pending.path), await asyncio.to_thread(_read, pending.base / pending.path)
        if old is None:
            old = await asyncio.to_thread(_committed, pending.base, pending.path)
        known[pending.path] = new
        digest, place = hashlib.sha256(new).hexdigest(), (pending.workspace, pending.path)
        supervisor = self._supervisors.get(pending.workspace)
        if old == new or self._told.get(place) == digest or supervisor is None:
            return
        self._told[place] = digest
        difference = await asyncio.to_thread(_difference, old, new, sayable(pending.path))
        await self._tell(supervisor, pending, difference)

    async def _tell(self, supervisor: Supervisor, pending: _Pending, difference: list[str]) -> None:
        """Send a change to those who depend on it."""
        change = ContractChange(
            f"c-{secrets.token_hex(3)}",
            sayable(pending.path),
            pending.contract.glob,
            pending.role,
            now(),
            sum(line.startswith("+") for line in difference[2:]),
            sum(line.startswith("-") for line in difference[2:]),
        )
        self._differences[change.id] = difference
        while len(self._differences) > KEPT:
            self._differences.popitem(last=False)
        writer = supervisor.workspace.agent(pending.by) if pending.by is not None else None
        where = (
            f" on the branch {one_line(writer.branch, 100)}"
            if writer and writer.branch and tree_of(supervisor.launches, writer.id) is not None
            else ""
        )
        everyone = [a.role for a in supervisor.workspace.agents if not a.person and a.child_of is None]
        notes, prompts, hows = dict[str, Note](), dict[str, str](), dict[str, str]()
        text = message(change, difference, where)
        for role in dependents(pending.contract, everyone, pending.role):
            prompts[role], hows[role] = await self._telling.tell(supervisor.id, role, text)
            notes[role] = Note.QUEUED if prompts[role] else Note.NOT_TOLD
        self._bus.publish(ContractChanged(supervisor.id, replace(change, notes=notes, prompts=prompts, hows=hows)))
        told = ", ".join(role for role, note in notes.items() if note is Note.QUEUED)
        said = f"{told} will be told" if told else "nobody is told"
        self._bus.publish(
            Noticed(f"{pending.role or 'Somebody'} changed the contract {one_line(change.path)}: {said}.")
        )

    # who takes note

    def _left(self, event: PromptLeft) -> None:
        workspace = self._bus.state.workspaces.get(event.workspace)
        for change in workspace.contracts.changes if workspace is not None else ():
            if change.prompts.get(event.role) == event.id and change.notes.get(event.role) is Note.QUEUED:
                note, how = (Note.TOLD, event.proof) if event.delivered else (Note.NOT_TOLD, "the message was deleted")
                self._bus.publish(ContractNoted(event.workspace, change.id, event.role, note, how))

    def _rested(self, id_: WorkspaceId, agent_id: AgentId) -> None:
        """Take a turn that ended after the message as a note of it."""
        workspace = self._bus.state.workspaces.get(id_)
        agent = workspace.agent(agent_id) if workspace is not None else None
        if workspace is None or agent is None:
            return
        for change in workspace.contracts.changes:
            if change.notes.get(agent.role) is Note.TOLD:
                how = "its turn after the message ended"
                self._bus.publish(ContractNoted(id_, change.id, agent.role, Note.NOTED, how))

    # verbs

    def list(self, *, workspace: str) -> dict[str, Any]:
        """List the contracts, their changes, the newest first, and who has taken note."""
        found = self._bus.workspace(WorkspaceId(workspace)).contracts
        return {
            "contracts": [asdict(contract) for contract in found.agreed],
            "changes": [asdict(change) | {"settled": change.settled} for change in reversed(found.changes)],
        }

    def difference(self, *, workspace: str, change: str) -> dict[str, Any]:
        """Give what a change changed, as lines of a unified difference."""
        self._change_of(WorkspaceId(workspace), change)
        if change not in self._differences:
            raise UsageError("What it changed is not kept any more.", "`git log -p` may show it.")
        return {"lines": self._differences[change]}

    def noted(self, *, change: str, workspace: str = "", role: str = "", by: str = "") -> dict[str, Any]:
        """Keep that a role has taken note of a change: the agent that calls, or one that the person names."""
        for found in self._bus.state.workspaces.values():
            agent = found.agent(AgentId(by)) if by else None
            if (by and agent is None) or (workspace and found.id != workspace):
                continue
            known = found.contracts.change(change)
            if known is None:
                continue
            who = agent.role if agent is not None else role
            if who not in known.notes:
                raise UsageError(
                    f"{quoted(who)} does not depend on {one_line(known.path)}." if who else "Say who has taken note.",
                    f"It is for {', '.join(known.notes) or 'nobody'}.",
                )
            how = "it said so" if by else "the person said so"
            self._bus.publish(ContractNoted(found.id, change, who, Note.NOTED, how))
            return {"path": known.path, "role": who}
        raise UsageError(f"There is no change {quoted(change)}.", "`hive contracts` lists them.")

    def _change_of(self, workspace: WorkspaceId, change: str) -> ContractChange:
        found = self._bus.workspace(workspace).contracts.change(change)
        if found is None:
            raise UsageError(f"There is no change {quoted(change)}.", "`hive contracts` lists them.")
        return found


def _read(path: Path) -> bytes:
    """Read what a contract holds, of a large one the beginning; b"" where it is no file."""
    try:
        return regular.read(path, LONGEST)[0]
    except (OSError, ValueError):
        return b""


def _read_all(base: Path, globs: Globs) -> dict[str, bytes]:
    try:
        words = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        listed = [name for name in git(base, *words).checked().split("\0") if name]
    except GitError:
        listed = [str(path.relative_to(base)) for path in base.glob("*")]
    found, size = dict[str, bytes](), 0
    for name in [name for name in listed if globs.covers(name)][:FILES]:
        text = _read(base / name)
        size += len(text)
        if size > TOGETHER:
            break
        found[name] = text
    return found


def _committed(base: Path, path: str) -> bytes:
    """Give what was committed of a file that was not known before; b"" where nothing was."""
    try:
        shown = git(base, "show", f"HEAD:./{path}")
    except GitError:
        return b""
    return shown.data if shown.status == 0 else b""


def _difference(old: bytes, new: bytes, path: str) -> list[str]:
    if b"\0" in old + new:
        return [f"--- {path}", f"+++ {path}", f"(no text: {len(old)} bytes became {len(new)})"]
    try:
        return [f"--- {path}", f"+++ {path}", *texts.difference(old, new, around=3)]
    except GitError as error:
        return [f"--- {path}", f"+++ {path}", f"(not compared: {one_line(str(error))})"]
