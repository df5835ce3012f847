"""Trains of merges on a real git: whatever happens and whenever the daemon dies, nothing is lost or half done."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hiveui.errors import GitError, HiveError, UsageError
from hiveui.git import landing, merging, proving
from hiveui.git.repository import tip
from hiveui.hive.bus import Bus
from hiveui.hive.merging import Merging
from hiveui.hive.runs import Job
from hiveui.hive.trains import Trains
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.checks import Outcome
from hiveui.model.checks import Status as Proof
from hiveui.model.events import AgentAdded, Event, Record, WorkspaceOpened, event_from_json, event_to_json
from hiveui.model.layout import AgentSpec
from hiveui.model.merging import Status, Train, newest
from hiveui.model.state import State, Workspace
from tests.repositories import git, repository

ROLES = ("one", "two", "three")
CHECK = ("make", "check")
W = WorkspaceId("w")


class KilledError(BaseException):
    """The daemon was killed."""


class Shop:
    """A repository with three agents in worktrees, and a hive that may be killed and begun anew."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@invalid\n")
        self.project = repository(home / "shop", "a", "b", "c")
        self.places = {role: home / role for role in ROLES}
        for role, place in self.places.items():
            git(self.project, "worktree", "add", "-q", "-b", f"hive/{role}", str(place))
        self.events: list[Event] = []
        self.failing: set[str] = set()
        self.ended: set[str] = set()
        self.checked: list[tuple[str, str]] = []
        self.prompts: list[dict[str, str]] = []
        self.acted: list[str] = []
        self.left = -1
        """Steps until the daemon is killed; less than none for never."""
        self.deaths = 0
        self._work: list[Awaitable[None]] = []
        self._state, self._seq = State(), 0
        self.begin()
        self.bus.publish(WorkspaceOpened(W, "shop", str(self.project), "team", "", ()))
        for role, place in self.places.items():
            spec = AgentSpec(role, check=CHECK)
            self.bus.publish(AgentAdded(W, Agent(AgentId(role), role, "shell", str(place), spec=spec)))

    def begin(self) -> None:
        """Begin a daemon that knows what the log has."""
        self.bus = Bus(self, self._state, self._seq)
        supervisors: dict[Any, Any] = {W: self}
        trains = Trains(self.bus, supervisors, self, self, self.home / "proofs")
        self.merging = Merging(self.bus, supervisors, self, trains, self._work.append)

    # what the hive needs: a log, a supervisor, checks, files, prompts

    launches: dict[AgentId, Any] = {}  # noqa: RUF012  nobody has one

    def append(self, event: Event, **_: str) -> Record:
        self.tick()
        self._seq += 1
        return Record(self._seq, "", event_from_json(event_to_json(event)))

    def environment(self, _agent: Agent) -> tuple[()]:
        return ()

    async def run(self, job: Job) -> Outcome:
        self.tick()
        assert tuple(job.argv) == CHECK
        role = job.env["HIVE_ROLE"]
        self.checked.append((role, git(Path(job.folder), "rev-parse", "HEAD")))
        return Outcome(Proof.FAILED if role in self.failing else Proof.ENDED if role in self.ended else Proof.PASSED)

    @contextlib.contextmanager
    def acting(self, top: str) -> Iterator[None]:
        self.acted.append(top)
        yield

    async def queue(self, **prompt: str) -> dict[str, str]:
        self.prompts.append(prompt)
        return {}

    # what happens

    def tick(self) -> None:
        """Count down to the daemon's death."""
        self.left -= 1
        if self.left == 0:
            raise KilledError

    def dies_between_calls_of_git(self, patch: pytest.MonkeyPatch) -> None:
        """Count each call of git that a merge makes."""

        def ticking(run: Callable[..., Any]) -> Callable[..., Any]:
            def ticked(*words: Any, **more: Any) -> Any:
                self.tick()
                return run(*words, **more)

            return ticked

        for module in (landing, merging, proving):
            patch.setattr(module, "git", ticking(module.git))

    def do(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do something and all that it sets off; a daemon that is killed over it is begun anew, and settles."""
        try:
            return asyncio.run(self._whole(work()))
        except KilledError:
            self.left = -1
            self.deaths += 1
            self._work.clear()
            self._state = self.bus.state
            self.begin()
            self.merging.begin()
            asyncio.run(self._rest())
            return None
        finally:
            self.left = -1
            self._state = self.bus.state

    def killed_over(self, work: Callable[[], Coroutine[Any, Any, Any]], number: int) -> bool:
        """Do something and kill the daemon at a step of it; whether it came to that."""
        self.left, self.deaths = number, 0
        self.do(work)
        return self.deaths > 0

    async def _whole(self, first: Coroutine[Any, Any, Any]) -> Any:
        answer = await first
        await self._rest()
        return answer

    async def _rest(self) -> None:
        while self._work:
            await self._work.pop(0)

    def merge(self, *roles: str, **more: Any) -> Any:
        return self.do(lambda: self.merging.start(workspace=W, roles=roles, **more))

    def change(self, role: str, file: str, text: str) -> str:
        place = self.places[role]
        (place / file).write_text(text)
        git(place, "add", "--all")
        git(place, "commit", "-q", "--allow-empty", "-m", f"{role}: {file}")
        return git(place, "rev-parse", "HEAD")

    @property
    def workspace(self) -> Workspace:
        return self.bus.state.workspaces[W]

    @property
    def train(self) -> Train:
        found = newest(self.workspace.trains)
        assert found is not None
        return found

    @property
    def main(self) -> str:
        return git(self.project, "rev-parse", "main")

    def statuses(self) -> list[str]:
        return [step.status.value for step in self.train.steps]


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Tests need not wait for another second: their checks keep nothing."""
    monkeypatch.setattr(proving, "_let_a_second_pass", lambda _: None)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch) -> Shop:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return Shop(tmp_path)


