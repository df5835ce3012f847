"""What a seat may do is decided by the table of methods alone, for every method and every role."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import GatewayError
from hiveui.gateway.client import HiveClient
from hiveui.gateway.connection import Connection
from hiveui.gateway.methods import METHODS
from hiveui.gateway.protocol import Code
from hiveui.gateway.seat import LONGEST, granted
from hiveui.gateway.server import GatewayServer, Identity
from hiveui.machine import Peer, this_machine
from hiveui.model.seat import LADDER, Role, Seat
from hiveui.model.text import visible

NAMES = st.text(max_size=200)

VIEWERS = """
    initialize state/subscribe layout/list layout/diff workspace/morning workspace/search agent/read agent/why
    agent/conversations pane/view still/take still/rows still/search still/drop events/since events/list usage/list
    usage/processes daemon/status prompt/list prompt/library owner/list contract/list contract/difference merge/plan
    merge/conflict merge/output check/list check/output memory/read review/take review/page comment/list files/list
    files/who files/look alert/terminal alert/ways checkout/list checkpoint/list checkpoint/diff collision/list
    collision/look reservation/list people/look people/watch
"""
"""What only tells: whatever is added here changes nothing that anybody else sees."""
APPROVERS = "agent/answer agent/seen agent/hush"
"""The attention queue."""
DRIVERS_PARAMS = {
    ("agent/answer", "text"),
    ("agent/answer", "lasting"),
    ("agent/hush", "muted"),
    ("events/since", "words"),
}
"""What in a call needs more than the call: it types, holds for ever, or costs."""


@given(st.sampled_from(LADDER), st.sampled_from(LADDER), NAMES, NAMES)
def test_a_connection_gets_the_lesser_of_what_it_may_and_what_it_asks(
    may: Role, asks: Role, person: str, where: str
) -> None:
    seat = granted(may, asdict(Seat(asks, person, where)))
    assert LADDER.index(seat.role) == min(LADDER.index(may), LADDER.index(asks))
    assert [visible(said)[:LONGEST] for said in (seat.person, seat.where)] == [seat.person, seat.where]


@pytest.mark.parametrize("role", ["agent", "", "Owner", "owner ", "root", "\x1b]0;x\x07"])
def test_a_role_that_is_no_rung_of_the_ladder_is_refused(role: str) -> None:
    with pytest.raises(GatewayError) as refused:
        granted(Role.OWNER, {"role": role, "person": "", "where": ""})
    assert refused.value.code == Code.INVALID_PARAMS
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("role", LADDER)
def test_an_agent_cannot_take_a_seat(role: Role) -> None:
    with pytest.raises(GatewayError):
        granted(Role.AGENT, asdict(Seat(role)))


@pytest.mark.parametrize(("role", "may"), [*zip(Role, (False, False, True, True, False), strict=True)])
def test_what_others_see_changes_by_those_who_may_type_alone(role: Role, may: bool) -> None:
    connection = Connection(lambda *_: None, lambda *_: None, lambda _: None)
    assert not connection.drives
    connection.seat = Seat(role)
    assert connection.drives is may


def test_without_a_seat_a_connection_is_what_it_may_be() -> None:
    assert {may: granted(may, None).role for may in Role} == {may: may for may in Role}


def test_what_viewers_and_approvers_may_do_is_written_down_twice() -> None:
    rows = {role: {name for name, method in METHODS.items() if method.role is role} for role in Role}
    assert rows[Role.VIEWER] == set(VIEWERS.split())
    assert rows[Role.APPROVER] == set(APPROVERS.split())
    params = {(name, p) for name, method in METHODS.items() for p, param in method.params.items() if param.role}
    assert params == DRIVERS_PARAMS


class Verbs:
    """Takes every call, and tells under which seat it came."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Seat | None]] = []

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        self.calls.append((method, connection.seat))


def authorise(_: Peer, token: str | None) -> tuple[Role, str]:
    return (Role.AGENT, "a-1") if token else (Role.OWNER, "")


@contextlib.asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[tuple[Path, Verbs]]:
    os.chmod(folder, 0o700)
    verbs, path = Verbs(), folder / "hive.sock"
    server = GatewayServer(path, verbs, authorise, this_machine(), Identity("1", "epoch"))
    server.bind()
    task = asyncio.create_task(server.serve())
    try:
        yield path, verbs
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


SAMPLES: dict[str, Any] = {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}}


def sample(schema: dict[str, Any]) -> Any:
    return [1] * schema["minItems"] if "minItems" in schema else SAMPLES[schema["type"]]


def least(name: str) -> dict[str, Any]:
    """Give what a call must have."""
    return {p: sample(param.schema) for p, param in METHODS[name].params.items() if param.required}


async def refused(client: HiveClient, name: str, params: dict[str, Any]) -> bool:
    try:
        await client.call(name, **params)
    except GatewayError as error:
        return error.code == Code.FORBIDDEN
    return False


async def test_every_method_is_refused_to_every_role_that_has_less_than_its_row(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (path, verbs):
        for role in (*LADDER, Role.AGENT):
            agent = role is Role.AGENT
            client = await HiveClient.connect(
                path, "test", "1", "token" if agent else None, None if agent else Seat(role, "ann", "192.0.2.1")
            )
            assert client.daemon["role"] == role.value
            for name, method in METHODS.items():
                if name == "initialize":
                    continue
                verbs.calls.clear()
                on_ladder = method.role in LADDER and not agent
                may = LADDER.index(role) >= LADDER.index(method.role) if on_ladder else False
                may = may or (agent and (method.agents or method.role is Role.AGENT))
                assert await refused(client, name, least(name)) is not may, f"{name} as {role}"
                assert [call for call, _ in verbs.calls] == ([name] if may else [])
                for param in (p for p, found in method.params.items() if found.role and may):
                    more = {**least(name), param: sample(method.params[param].schema)}
                    assert await refused(client, name, more) is (role not in (Role.DRIVER, Role.OWNER))
            await client.close()


async def test_nobody_gets_another_seat_on_a_connection_that_has_one(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (path, verbs):
        client = await HiveClient.connect(path, "test", "1", seat=Seat(Role.VIEWER, "ann\x1b[2J", "192.0.2.1"))
        for role in (Role.OWNER, Role.VIEWER):
            with pytest.raises(GatewayError, match="called before"):
                await client.call("initialize", name="x", version="1", protocol=[1, 1], seat=asdict(Seat(role)))
        await client.call("daemon/status")
        assert verbs.calls[-1][1] == Seat(Role.VIEWER, "ann␛[2J", "192.0.2.1")
        await client.close()
