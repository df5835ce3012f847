"""What the person's deeds tell of the person: who is back, and who is at a terminal."""

from typing import Any

import pytest

from hiveui.daemon.dispatch import Dispatch
from hiveui.gateway.connection import Connection
from hiveui.model.seat import Role, Seat


class Hive:
    """Takes every verb, and writes down who is said to have acted."""

    def __init__(self, said: list[str], name: str = "") -> None:
        self._said, self._name = said, name

    def __getattr__(self, name: str) -> "Hive":
        return Hive(self._said, name)

    def acted(self, *_: Connection) -> None:
        self._said.append(self._name)

    def __call__(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.OWNER, ["absence", "alerts"]),
        (Role.DRIVER, ["alerts"]),
        (Role.APPROVER, ["alerts"]),
        (Role.VIEWER, ["alerts"]),  # which the gateway would not have let come so far
        (Role.AGENT, []),
    ],
)
async def test_only_the_owners_own_deeds_tell_that_they_are_back(role: Role, said: list[str]) -> None:
    acted: list[str] = []
    hive: Any = Hive(acted)
    dispatch = Dispatch(hive, dict, lambda: None)
    connection = Connection(lambda *_: None, lambda *_: None, lambda _: None)
    connection.seat, connection.agent = Seat(role), "a-1" if role is Role.AGENT else ""
    await dispatch.call("agent/read", {"workspace": "w", "role": "x"}, connection)
    assert acted == []
    await dispatch.call("check/stop", {"workspace": "w", "role": "x"}, connection)
    assert acted == said