def test_each_step_is_checked_on_what_the_merge_gave_and_the_first_failure_stops_it(shop: Shop) -> None:
    for role, file in zip(ROLES, "abc", strict=True):
        shop.change(role, file, f"{role}\n")
    shop.failing = {"two"}
    before = shop.main
    shop.merge(*ROLES)
    assert shop.statuses() == ["merged", "check failed", "waiting"]
    assert shop.checked == [("one", shop.train.steps[0].made), ("two", shop.train.steps[1].made)]
    assert shop.main == shop.train.steps[0].made
    assert shop.acted == [str(shop.project)], "what HiveUI does to the checkout is nobody's change"
    with pytest.raises(UsageError, match="Another merge"):
        shop.do(lambda: shop.merging.undo(workspace=W, train="another"))
    shop.do(lambda: shop.merging.undo(workspace=W, train=shop.train.id))
    assert (shop.main, shop.train.undone, shop.statuses()) == (
        before,
        True,
        ["rolled back", "check failed", "left out"],
    )
    with pytest.raises(UsageError, match="Nothing was merged"):
        shop.do(lambda: shop.merging.undo(workspace=W))


def test_the_plan_names_what_each_has_and_puts_the_fewest_conflicts_first(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    shop.change("two", "b", "two\n")
    git(shop.project, "commit", "-q", "--allow-empty", "-m", "else")
    (shop.project / "a").write_text("main\n")
    git(shop.project, "commit", "-q", "-am", "mine")
    (shop.places["three"] / "new").write_text("x")
    plan = shop.do(lambda: shop.merging.plan(workspace=W))
    assert [one["role"] for one in plan["chosen"]] == ["two", "one"]
    assert [(one["ahead"], one["behind"]) for one in plan["chosen"]] == [(1, 2), (1, 2)]
    assert [one["conflicts"] for one in plan["chosen"]] == [[], [{"path": "a", "what": "contents"}]]
    (left,) = plan["left"]
    assert (left["role"], left["ahead"], left["dirty"], left["why"]) == ("three", 0, 1, "")


def test_a_conflict_stops_it_is_told_to_its_agent_and_goes_on_once_that_has_rebased(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    old = shop.change("two", "a", "two\n")
    shop.change("three", "c", "three\n")
    shop.merge(*ROLES)
    train = shop.train
    assert shop.statuses() == ["merged", "conflict", "waiting"]
    told = shop.do(lambda: shop.merging.conflict(workspace=W, train=train.id, step=1, path="a"))
    assert "one\n=======\ntwo" in told["text"]
    shop.do(lambda: shop.merging.ask(workspace=W, train=train.id, step=1))
    (prompt,) = shop.prompts
    assert prompt["role"] == "two"
    assert "git rebase main" in prompt["text"]
    assert "\none\non your branch:\ntwo\n```" in prompt["text"]

    place = shop.places["two"]
    git(place, "reset", "-q", "--hard", "main")
    shop.change("two", "a", "one and two\n")
    shop.do(lambda: shop.merging.resume(workspace=W))
    assert shop.statuses() == ["merged", "merged", "merged"]
    assert (shop.project / "a").read_text() == "one and two\n"
    assert old in git(shop.project, "rev-list", "--all").split(), "what it had before is kept"


def test_without_the_step_that_stopped_the_others_go_on(shop: Shop) -> None:
    for role in ROLES:
        shop.change(role, "a" if role != "three" else "c", f"{role}\n")
    shop.merge(*ROLES)
    shop.do(lambda: shop.merging.resume(workspace=W, skip=True))
    assert shop.statuses() == ["merged", "left out", "merged"]
    with pytest.raises(UsageError, match="No merge stopped"):
        shop.do(lambda: shop.merging.resume(workspace=W))


def test_a_check_that_was_stopped_proves_nothing_and_can_be_run_again(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    before = shop.main
    shop.ended = {"one"}
    shop.merge("one")
    assert (shop.statuses(), shop.main) == (["interrupted"], before)
    shop.ended = set()
    shop.do(lambda: shop.merging.resume(workspace=W))
    assert shop.statuses() == ["merged"]


def test_what_an_agent_did_in_a_clone_is_taken_over(shop: Shop) -> None:
    clone = shop.places["one"]
    git(shop.project, "worktree", "remove", str(clone))
    git(shop.project, "clone", "-q", str(shop.project), str(clone))
    git(clone, "checkout", "-q", "-b", "mine")
    shop.change("one", "a", "one\n")
    shop.merge("one")
    assert (shop.statuses(), shop.train.steps[0].branch) == (["merged"], "mine")
    assert (shop.project / "a").read_text() == "one\n"


def test_a_folder_for_proofs_that_cannot_be_made_stops_it_in_a_sentence(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    (shop.home / "proofs").write_text("a file is in the way")
    shop.merge("one")
    assert shop.statuses() == ["stopped"]
    assert "proofs" in shop.train.steps[0].note


def test_agents_of_a_bare_repository_are_merged_in_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shop = Shop(tmp_path)
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(shop.project), str(bare))
    place = tmp_path / "apart"
    git(bare, "worktree", "add", "-q", "-b", "mine", str(place), "main")
    shop.bus.publish(WorkspaceOpened(W, "shop", str(bare), "team", "", ()))
    shop.bus.publish(AgentAdded(W, Agent(AgentId("one"), "one", "shell", str(place))))
    shop.places["one"] = place
    shop.change("one", "a", "one\n")
    shop.merge("one")
    assert (shop.statuses(), git(bare, "show", "main:a")) == (["merged"], "one")


def test_what_somebody_built_on_it_is_not_rolled_back(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    shop.merge()
    git(shop.project, "commit", "-q", "--allow-empty", "-m", "on top")
    top = shop.main
    with pytest.raises(GitError, match="1 commit came into main on top") as caught:
        shop.do(lambda: shop.merging.undo(workspace=W))
    assert f"refs/hive/before/{shop.train.id}/base" in caught.value.hint
    assert (shop.main, shop.train.undone) == (top, False)


@pytest.mark.parametrize("name", ["-x", "HEAD", "@{-1}", "a..b", "a b", "x.lock", "\0", "\ud800"])
def test_what_is_no_name_of_a_branch_is_merged_into_by_nobody(shop: Shop, name: str) -> None:
    shop.change("one", "a", "one\n")
    with pytest.raises(HiveError, match="name"):
        shop.merge("one", into=name)
    assert shop.workspace.trains == ()


def test_a_branch_of_its_own_is_made_for_it_and_goes_again(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    before = shop.main
    shop.merge(into="integration")
    assert (shop.main, shop.statuses()) == (before, ["merged"])
    assert git(shop.project, "show", "integration:a") == "one"
    shop.do(lambda: shop.merging.undo(workspace=W))
    assert tip(shop.project, "refs/heads/integration") == ""


def test_a_branch_that_was_squashed_goes_on_from_there(shop: Shop) -> None:
    shop.change("one", "a", "first\n")
    shop.merge(way="squash")
    shop.change("one", "a", "second\n")
    plan = shop.do(lambda: shop.merging.plan(workspace=W))
    assert [(one["ahead"], one["conflicts"]) for one in plan["chosen"]] == [(1, [])]
    shop.merge(way="squash")
    assert git(shop.project, "log", "-2", "--format=%s|%(trailers:key=Agent,valueonly,separator=%x2C)").split("\n") == [
        "one: a|one",
        "one: a|one",
    ]
    assert (shop.project / "a").read_text() == "second\n"


def no_repository(shop: Shop) -> None:
    shutil.rmtree(shop.project / ".git")


def no_branch(shop: Shop) -> None:
    git(shop.project, "checkout", "-q", "--detach")


def unborn(shop: Shop) -> None:
    git(shop.project, "checkout", "-q", "--orphan", "fresh")


def nobody(shop: Shop) -> None:
    (shop.home / ".gitconfig").unlink()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (no_repository, "in no git repository"),
        (no_branch, "on no branch"),
        (unborn, "has no commit yet"),
        (nobody, "does not know who you are"),
    ],
)
def test_a_repository_that_cannot_be_merged_in_is_said_in_a_sentence(
    shop: Shop, harm: Callable[[Shop], None], sentence: str
) -> None:
    shop.change("one", "a", "one\n")
    harm(shop)
    with pytest.raises(GitError, match=sentence) as caught:
        shop.merge("one")
    assert caught.value.hint
    assert shop.workspace.trains == ()


def gone(place: Path) -> None:
    shutil.rmtree(place)


def rebasing(place: Path) -> None:
    own = Path(git(place, "rev-parse", "--absolute-git-dir"))
    (own / "rebase-merge").mkdir()


def locked(place: Path) -> None:
    (Path(git(place, "rev-parse", "--absolute-git-dir")) / "index.lock").touch()


def detached(place: Path) -> None:
    git(place, "checkout", "-q", "--detach")


def orphaned(place: Path) -> None:
    git(place, "checkout", "-q", "--orphan", "lone")
    git(place, "commit", "-q", "-m", "of its own")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (gone, "not there any more"),
        (rebasing, "of a rebase"),
        (locked, "locked"),
        (detached, "on no branch"),
        (orphaned, "in common"),
    ],
)
def test_an_agent_that_cannot_be_merged_holds_nobody_else_up(
    shop: Shop, harm: Callable[[Path], None], sentence: str
) -> None:
    shop.change("one", "a", "one\n")
    shop.change("two", "b", "two\n")
    harm(shop.places["two"])
    plan = shop.do(lambda: shop.merging.plan(workspace=W))
    assert [one["role"] for one in plan["chosen"]] == ["one"]
    assert sentence in next(one["why"] for one in plan["left"] if one["role"] == "two")
    with pytest.raises(UsageError, match="cannot be merged"):
        shop.merge("two")
    shop.merge()
    assert shop.statuses() == ["merged"]


def test_a_checkout_of_the_persons_with_changes_in_the_way_stops_it_and_they_stay(shop: Shop) -> None:
    shop.change("one", "a", "one\n")
    (shop.project / "a").write_text("mine, unfinished\n")
    before = shop.main
    shop.merge()
    assert shop.statuses() == ["stopped"]
    assert "Commit or stash them" in shop.train.steps[0].note
    assert (shop.main, (shop.project / "a").read_text()) == (before, "mine, unfinished\n")
    git(shop.project, "checkout", "-q", "a")
    shop.do(lambda: shop.merging.resume(workspace=W))
    assert shop.statuses() == ["merged"]


def killed_at(number: int, home: Path, patch: pytest.MonkeyPatch) -> tuple[Shop, bool]:
    """Merge one branch in a fresh shop and kill the daemon at a step; whether it came to that."""
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home))
    shop = Shop(home)
    shop.change("one", "a", "one\n")
    shop.dies_between_calls_of_git(patch)
    return shop, shop.killed_over(lambda: shop.merging.start(workspace=W, roles=["one"]), number)


