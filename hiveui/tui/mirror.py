"""The client's copy of the state: a snapshot, then every event through the same `apply` as the daemon's."""

from collections.abc import Mapping
from typing import Any

from hiveui.model.codec import from_json
from hiveui.model.events import Event, event_from_json
from hiveui.model.state import State, apply


class Mirror:
    """State as the daemon has it, up to event number `seq`."""

    def __init__(self) -> None:
        self.state = State()
        self.seq = 0
        self.whole = False
        """False until a snapshot came, and again when an event was missed."""

    def load(self, snapshot: Mapping[str, Any]) -> None:
        """Take the answer of `state/subscribe`. Raises ValueError where it is no state."""
        self.state = from_json(State, snapshot["state"])
        self.seq = snapshot["seq"]
        self.whole = True

    def take(self, record: Mapping[str, Any]) -> Event | None:
        """Apply an `event` notification; None for one that is already in the state.

        Raises ValueError for an event that this version does not know. A gap in the numbers marks the copy
        as no longer whole: it must be loaded again.
        """
        seq = record["seq"]
        if seq <= self.seq:
            return None
        if seq != self.seq + 1:
            self.whole = False
        self.seq = seq
        event = event_from_json(record["event"])
        self.state = apply(self.state, event)
        return event
