"""Every method on what agents change, called with what no client of ours would send: by the person and by an agent."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tmux.nest import CAT, Nest, agent, nest_in_a_repository, workspace  # noqa: F401  the fixture

from hiveui.daemon.dispatch import Dispatch
from hiveui.errors import HiveError
from hiveui.gateway import methods
from hiveui.gateway.faults import failure
from hiveui.gateway.method import Method
from hiveui.gateway.methods import METHODS
from hiveui.gateway.protocol import Response, encode
from hiveui.hive.hive import Hive
from hiveui.model.seat import Role
from tests.repositories import git, repository

GROUPS = ("owner", "contract", "checkout", "checkpoint", "check", "collision", "reservation", "files", "memory")
NEW = [name for name in METHODS if name.partition("/")[0] in {*GROUPS, "merge", "review", "comment", "prompt"}]
OPEN_TO_AGENTS = {name for name in METHODS if METHODS[name].agents}
TEXTS = [
    "",
    "\0",
    "a\nb",
    "../../../etc/passwd",
    "/etc/passwd",
    "/",
    ".git/config",
    "-x",
    "--output=/tmp/pwned",
    "\ud800",
    "\x1b]0;x\x07\u202e",
    ":(top)*",
    "refs/heads/../../x",
    "x" * (1 << 20),
]
NUMBERS = [0, 1, 2**31, 2**63, 10**30]
LISTS: list[list[str]] = [[], ["\0"], ["../../x"], ["/etc/passwd"], ["-x"], ["*" * 200], ["x"] * 100_000, ["\ud800"]]
VALUES: dict[str, list[Any]] = {
    "string": TEXTS,
    "integer": NUMBERS,
    "array": LISTS,
    "boolean": [True, False],
    "object": [{}, {"\0": "\0"}],
}
MANY = 5000
STALL = 0.5
"""Seconds of the loop's own CPU time for which no call may hold all others up."""


class Client:
    """A connection of a client."""

    backlog = 0
    drives = True
    closed = False
    name = "test"

    def __init__(self, agent_id: str = "") -> None:
        self.agent = agent_id
        self.role = Role.AGENT if agent_id else Role.OWNER
        self.on_close: list[Any] = []

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Take news."""


@contextlib.asynccontextmanager
async def serving(nest: Nest) -> AsyncIterator[tuple[Hive, Dispatch]]:
    async with nest.hive() as hive:
        following = [asyncio.create_task(work) for work in (hive.work.files.follow(), hive.work.colliding.follow())]
        try:
            own = {"command": list(CAT), "checkout": "worktree"}
            await nest.open(hive, {"one": own, "two": own, "three": CAT})
            (Path(agent(hive, "one").dir) / "file").write_text("of one\n")
            yield hive, Dispatch(hive, dict, lambda: None)
        finally:
            for task in following:
                task.cancel()
            await asyncio.wait(following)


async def call(dispatch: Dispatch, name: str, params: dict[str, Any], client: Client) -> Any:
    """Call a method as the gateway does; what it gives, or the error that a client would be told."""
    found = METHODS[name]
    try:
        methods.check(found, params)
        given: Any = client
        return await asyncio.wait_for(dispatch.call(name, dict(params), given), 120)
    except HiveError as error:
        return error


@contextlib.asynccontextmanager
async def beating(clock: Callable[[], float] = time.thread_time) -> AsyncIterator[list[float]]:
    """Measure how long the loop is held up: by what it does itself, or on a wall clock by whatever else runs too."""
    stalls = [0.0]

    async def beat() -> None:
        while True:
            began = clock()
            await asyncio.sleep(0.01)
            stalls.append(clock() - began)

    task = asyncio.create_task(beat())
    try:
        yield stalls
    finally:
        task.cancel()
        await asyncio.wait([task])


def plain(method: Method, known: dict[str, str]) -> dict[str, Any]:
    """Give parameters of the right types, of things that are there where there are such."""
    samples: dict[str, Any] = {"string": "file", "integer": 1, "array": ["file"], "boolean": True, "object": {}}
    return {
        name: known.get(name, samples[param.schema["type"]])
        for name, param in method.params.items()
        if param.required or name in known
    }


def hostile(method: Method, known: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Replace each parameter by each hostile value, then all of them."""
    right = plain(method, known)
    for name, param in method.params.items():
        for value in VALUES[param.schema["type"]]:
            yield right | {name: value}
    for n in range(len(TEXTS)):
        every = {k: VALUES[p.schema["type"]][n % len(VALUES[p.schema["type"]])] for k, p in method.params.items()}
        yield every | {key: known[key] for key in ("workspace", "role") if key in every}