def test_a_daemon_that_is_killed_at_any_step_of_a_merge_leaves_all_as_it_was_or_merged(tmp_path: Path) -> None:
    seen = set()
    for number in range(1, 100):
        home = tmp_path / f"merge{number}"
        home.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            shop, killed = killed_at(number, home, patch)
            if not killed:
                break
            before = git(shop.project, "rev-parse", "hive/two")
            assert git(shop.project, "status", "--porcelain") == "", number
            if not shop.workspace.trains:
                assert shop.main == before
                continue
            (status,) = shop.statuses()
            seen.add(status)
            assert shop.main == (shop.train.steps[0].made if status == "merged" else before), (number, status)
            if status != "merged":
                shop.do(lambda shop=shop: shop.merging.resume(workspace=W))
            assert (shop.statuses(), (shop.project / "a").read_text()) == (["merged"], "one\n")
    assert number > 20
    assert seen == {"interrupted", "merged"}


def test_a_daemon_that_is_killed_at_any_step_of_a_roll_back_leaves_all_merged_or_as_it_was(tmp_path: Path) -> None:
    seen = set()
    for number in range(1, 100):
        home = tmp_path / f"undo{number}"
        home.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            shop, _ = killed_at(-1, home, patch)
            merged, before = shop.main, shop.train.before
            if not shop.killed_over(lambda shop=shop: shop.merging.undo(workspace=W), number):
                break
            assert git(shop.project, "status", "--porcelain") == "", number
            assert shop.main == (before if shop.train.undone else merged), number
            seen.add(shop.train.undone)
            if not shop.train.undone:
                shop.do(lambda shop=shop: shop.merging.undo(workspace=W))
            assert (shop.main, (shop.project / "a").read_text()) == (before, "this is a\n")
    assert number > 5
    assert seen == {True, False}


