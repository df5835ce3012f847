import asyncio
import contextlib
import json
import logging
import os
import socket
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_machine import FakeMachine

from hiveui.errors import GatewayError, HiveError, UsageError
from hiveui.gateway import blocking, connection, server, transport
from hiveui.gateway.client import PART, HiveClient
from hiveui.gateway.connection import Connection
from hiveui.gateway.faults import VersionError
from hiveui.gateway.methods import METHODS
from hiveui.gateway.protocol import MAX_FRAME, PROTOCOL, Code
from hiveui.gateway.server import GatewayServer, Identity
from hiveui.machine import Peer, this_machine
from hiveui.model.seat import Role, Seat
from tests.waiting import soon

CORPUS = sorted((Path(__file__).parents[1] / "data" / "jsonrpc").glob("*.bin"))
WORKSPACE = {"workspace": "w-1", "role": "backend"}


async def test_a_client_goes_on_where_another_one_leaves_off_in_the_middle_of_a_message() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(b'{"jsonrpc":"2.0","id":1,"result":7}\n{"jsonrpc":"2.0","method":"ev')
        before = blocking.BlockingClient(ours, {"role": "viewer"})
        assert before.call("x") == 7
        client = await HiveClient.after(before)
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client.on("event", heard.put_nowait)
        theirs.sendall(b'ent","params":{"seq":2}}\n')
        async with asyncio.timeout(20):
            assert await heard.get() == {"seq": 2}
        assert client.daemon == {"role": "viewer"}
        await client.close()