@pytest.mark.parametrize("name", NEW)
async def test_whatever_is_sent_is_answered_with_a_sentence_and_holds_nobody_up(nest: Nest, name: str, caplog) -> None:
    outside = nest.project.parent / "pwned"
    async with serving(nest) as (hive, dispatch):
        known = {"workspace": workspace(hive).id, "role": "one", "folder": str(nest.project), "into": "main"}
        taken = await call(dispatch, "review/take", {"workspace": known["workspace"]}, Client())
        known |= {"comparison": taken["comparison"]}
        async with beating() as stalls:
            for params in hostile(METHODS[name], known):
                for client in (Client(), Client(agent(hive, "two").id)):
                    if METHODS[name].open_to(client.role):
                        answer = await call(dispatch, name, params, client)
                        told = failure(1, answer).message if isinstance(answer, HiveError) else ""
                        assert "\x1b" not in told
                        assert "\u202e" not in told
                        assert len(told) < 5000, (name, told[:300])
                        if not isinstance(answer, HiveError):
                            assert len(encode(Response(1, answer))) < 1 << 20
        assert max(stalls) < STALL, (name, max(stalls))
        assert git(nest.project, "status", "--porcelain", "--", "file", "web") == ""
        assert not outside.exists()
        assert not any(record.exc_info for record in caplog.records)


async def test_an_agent_does_what_is_open_to_it_for_itself_only(nest: Nest) -> None:
    elsewhere = nest.project.parent / "elsewhere"
    repository(elsewhere, "secret.txt")
    async with serving(nest) as (hive, dispatch):
        shop = workspace(hive).id
        nest.project = elsewhere
        await nest.open(hive, {"spy": CAT})
        other = next(id_ for id_ in hive.bus.state.workspaces if id_ != shop)
        two = next(a for a in hive.bus.workspace(shop).agents if a.role == "two")
        spy = Client(hive.bus.workspace(other).agents[0].id)

        async def asks(method: str, **params: Any) -> Any:
            return await call(dispatch, method, params, spy)

        held = await call(dispatch, "reservation/make", {"paths": ["file"], "folder": str(two.dir)}, Client(two.id))
        id_ = held["reservation"]["id"]
        assert isinstance(await asks("reservation/release", workspace=shop, reservation=id_), HiveError)
        assert (await asks("reservation/list", workspace=shop))["reservations"] == []
        assert (await asks("collision/list", workspace=shop))["collisions"] == []
        listed = await asks("files/list", workspace=shop)
        assert [one["top"] for one in listed["checkouts"]] in ([], [str(elsewhere)])
        assert isinstance(await asks("files/who", path=f"{two.dir}/file"), HiveError)
        assert (await asks("memory/read", workspace=shop))["folder"] == str(elsewhere)
        assert isinstance(await asks("check/run", workspace=shop, role="two"), HiveError)
        await asks("memory/decide", workspace=shop, text="spied")
        assert not list((Path(two.dir).parent).rglob("decisions.md"))
        assert "spied" in (elsewhere / ".hive" / "decisions.md").read_text()
        one = next(a for a in hive.bus.workspace(shop).agents if a.role == "one")
        mine = Client(one.id)
        assert isinstance(await call(dispatch, "reservation/release", {"reservation": id_}, mine), HiveError)
        assert (await call(dispatch, "reservation/release", {}, mine))["released"] == []
        assert isinstance(await call(dispatch, "check/run", {"role": "two"}, mine), HiveError)
        assert [r.id for r in hive.bus.workspace(shop).radar.reservations] == [id_]


def test_what_agents_may_call_is_listed_here_so_that_nothing_joins_unseen() -> None:
    assert {
        "contract/noted",
        "check/run",
        "memory/read",
        "memory/decide",
        "files/list",
        "files/who",
        "collision/list",
        "reservation/make",
        "reservation/release",
        "reservation/list",
    } == OPEN_TO_AGENTS


async def test_pipes_a_huge_file_and_thousands_of_files_hold_nobody_up(nest: Nest) -> None:
    async with serving(nest) as (hive, dispatch):
        top = Path(agent(hive, "one").dir)
        os.mkfifo(top / "pipe")
        with (top / "huge").open("wb") as file:
            file.truncate(2 << 30)
        os.symlink("pipe", top / "link")
        (top / "file").unlink()
        os.mkfifo(top / "file")
        many = top / "many"
        many.mkdir()
        for n in range(MANY):
            (many / f"{n}").touch()
        at = {"workspace": workspace(hive).id, "role": "one"}
        async with beating() as stalls:
            answers = await asyncio.gather(
                call(dispatch, "review/take", {"workspace": at["workspace"]}, Client()),
                call(dispatch, "checkpoint/list", at, Client()),
                call(dispatch, "checkout/list", {"workspace": at["workspace"]}, Client()),
                call(dispatch, "merge/plan", {"workspace": at["workspace"]}, Client()),
                call(dispatch, "files/list", {"workspace": at["workspace"]}, Client()),
                call(dispatch, "files/who", {"path": f"{top}/pipe"}, Client()),
                call(dispatch, "comment/write", {**at, "path": "pipe", "line": 1, "text": "x"}, Client()),
                call(dispatch, "comment/write", {**at, "path": "huge", "line": 1, "text": "x"}, Client()),
            )
            page = await call(dispatch, "review/page", {"workspace": at["workspace"], "comparison": 1}, Client())
        assert max(stalls) < STALL
        assert not any(isinstance(answer, HiveError) for answer in answers[:5]), answers[:5]
        assert all(isinstance(answer, HiveError) for answer in answers[-2:])
        assert len(encode(Response(1, page))) < 1 << 20
