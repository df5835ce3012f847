"""Publishing: log, apply, fan out. Nothing else makes a new State."""

import logging
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from hiveui.errors import StorageError, UsageError
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.events import Event, Noticed, Record, event_to_json
from hiveui.model.names import nearest, quoted
from hiveui.model.seat import Seat
from hiveui.model.state import State, Workspace, apply

log = logging.getLogger(__name__)

UNKEPT = 10_000
"""Events that wait for the disk, at most."""


class Log(Protocol):
    """Where events are kept."""

    def append(self, event: Event, *, trace_id: str = "", span_id: str = "") -> Record:
        """Keep one event; its place in the log."""


class Viewer(Protocol):
    """A client's connection as the hive sees it."""

    @property
    def backlog(self) -> int:
        """Bytes that the client has not read yet."""

    @property
    def seat(self) -> Seat | None:
        """What it is bound to; None before it has introduced itself."""

    @property
    def drives(self) -> bool:
        """What it does may change what others see; one that does not only looks on."""

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Queue one notification; never blocks."""


class Bus:
    """Holds the state and tells everyone of every change, in one order."""

    def __init__(self, log: Log, state: State, seq: int) -> None:
        self._log = log
        self._unkept: deque[Event] = deque()
        self._subscribers: dict[int, Viewer] = {}
        self._listeners: list[Callable[[Event], None]] = []
        self.state = state
        self.seq = seq

    def publish(self, event: Event, trace_id: str = "") -> Record:
        """Make `event` happen, without the secrets in it.

        Where the disk does not take it, work goes on: the event is kept here and written before the next one.
        Raises StorageError where too many wait.
        """
        record = self._keep(event, trace_id)
        self.state = apply(self.state, record.event)
        self.seq = record.seq
        self._tell(record)
        for listener in self._listeners:
            listener(record.event)
        return record

    def workspace(self, id_: WorkspaceId) -> Workspace:
        """Give a workspace's part of the state. Raises UsageError once it is closed."""
        found = self.state.workspaces.get(id_)
        if found is None:
            raise UsageError("That workspace is not open.", "See `hive ls`; `hive up` opens one.")
        return found

    def _keep(self, event: Event, trace_id: str) -> Record:
        span_id = secrets.token_hex(8) if trace_id else ""
        try:
            while self._unkept:
                self._log.append(self._unkept[0])
                self._unkept.popleft()
            return self._log.append(event, trace_id=trace_id, span_id=span_id)
        except StorageError as error:
            if len(self._unkept) >= UNKEPT:
                raise
            if not self._unkept:
                log.error("%s %s", error, error.hint)  # noqa: TRY400  a sentence says it all
                self._unkept.append(Noticed(f"{error} {error.hint}", "error"))
                self.seq += 1
                self._tell(Record(self.seq, "", self._unkept[0]))
            self._unkept.append(event)
            return Record(self.seq + 1, "", event, trace_id, span_id)

    def _tell(self, record: Record) -> None:
        params = record_to_json(record)
        for viewer in list(self._subscribers.values()):
            viewer.notify("event", params)

    def subscribe(self, viewer: Viewer) -> dict[str, Any]:
        """Tell a client of every event from now on; give it the state to start from."""
        self._subscribers[id(viewer)] = viewer
        return {"seq": self.seq, "state": to_json(self.state)}

    def unsubscribe(self, viewer: Viewer) -> None:
        """Stop telling a client."""
        self._subscribers.pop(id(viewer), None)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` after each event, inside the daemon."""
        self._listeners.append(listener)


def named(workspace: Workspace, role: str) -> Agent:
    """Give the agent that has a role. Raises UsageError."""
    agent = workspace.role(role)
    if agent is None:
        raise UsageError(f"There is no agent {quoted(role)} here.", nearest(role, [a.role for a in workspace.agents]))
    return agent


def record_to_json(record: Record) -> dict[str, Any]:
    """Encode a record as clients and `hive events` see it."""
    return {
        "seq": record.seq,
        "time": record.time,
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        "event": event_to_json(record.event),
    }