class Verbs:
    """Records calls; what a method does is set by the test."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.does: dict[str, Callable[[dict[str, Any], Connection], Awaitable[Any]]] = {}

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        self.calls.append((method, params))
        return await self.does[method](params, connection) if method in self.does else {"pid": 1}


def authorise(peer: Peer, token: str | None) -> tuple[Role, str]:
    if token == "wrong":
        raise UsageError("That token is not known.")
    return (Role.AGENT, token) if token else (Role.OWNER, "")


class Gateway:
    def __init__(self, path: Path, machine: Any) -> None:
        self.path = path
        self.writers: list[asyncio.StreamWriter] = []
        self.verbs = Verbs()
        self.server = GatewayServer(path, self.verbs, authorise, machine, Identity("1.0", "epoch"))

    async def client(self, token: str | None = None) -> HiveClient:
        return await HiveClient.connect(self.path, "test", "1.0", token)

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self.path, limit=MAX_FRAME * 2)
        self.writers.append(writer)
        return reader, writer

    async def drop(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def serving(path: Path, machine: Any = None) -> AsyncIterator[Gateway]:
    gateway = Gateway(path, machine or this_machine())
    gateway.server.bind()
    task = asyncio.create_task(gateway.server.serve())
    try:
        yield gateway
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await gateway.drop()


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with serving(tmp_path / "run" / "hive.sock") as found:
        yield found


async def test_a_client_introduces_itself_and_calls(gateway: Gateway) -> None:
    client = await gateway.client()
    assert client.daemon | {"pid": 0} == {
        "name": "hive",
        "version": "1.0",
        "protocol": PROTOCOL[1],
        "pid": 0,
        "role": "owner",
        "epoch": "epoch",
    }
    assert await client.call("daemon/status") == {"pid": 1}
    assert gateway.verbs.calls == [("daemon/status", {})]
    await client.close()
    await soon(lambda: not gateway.server.connections)


async def test_the_blocking_client_calls_and_hears_news(gateway: Gateway) -> None:
    async def subscribe(_params: object, connection: Connection) -> Any:
        connection.notify("event", {"seq": 8})
        return {"seq": 7}

    gateway.verbs.does["state/subscribe"] = subscribe

    def session() -> tuple[Any, Any]:
        with blocking.connect(gateway.path, "test", "1.0") as client:
            answer = client.call("state/subscribe")
            return answer, next(client.news()).params

    assert await asyncio.to_thread(session) == ({"seq": 7}, {"seq": 8})


async def test_initialize_comes_first_and_once(gateway: Gateway) -> None:
    reader, writer = await gateway.raw()
    hello = b'{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"name":"t","version":"1","protocol":[1,9]}}\n'
    writer.write(b'{"jsonrpc":"2.0","id":1,"method":"daemon/status"}\n' + hello + hello)
    answers = [json.loads(await reader.readline()) for _ in range(3)]
    assert answers[0]["error"]["code"] == Code.NOT_INITIALIZED
    assert answers[1]["result"]["protocol"] == PROTOCOL[1]
    assert answers[2]["error"]["code"] == Code.INVALID_REQUEST
    assert gateway.verbs.calls == []
    writer.close()


async def test_a_client_of_another_protocol_is_told_the_daemons_version(gateway: Gateway, monkeypatch) -> None:
    monkeypatch.setattr("hiveui.gateway.seat.PROTOCOL", (7, 9))
    with pytest.raises(VersionError, match=r"The daemon is version 1.0, this program 3.0") as refused:
        await HiveClient.connect(gateway.path, "test", "3.0")
    assert refused.value.version == "1.0"


async def test_a_client_that_says_more_of_itself_than_the_daemon_knows_is_told_the_versions(gateway: Gateway) -> None:
    reader, writer = await gateway.raw()
    said = {"name": "t", "version": "3.0", "protocol": [7, 9], "planet": {"moons": 2}}
    for params in (said, {**said, "protocol": list(PROTOCOL)}):
        frame = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        writer.write(json.dumps(frame).encode() + b"\n")
    other, same = [json.loads(await reader.readline())["error"] for _ in range(2)]
    assert other["message"] == "The daemon is version 1.0, this program 3.0; they do not understand each other."
    assert other["data"]["hint"] == "`hive up` offers to replace the daemon; agents go on."
    assert same["message"] == "`params.planet` is not known."
    writer.close()


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("refused", ["params", "method", "initialize"])
async def test_a_daemon_that_does_not_know_a_call_of_this_version_is_said_to_be_another_one(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, refused: str, blocks: bool
) -> None:
    """The daemon has a table of its own, as an older one has."""
    known = dict(METHODS)
    if refused == "method":
        del known["pane/view"]
    else:
        method, gone = ("pane/view", "frames") if refused == "params" else ("initialize", "seat")
        row = known[method]
        known[method] = replace(row, params={name: param for name, param in row.params.items() if name != gone})

    def find(name: str) -> Any:
        if name not in known:
            raise GatewayError(f"There is no method {name!r}.", code=Code.METHOD_NOT_FOUND)
        return known[name]

    monkeypatch.setattr(server.methods, "find", find)
    here = Seat(Role.OWNER, "ann")

    def calls() -> None:
        with blocking.connect(gateway.path, "test", "1.0", seat=here) as client:
            client.call("pane/view", panes=[], size_owner=True, frames=2)

    async def asks() -> None:
        client = await HiveClient.connect(gateway.path, "test", "1.0", seat=here)
        try:
            await client.call("pane/view", panes=[], size_owner=True, frames=2)
        finally:
            await client.close()

    with pytest.raises(VersionError, match="they do not understand each other") as found:
        await (asyncio.to_thread(calls) if blocks else asks())
    assert "hive up" in found.value.hint


async def test_what_this_version_does_not_know_either_is_an_error_of_the_call(gateway: Gateway) -> None:
    client = await gateway.client()
    for method, params in (("pane/view", {"panes": 1}), ("pane/wash", {})):
        with pytest.raises(GatewayError, match=r"is missing|There is no method") as refused:
            await client.call(method, **params)
        assert not isinstance(refused.value, VersionError)
    await client.close()


async def test_an_agent_may_call_what_is_open_to_agents_alone(gateway: Gateway) -> None:
    agent = await gateway.client("a-1")
    assert agent.daemon["role"] == "agent"
    for name in {name for name, method in METHODS.items() if not method.open_to(Role.AGENT)} - {"initialize"}:
        with pytest.raises(GatewayError, match="An agent may not call") as refused:
            await agent.call(name)
        assert refused.value.code == Code.FORBIDDEN
    assert gateway.verbs.calls == []
    await agent.call("agent/report", state="working")
    assert gateway.verbs.calls == [("agent/report", {"state": "working"})]
    assert [c.agent for c in gateway.server.connections] == ["a-1"]
    await agent.close()


async def test_a_wrong_token_opens_nothing(gateway: Gateway) -> None:
    with pytest.raises(GatewayError, match="That token is not known"):
        await gateway.client("wrong")


async def test_an_error_keeps_its_sentence_hint_and_exit_code(gateway: Gateway) -> None:
    async def refuse(*_: object) -> None:
        raise UsageError("There is no agent 'x' here.", "There are: y.")

    gateway.verbs.does["agent/stop"] = refuse
    client = await gateway.client()
    with pytest.raises(GatewayError) as refused:
        await client.call("agent/stop", **WORKSPACE)
    error = refused.value
    assert (str(error), error.hint, error.exit_code) == ("There is no agent 'x' here.", "There are: y.", 2)
    assert error.code == Code.FAILED
    await client.close()


async def test_a_bug_in_a_verb_is_logged_without_values_and_ends_nothing(gateway: Gateway, caplog) -> None:
    async def stumble(params: dict[str, Any], _connection: Connection) -> None:
        raise KeyError(params["workspace"][:0])

    gateway.verbs.does["agent/stop"] = stumble
    client = await gateway.client()
    with caplog.at_level(logging.ERROR), pytest.raises(GatewayError, match="`hive logs` has it") as refused:
        await client.call("agent/stop", workspace="sk-secret", role="x")
    assert refused.value.code == Code.INTERNAL
    assert "KeyError" in caplog.text
    assert "sk-secret" not in caplog.text
    assert await client.call("daemon/status") == {"pid": 1}
    await client.close()


async def test_what_is_typed_arrives_in_order_and_other_calls_pass_it(gateway: Gateway) -> None:
    gate, done = asyncio.Event(), []

    async def typed(params: dict[str, Any], _connection: Connection) -> None:
        await gate.wait()
        done.append(params["input"][0][1])

    gateway.verbs.does["pane/input"] = typed
    client = await gateway.client()
    texts = [str(i) for i in range(3 * connection.MAX_CALLS)]
    for text in texts[:3]:
        client.notify("pane/input", pane="%1", input=[["text", text]])
    assert await client.call("daemon/status") == {"pid": 1}
    for text in texts[3:]:
        client.notify("pane/input", pane="%1", input=[["text", text]])
    gate.set()
    await soon(lambda: len(done) == len(texts))
    assert done == texts
    await client.close()


async def test_a_call_outlives_its_client(gateway: Gateway) -> None:
    gate, done = asyncio.Event(), []

    async def slow(*_: object) -> None:
        await gate.wait()
        done.append(True)

    gateway.verbs.does["agent/stop"] = slow
    client = await gateway.client()
    call = asyncio.ensure_future(client.call("agent/stop", **WORKSPACE))
    await soon(lambda: bool(gateway.verbs.calls))
    await client.close()
    with pytest.raises(GatewayError, match="gone"):
        await call
    gate.set()
    await soon(lambda: bool(done))


async def test_a_client_that_reads_nothing_is_dropped_and_others_are_not(gateway: Gateway, monkeypatch) -> None:
    monkeypatch.setattr(connection, "MAX_BACKLOG", 1 << 20)
    good = await gateway.client()
    events = []
    good.on("event", events.append)
    stuck = transport.dial(gateway.path)
    await soon(lambda: len(gateway.server.connections) == 2)
    left = []
    for one in gateway.server.connections:
        one.on_close.append(lambda one=one: left.append(one))
    for seq in range(200):
        for one in list(gateway.server.connections):
            one.notify("event", {"seq": seq, "text": "x" * 16_384})
        await asyncio.sleep(0)
    await soon(lambda: len(events) == 200)
    assert len(left) == 1
    assert left[0].closed
    assert left[0].backlog == 0
    assert len(gateway.server.connections) == 1
    stuck.close()
    await good.close()


async def test_of_who_only_looks_on_few_calls_are_done_at_once_and_none_while_answers_are_unread(
    gateway: Gateway,
) -> None:
    at_once, most, large = 0, 0, "x" * (1 << 18)

    async def read(*_: object) -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return large

    gateway.verbs.does["agent/read"] = read
    client = await HiveClient.connect(gateway.path, "test", "1.0", seat=Seat(Role.VIEWER))
    (held,) = gateway.server.connections
    client._transport.pause_reading()
    calls = [asyncio.ensure_future(client.call("agent/read", **WORKSPACE)) for _ in range(100)]
    await soon(lambda: held.backlog > connection.UNREAD and at_once == 0)
    begun = len(gateway.verbs.calls)
    assert begun < 20
    other = await gateway.client()
    assert await other.call("agent/read", **WORKSPACE) == large
    assert len(gateway.verbs.calls) == begun + 1
    client._transport.resume_reading()
    assert await asyncio.gather(*calls) == [large] * 100
    assert most == connection.LOOKERS_CALLS
    await other.close()
    await client.close()


async def test_hostile_frames_leave_a_good_client_answered(gateway: Gateway) -> None:
    good = await gateway.client()
    slowest = 0.0
    for file in CORPUS:
        frame = file.read_bytes() + b"\n"
        for pieces in ([frame], [frame[i : i + 1] for i in range(len(frame))], [frame[: len(frame) // 2]]):
            _, writer = await gateway.raw()
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            began = time.monotonic()
            assert await good.call("daemon/status") == {"pid": 1}
            slowest = max(slowest, time.monotonic() - began)
            writer.close()
    assert slowest < 10
    await soon(lambda: len(gateway.server.connections) == 1)
    assert {name for name, _ in gateway.verbs.calls} == {"daemon/status"}
    await good.close()


@pytest.mark.parametrize("file", CORPUS, ids=lambda f: f.stem)
async def test_after_a_hostile_frame_its_own_connection_still_works(gateway: Gateway, file: Path) -> None:
    reader, writer = await gateway.raw()
    writer.write(file.read_bytes() + b"\n" + b'{"jsonrpc":"2.0","id":"last","method":"daemon/status"}\n')
    answers = []
    while not answers or answers[-1]["id"] != "last":
        answers.append(json.loads(await asyncio.wait_for(reader.readline(), 20)))
    assert all("error" in answer for answer in answers)
    assert answers[-1]["error"]["code"] == Code.NOT_INITIALIZED
    writer.close()


async def test_a_frame_that_is_too_long_is_answered_and_ends_its_connection(gateway: Gateway) -> None:
    reader, writer = await gateway.raw()
    writer.write(b"x" * (MAX_FRAME + 1))
    answer = json.loads(await reader.readline())
    assert answer["error"]["code"] == Code.INVALID_REQUEST
    assert await reader.read() == b""
    writer.close()


async def test_silence_in_the_middle_of_a_frame_ends_the_connection(gateway: Gateway, monkeypatch) -> None:
    monkeypatch.setattr(connection, "MIDWAY", 0.05)
    reader, writer = await gateway.raw()
    writer.write(b'{"jsonrpc":\n')
    await reader.readline()
    assert len(gateway.server.connections) == 1  # between frames nobody is hurried
    writer.write(b'{"jsonrpc":')
    assert await asyncio.wait_for(reader.read(), 20) == b""
    writer.close()


async def test_the_client_above_the_limit_is_told_to_come_later(gateway: Gateway, monkeypatch) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 1)
    first = await gateway.client()
    with pytest.raises(GatewayError, match="overloaded") as refused:
        await gateway.client()
    assert refused.value.code == Code.OVERLOADED
    assert await first.call("daemon/status") == {"pid": 1}
    await first.close()


async def test_another_users_connection_is_closed(tmp_path: Path) -> None:
    machine = FakeMachine(connected=Peer(os.getuid() + 1, 4242))
    async with serving(tmp_path / "hive" / "hive.sock", machine) as gateway:
        reader, writer = await gateway.raw()
        assert await reader.read() == b""
        writer.close()


async def test_the_socket_is_ours_alone(gateway: Gateway) -> None:
    assert stat.S_IMODE(gateway.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(gateway.path.parent.stat().st_mode) == 0o700


async def test_a_vanished_socket_is_made_again_and_connections_stay(gateway: Gateway) -> None:
    old = await gateway.client()
    gateway.path.unlink()
    gateway.path.parent.rmdir()
    assert not gateway.server.reachable
    await gateway.server.rebind()
    assert gateway.server.reachable
    new = await gateway.client()
    for client in (old, new):
        assert await client.call("daemon/status") == {"pid": 1}
        await client.close()


async def test_a_socketpair_is_served_like_a_connection(gateway: Gateway) -> None:
    ours, theirs = socket.socketpair()
    await gateway.server.adopt(theirs)
    client = await HiveClient.over(ours, "test", "1.0")
    assert await client.call("daemon/status") == {"pid": 1}
    await client.close()


@pytest.mark.parametrize("length", [0, 1, PART, PART + 1, 3 * PART, 1 << 20])
async def test_a_paste_of_any_size_arrives_whole(gateway: Gateway, length: int) -> None:
    parts: list[str] = []

    async def paste(params: dict[str, Any], _connection: Connection) -> Any:
        parts.append(params["text"])
        return None if params.get("more") else {"receipt": {"sent": 1, "removed": 0}}

    gateway.verbs.does["pane/paste"] = paste
    client = await gateway.client()
    text = "\x1b\udcff" * (length // 2) + "x" * (length % 2)
    assert await client.paste("%1", text) == {"sent": 1, "removed": 0}
    assert "".join(parts) == text
    await client.close()


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "run" / "hive.sock"
    transport.bind(path, this_machine()).close()
    with transport.bind(path, this_machine()), pytest.raises(GatewayError, match="Another daemon answers"):
        transport.bind(path, this_machine())


def planted_link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(folder.parent / "elsewhere")


def open_folder(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def file_in_place(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "hive.sock").touch()


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (planted_link, "is a link"),
        (open_folder, "is open to other users"),
        (file_in_place, "is no socket"),
        (Path.touch, "cannot be made"),
    ],
)
def test_a_place_that_is_not_safe_is_refused(tmp_path: Path, plant: Callable[[Path], None], sentence: str) -> None:
    plant(tmp_path / "run")
    with pytest.raises(HiveError, match=sentence):
        transport.bind(tmp_path / "run" / "hive.sock", this_machine())


def test_a_path_that_is_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="longer than the 103 bytes"):
        transport.bind(tmp_path / ("x" * 100) / "hive.sock", FakeMachine())


def test_where_no_daemon_is_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="No daemon answers") as refused:
        blocking.connect(tmp_path / "hive.sock", "test", "1.0")
    assert refused.value.code == 0
