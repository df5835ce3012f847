"""The review desk in the daemon, on real repositories: comparisons, comments that are followed, changes taken back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hiveui.errors import HiveError, UsageError
from hiveui.git import patches
from hiveui.hive.bus import Bus
from hiveui.hive.comparisons import Comparisons
from hiveui.hive.review import Review
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import Deed, How, Write
from hiveui.model.comparison import Reader
from hiveui.model.events import AgentRead, PromptLeft, Record
from hiveui.model.review import Stage
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, Workspace
from hiveui.model.turns import Happening, Hooked
from hiveui.model.worktree import Worktree
from hiveui.storage.texts import Texts
from tests.repositories import commit, git, repository

W = WorkspaceId("w")


class Log:
    """Keeps nothing."""

    seq = 0

    def append(self, event: Any, *, trace_id: str = "", span_id: str = "") -> Record:
        self.seq += 1
        return Record(self.seq, "", event, trace_id, span_id)


class Around:
    """The prompts, panes and writes of a hive that is not there."""

    def __init__(self) -> None:
        self.queued: list[tuple[str, str]] = []
        self.screen: list[str] = []
        self.known: list[Write] = []
        self.acts: list[str] = []

    async def queue(self, *, workspace: str, role: str, text: str) -> dict[str, Any]:
        self.queued.append((role, text))
        return {"prompt": f"p{len(self.queued)}", "ahead": 0, "why": ""}

    async def read(self, *, workspace: str, role: str, lines: int) -> dict[str, Any]:
        return {"lines": self.screen}

    def writes(self, workspace: WorkspaceId, *, role: str = "", path: str = "", after: str = "") -> list[Write]:
        return self.known

    def seen(self, agent: Agent) -> Agent:
        return agent

    def way(self, _: Agent, launch: Any) -> Any:
        return launch

    def all_seen(self, workspace: Workspace) -> Workspace:
        return workspace

    async def apply(self, top: str, patch: bytes, *how: str) -> bool:
        return False

    @contextlib.contextmanager
    def acting(self, top: str) -> Iterator[None]:
        self.acts.append(top)
        yield


ME: Any = SimpleNamespace(drives=True)
ONLOOKER: Any = SimpleNamespace(drives=False)


class Desk:
    """A review of a shared checkout with agents a and b, and a worktree of agent c."""

    def __init__(self, place: Path) -> None:
        self.place = repository(place / "shop", "x", "y", "tests/test_z.py")
        (self.place / "x").write_text("".join(f"{n}\n" for n in range(30)))
        commit(self.place)
        self.tree = place / "tree"
        git(self.place, "worktree", "add", "-q", "-b", "hive/c", str(self.tree))
        agents = tuple(
            Agent(AgentId(role), role, "claude", str(self.tree if role == "c" else self.place)) for role in "abc"
        )
        shown = Workspace(W, "shop", str(self.place), "", agents=agents)
        self.bus = Bus(Log(), State({W: shown}), 0)
        self.around = Around()
        tree = Worktree(str(self.tree), AgentId("c"), str(self.place), str(self.place), ("hive/c",), copy=(".env",))
        launches = {AgentId("c"): SimpleNamespace(worktree=tree)}
        supervisor: Any = SimpleNamespace(id=W, workspace=shown, launches=launches)
        self.tasks: list[asyncio.Task[None]] = []
        around: Any = self.around
        self.review = Review(
            self.bus,
            Comparisons({W: supervisor}, around, around),
            around,
            around,
            patches=Texts(place / "reverts"),
            spawn=self._spawn,
        )

    def _spawn(self, work: Awaitable[None]) -> None:
        async def done() -> None:
            await work

        self.tasks.append(asyncio.get_running_loop().create_task(done()))

    async def settle(self) -> None:
        await asyncio.sleep(0)
        while self.tasks:
            await self.tasks.pop()

    async def found(self, group: str = "agent") -> tuple[int, dict[tuple[int, str], Any]]:
        taken = await self.review.take(ME, workspace=W)
        page = self.review.page(workspace=W, comparison=taken["comparison"], group=group)
        reader = Reader()
        reader.take(page["pieces"])
        return taken["comparison"], {(one.area, one.file.path): one for one in reader.files}

    @property
    def said(self) -> Any:
        return self.bus.state.workspaces[W].review


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    await made.settle()


def written(desk: Desk, path: str, by: str) -> Write:
    return Write(str(desk.place), path, Deed.MODIFIED, "", AgentId(by), by, How.TOOL)


async def test_each_checkout_is_compared_and_every_file_has_its_author_or_says_that_none_is_known(desk: Desk) -> None:
    for path in ("x", "y", "new"):
        (desk.place / path).write_text("changed\n")
    (desk.tree / "x").write_text("TOKEN=ghp_" + "a" * 36 + "\n")
    (desk.tree / ".env").write_text("copied for its agent\n")
    (desk.tree / "tests/test_z.py").unlink()
    commit(desk.tree)
    (desk.tree / ".env").write_text("and changed by it\n")
    desk.around.known = [written(desk, "x", "a"), written(desk, "y", "a"), written(desk, "y", "b")]
    _, found = await desk.found()
    assert {key: one.roles for key, one in found.items()} == {
        (0, "x"): ("a",),
        (0, "y"): ("a", "b"),
        (0, "new"): (),
        (1, "x"): ("c",),
        (1, "tests/test_z.py"): ("c",),
    }
    assert found[0, "x"].risk.reasons == ("changed by c too",)
    assert set(found[1, "x"].risk.reasons) == {"adds what looks like a secret", "changed by a too"}
    assert "deletes tests" in found[1, "tests/test_z.py"].risk.reasons
    taken = await desk.review.take(ME, workspace=W)
    assert [(area["roles"], area["against"]) for area in taken["areas"]] == [(["a", "b"], "HEAD"), (["c"], "main")]
    await desk.review.mark(workspace=W, digests=list(found[1, "x"].digests))
    tallies = {one["role"]: one for one in (await desk.review.take(ME, workspace=W))["agents"]}
    assert (tallies["c"]["hunks"], tallies["c"]["unreviewed"], tallies[""]["files"]) == (2, 1, 1)


async def test_where_nothing_can_be_compared_a_sentence_says_so(tmp_path: Path, desk: Desk) -> None:
    git(desk.place, "worktree", "remove", "--force", str(desk.tree))
    (desk.place / ".git").rename(tmp_path / "git")
    taken = await desk.review.take(ME, workspace=W)
    assert [area["note"] for area in taken["areas"]] == [
        f"{desk.place} is in no git repository: there is nothing to compare.",
        f"{desk.tree} is not there any more: there is nothing to compare.",
    ]
    with pytest.raises(UsageError, match="There is no agent 'z' here"):
        await desk.review.take(ME, workspace=W, role="z")


async def test_a_comment_is_numbered_quoted_delivered_and_answered(desk: Desk) -> None:
    (desk.tree / "x").write_text((desk.tree / "x").read_text().replace("7\n", "seven\n"))
    for number in (1, 2):
        told = await desk.review.comments.write(workspace=W, role="c", path="x", line=8, text="Why words?")
        assert (told["number"], told["stage"]) == (number, "queued")
    role, text = desk.around.queued[0]
    assert role == "c"
    assert "Review comment #1 on 'x', line 8:" in text
    assert "\n-7\n+seven\n" in text
    desk.bus.publish(PromptLeft(W, "c", "p1", delivered=True))
    desk.bus.publish(PromptLeft(W, "c", "p2", delivered=False))
    await desk.settle()
    assert [one.stage for one in desk.said.comments] == [Stage.DELIVERED, Stage.RESOLVED]

    desk.around.screen = text.split("\n")
    desk.bus.publish(AgentRead(W, AgentId("c"), Reading(AgentState.DONE)))
    await desk.settle()
    assert desk.said.comment(1).stage is Stage.DELIVERED  # its own message is no answer
    supervisor: Any = SimpleNamespace(id=W)
    agent: Any = SimpleNamespace(role="c")
    desk.review.comments.heard(supervisor, agent, Hooked(Happening.DONE, text="#1: words are kinder."))
    await desk.settle()
    assert (desk.said.comment(1).stage, desk.said.comment(1).answer) == (Stage.ANSWERED, "#1: words are kinder.")
    desk.review.comments.resolve(workspace=W, number=1)
    assert desk.said.comment(1).stage is Stage.RESOLVED


async def test_a_comment_whose_place_changes_is_seen_to_without_words(desk: Desk) -> None:
    await desk.review.comments.write(workspace=W, role="c", path="x", line=8, text="Why?")
    desk.bus.publish(PromptLeft(W, "c", "p1", delivered=True))
    await desk.settle()
    (desk.tree / "x").write_text("one more line\n" + (desk.tree / "x").read_text())
    await desk.review.take(ME, workspace=W)
    assert desk.said.comment(1).stage is Stage.DELIVERED  # it only moved
    (desk.tree / "x").write_text((desk.tree / "x").read_text().replace("7\n", "seven\n"))
    await desk.review.take(ME, workspace=W)
    assert desk.said.comment(1).stage is Stage.CHANGED


@pytest.mark.parametrize(
    ("path", "line", "said"),
    [
        ("x", 31, "x has no line 31: it has 1 to 30"),
        ("x", 0, "has no line 0"),
        ("../shop/x", 1, "leads out of"),
        ("/etc/passwd", 1, "leads out of"),
        ("none", 1, "cannot be read"),
        ("a\0b", 1, "No file has such a name"),
        ("tests", 1, "no plain file"),
    ],
)
async def test_a_place_that_is_none_is_refused_in_a_sentence(desk: Desk, path: str, line: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await desk.review.comments.write(workspace=W, role="c", path=path, line=line, text="?")
    assert desk.around.queued == []


async def test_one_agents_hunk_is_taken_back_in_a_shared_tree_and_brought_again(desk: Desk) -> None:
    numbers = (desk.place / "x").read_text()
    (desk.place / "x").write_text(numbers.replace("\n3\n", "\nthree\n").replace("\n25\n", "\nother's\n"))
    (desk.place / "new").write_bytes(b"\0\1")
    before = (desk.place / "x").read_text()
    comparison, found = await desk.found()
    digest = found[0, "x"].digests[0]
    told = await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="x", digest=digest)
    assert (told["reverted"]["added"], told["reverted"]["removed"]) == (1, 1)
    assert (desk.place / "x").read_text() == numbers.replace("\n25\n", "\nother's\n")
    await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="new")
    assert not (desk.place / "new").exists()
    with pytest.raises(UsageError, match="has changed since you looked"):
        await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="x", digest=digest)
    assert desk.around.acts == [str(desk.place)] * 2
    await desk.review.reverts.undo(workspace=W)
    await desk.review.reverts.undo(workspace=W)
    assert (desk.place / "new").read_bytes() == b"\0\1"
    assert (desk.place / "x").read_text() == before
    with pytest.raises(UsageError, match="Nothing was taken back"):
        await desk.review.reverts.undo(workspace=W)


async def test_what_cannot_be_brought_again_stays_kept(desk: Desk) -> None:
    (desk.place / "y").write_text("changed\n")
    comparison, _ = await desk.found()
    await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="y")
    (desk.place / "y").write_text("somebody else was here\n")
    with pytest.raises(HiveError, match="does not fit there any more"):
        await desk.review.reverts.undo(workspace=W)
    assert len(desk.said.reverts) == 1
    git(desk.place, "checkout", "-q", "y")
    await desk.review.reverts.undo(workspace=W)
    assert (desk.place / "y").read_text() == "changed\n"


async def test_a_client_that_is_gone_leaves_no_comparison(desk: Desk) -> None:
    first = (await desk.review.take(ME, workspace=W))["comparison"]
    desk.review.leave(ONLOOKER)
    desk.review.page(workspace=W, comparison=first)
    desk.review.leave(ME)
    with pytest.raises(UsageError, match="not kept any more"):
        desk.review.page(workspace=W, comparison=first)


@pytest.mark.parametrize("which", ["take_back", "bring_again"])
@pytest.mark.parametrize("done", [True, False], ids=["after", "before"])
async def test_a_daemon_that_is_killed_around_a_revert_leaves_it_to_be_undone(
    desk: Desk, monkeypatch, which: str, done: bool
) -> None:
    (desk.place / "y").write_text("changed\n")
    comparison, _ = await desk.found()
    call = getattr(patches, which)

    class KilledError(BaseException):
        pass

    def dies(top: Path, patch: bytes) -> None:
        if done:
            call(top, patch)
        raise KilledError

    async def both() -> None:
        await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="y")
        await desk.review.reverts.undo(workspace=W)

    with monkeypatch.context() as patched:
        patched.setattr(patches, which, dies)
        with pytest.raises(KilledError):
            await both()
    assert len(desk.said.reverts) == 1
    await desk.review.reverts.undo(workspace=W)
    assert (desk.place / "y").read_text() == "changed\n"
    assert desk.said.reverts == ()
    comparison, _ = await desk.found()
    await desk.review.reverts.revert(workspace=W, comparison=comparison, area=0, path="y")
    assert (desk.place / "y").read_text() == "this is y\n"


async def test_comparisons_that_are_no_longer_kept_are_said(desk: Desk) -> None:
    first = (await desk.review.take(ME, workspace=W))["comparison"]
    for _ in range(4):
        await desk.review.take(ONLOOKER, workspace=W)
    desk.review.page(workspace=W, comparison=first)  # what others take lets mine be
    for _ in range(4):
        await desk.review.take(ME, workspace=W)
    with pytest.raises(UsageError, match="not kept any more"):
        desk.review.page(workspace=W, comparison=first)
    with pytest.raises(UsageError, match="put together by"):
        desk.review.page(workspace=W, comparison=first + 8, group="agnt")