class Mishaps(RuleBasedStateMachine):
    """Merges, failures, kills and roll-backs in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="hive-trains-"))
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("HOME", str(self.home))
        self.patch.setenv("XDG_CONFIG_HOME", str(self.home))
        self.patch.setattr(proving, "_let_a_second_pass", lambda _: None)
        self.shop = Shop(self.home)
        self.shop.dies_between_calls_of_git(self.patch)
        self.known = {self.shop.main}
        """Where the person's branch may stand."""
        self.commits: dict[str, str] = {}
        self.count = 0

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.home)

    @initialize()
    def all_work(self) -> None:
        for role, file in zip(ROLES, "abc", strict=True):
            self.work(role, file)

    @rule(role=st.sampled_from(ROLES), file=st.sampled_from("abc"))
    def work(self, role: str, file: str) -> None:
        self.count += 1
        self.commits[role] = self.shop.change(role, file, f"{role} {self.count}\n")

    @rule(role=st.sampled_from(ROLES))
    def amend(self, role: str) -> None:
        git(self.shop.places[role], "commit", "-q", "--amend", "--allow-empty", "-m", "amended")
        self.commits[role] = git(self.shop.places[role], "rev-parse", "HEAD")

    @rule(file=st.sampled_from("abcd"))
    def person_commits(self, file: str) -> None:
        self.count += 1
        (self.shop.project / file).write_text(f"person {self.count}\n")
        git(self.shop.project, "add", "--all")
        git(self.shop.project, "commit", "-q", "-m", "mine")
        self.known.add(self.shop.main)

    @rule(
        roles=st.permutations(ROLES).flatmap(lambda r: st.integers(1, 3).map(lambda n: tuple(r[:n]))),
        way=st.sampled_from(["merge", "squash", "rebase"]),
        failing=st.sets(st.sampled_from(ROLES), max_size=1),
        kill=st.integers(0, 60),
    )
    def merge(self, roles: tuple[str, ...], way: str, failing: set[str], kill: int) -> None:
        self.shop.failing = failing
        self._do(lambda: self.shop.merging.start(workspace=W, roles=roles, way=way), kill)

    @rule(skip=st.booleans(), kill=st.integers(0, 30))
    def resume(self, skip: bool, kill: int) -> None:
        self._do(lambda: self.shop.merging.resume(workspace=W, skip=skip), kill)

    @rule(kill=st.integers(0, 16))
    def undo(self, kill: int) -> None:
        self._do(lambda: self.shop.merging.undo(workspace=W), kill)

    def _do(self, work: Callable[[], Coroutine[Any, Any, Any]], kill: int) -> None:
        self.shop.left = kill or -1
        with contextlib.suppress(UsageError, GitError):
            self.shop.do(work)

    @invariant()
    def the_branch_stands_where_it_was_or_at_a_recorded_tip(self) -> None:
        trains = self.shop.workspace.trains
        recorded = {step.made for train in trains for step in train.steps if step.made}
        assert self.shop.main in self.known | recorded | {train.before for train in trains}
        for train in trains:
            assert not train.running, "what was interrupted is said to be"
        standing = [train for train in trains if train.landed]
        if standing and self.shop.main not in self.known:
            assert any(self.shop.main == train.tip for train in standing)

    @invariant()
    def the_persons_checkout_is_never_half_merged(self) -> None:
        assert git(self.shop.project, "status", "--porcelain") == ""

    @invariant()
    def no_commit_of_an_agent_is_unreachable(self) -> None:
        for role, commit in self.commits.items():
            assert git(self.shop.places[role], "rev-parse", f"hive/{role}") == commit
        reached = set(git(self.shop.project, "rev-list", "--all").split())
        tips = {step.tip for train in self.shop.workspace.trains for step in train.steps}
        assert tips <= reached

    @invariant()
    def only_what_passed_its_check_is_landed(self) -> None:
        landed = {s.made for t in self.shop.workspace.trains for s in t.steps if s.status is Status.MERGED}
        assert landed <= {commit for _, commit in self.shop.checked}


TestMishaps = Mishaps.TestCase
TestMishaps.settings = settings(max_examples=8, stateful_step_count=8, deadline=None)
