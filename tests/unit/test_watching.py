"""A checkout that is watched, with real files."""

import asyncio
import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from fake_machine import FakeMachine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiveui.git.ignored import tracked_though_ignored
from hiveui.machine import Machine
from hiveui.model.changes import Batch, Deed
from hiveui.watch import folders, looking, places, watcher
from hiveui.watch.inotify import Inotify
from hiveui.watch.watcher import Watcher
from tests.repositories import git, repository
from tests.waiting import soon


class OnServer(FakeMachine):
    """Has every file on a server."""

    def file_system(self, path: str) -> str:
        return "nfs4"


SOURCES = {"folders": FakeMachine(), "tree": FakeMachine(watches_trees=True), "looks": OnServer()}
"""Machines on which changes are heard of in each of the ways."""
by_every_source = pytest.mark.parametrize("machine", SOURCES.values(), ids=SOURCES)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, where it is looked."""
    monkeypatch.setattr(looking, "AT_LEAST", 0.02)
    monkeypatch.setattr(looking, "SHARE", 1.0)
    monkeypatch.setattr(watcher, "BACK", 0.05)


class Ear:
    """What a watcher told."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.first = Batch("")

    @property
    def deeds(self) -> dict[str, Deed]:
        """What it comes to, path by path: a file that was added, then written, was added."""
        deeds: dict[str, Deed] = {}
        for change in (change for batch in self.batches for change in batch.changes):
            if change.deed is not Deed.MODIFIED or deeds.get(change.path) is not Deed.ADDED:
                deeds[change.path] = change.deed
        return deeds

    @property
    def rescans(self) -> int:
        return sum(batch.rescan for batch in self.batches)


@asynccontextmanager
async def watched(top: Path, machine: Machine | None = None) -> AsyncIterator[Ear]:
    """Watch a folder; what came before is not known, which is told first."""
    ear = Ear()
    task = asyncio.create_task(Watcher(top, machine, tracked_though_ignored).run(ear.batches.append))
    try:
        await soon(lambda: ear.rescans)
        ear.first = ear.batches[0]
        ear.batches.clear()
        yield ear
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told(ear: Ear, wanted: dict[str, Deed]) -> None:
    def differs() -> list[str]:
        return [path for path in wanted.keys() | ear.deeds.keys() if wanted.get(path) != ear.deeds.get(path)]

    try:
        await soon(lambda: ear.deeds == wanted, within=60)
    except AssertionError:
        assert differs()[:10] == []


@by_every_source
async def test_what_was_added_modified_and_deleted_is_told_by_what_is_there_afterwards(
    tmp_path: Path, machine: Machine
) -> None:
    top = repository(tmp_path / "one", "kept", "gone", "replaced")
    async with watched(top, machine) as ear:
        (top / "new").write_text("new")
        (top / "kept").write_text("more")
        (top / "gone").unlink()
        (top / "beside").write_text("atomically")
        (top / "beside").rename(top / "replaced")
        await told(ear, {"new": Deed.ADDED, "kept": Deed.MODIFIED, "gone": Deed.DELETED, "replaced": Deed.MODIFIED})
        assert not ear.rescans


async def heard(ear: Ear, top: Path, name: str) -> None:
    """Have a new file told, and so all that was done before it."""
    (top / name).write_text("x")
    await soon(lambda: name in ear.deeds)


async def test_no_write_into_a_folder_that_was_just_made_is_missed(tmp_path: Path) -> None:
    top = repository(tmp_path / "one")

    def pairs() -> None:
        for number in range(1000):
            os.makedirs(top / f"a{number % 7}" / f"b{number}" / "c")
            (top / f"a{number % 7}" / f"b{number}" / "c" / "file").write_text("x")

    async with watched(top) as ear:
        await asyncio.to_thread(pairs)
        await told(ear, {f"a{number % 7}/b{number}/c/file": Deed.ADDED for number in range(1000)})
        assert not ear.rescans


@by_every_source
async def test_what_git_ignores_is_not_told(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "src/a.py")
    (top / ".gitignore").write_text("node_modules/\n*.log\n")
    async with watched(top, machine) as ear:
        (top / "node_modules" / "x").mkdir(parents=True)
        (top / "node_modules" / "x" / "y.js").write_text("x")
        (top / "src" / "a.log").write_text("x")
        (top / "src" / "a.py").write_text("x")
        git(top, "add", "src/a.py")
        await told(ear, {"src/a.py": Deed.MODIFIED})


@by_every_source
async def test_what_git_ignores_and_tracks_all_the_same_is_told(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "build/deep/kept", "build/other/kept", "one.log")
    (top / ".gitignore").write_text("/build\n*.log\n")
    (top / "build" / ".gitignore").write_text("!*\n")
    async with watched(top, machine) as ear:
        for name in ("build/deep/kept", "build/deep/not", "build/not", "one.log", "two.log"):
            (top / name).write_text("x")
        await told(ear, {"build/deep/kept": Deed.MODIFIED, "one.log": Deed.MODIFIED})


@by_every_source
async def test_rules_that_change_hold_from_then_on(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "src/a")
    (top / "build").mkdir()
    (top / "build" / "a").write_text("x")
    async with watched(top, machine) as ear:
        (top / ".gitignore").write_text("/build\n")
        await soon(lambda: ear.rescans)
        ear.batches.clear()
        (top / "build" / "a").write_text("x")
        (top / "src" / "a").write_text("x")
        await told(ear, {"src/a": Deed.MODIFIED})
        (top / ".gitignore").unlink()
        await soon(lambda: ear.rescans)
        (top / "build" / "a").write_text("xx")
        await soon(lambda: ear.deeds.get("build/a") is Deed.MODIFIED)


def queue_of(pid: int) -> int:
    """Count what a process has the kernel watch (proc(5), `fdinfo`)."""
    infos = [Path(f"/proc/{pid}/fdinfo/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    return sum(info.read_text().count("inotify wd:") for info in infos if info.exists())


async def test_a_storm_of_folders_misses_nothing_and_costs_no_watch_where_git_ignores_it(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "src/a")
    (top / ".gitignore").write_text("ignored/\n")
    script = """
import os, sys
for number in range(2000):
    folder = f"{sys.argv[1]}/{number % 40}/{number}"
    os.makedirs(folder)
    with open(f"{folder}/package.json", "w") as file: file.write("{}")
"""
    async with watched(top) as ear:
        before = queue_of(os.getpid())
        storms = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", script, top / where)
            for where in ("ignored/modules", "modules")
        ]
        for number in range(1000):
            os.mkdir(top / "src" / str(number))
            (top / "src" / str(number) / "file").write_text("x")
            await asyncio.sleep(0)
        for storm in storms:
            await storm.wait()
        wanted = {f"src/{number}/file": Deed.ADDED for number in range(1000)}
        wanted |= {f"modules/{number % 40}/{number}/package.json": Deed.ADDED for number in range(2000)}
        await told(ear, wanted)
        assert not ear.rescans
        assert queue_of(os.getpid()) - before == 1000 + 2000 + 40 + 1


async def test_what_the_kernel_could_not_keep_is_made_up_for_by_a_look_at_everything(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "src/a")
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    async with watched(top) as ear:
        for number in range(most // 3 + 1):  # the loop is held up, so that nobody reads
            (top / "src" / f"file {number}").write_text("x")
        (top / "late").mkdir()
        await soon(lambda: ear.rescans)
        (top / "late" / "file").write_text("x")
        await soon(lambda: "late/file" in ear.deeds or ear.rescans > 1, what="the file, or the rescan after a look")


async def test_more_than_can_be_told_at_once_is_a_rescan(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "a")
    (tmp_path / "many").mkdir()
    for number in range(5_001):
        (tmp_path / "many" / str(number)).touch()
    async with watched(top) as ear:
        (tmp_path / "many").rename(top / "many")
        await soon(lambda: ear.rescans)
        assert max(len(batch.changes) for batch in ear.batches) == 5_000


@by_every_source
async def test_folders_that_move_are_told_by_their_files(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "within/a/b", "out/a/b", "stays")
    elsewhere = repository(tmp_path / "two", "in/a/b")
    async with watched(top, machine) as ear:
        (top / "within").rename(top / "moved")
        (top / "out").rename(tmp_path / "out")
        (elsewhere / "in").rename(top / "in")
        gone, new = ("within/a/b", "out/a/b"), ("moved/a/b", "in/a/b")
        await told(ear, dict.fromkeys(gone, Deed.DELETED) | dict.fromkeys(new, Deed.ADDED))
        ear.batches.clear()
        (tmp_path / "out" / "a" / "b").write_text("not ours any more")
        (top / "moved" / "a" / "b").write_text("ours")
        (top / "in" / "a" / "c").write_text("ours")
        await told(ear, {"moved/a/b": Deed.MODIFIED, "in/a/c": Deed.ADDED})


HOSTILE = ["a\nb", " ", "\x1b[31mred", "twin", "TWIN", "-rf", "über", "u\u0308ber", "n" * 255, "*", "a\\b", ":(top)x"]


@pytest.mark.parametrize("machine", [SOURCES["folders"], SOURCES["looks"]], ids=["folders", "looks"])
async def test_every_name_is_told_as_it_is(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one")
    names = [*HOSTILE, os.fsdecode(b"\xff\xfe"), os.fsdecode(b"a\xc3\n")]
    async with watched(top, machine) as ear:
        for name in names:
            (top / name).write_text("x")
            (top / f"folder {name[:200]}").mkdir()
            (top / f"folder {name[:200]}" / name).write_text("x")
        await told(ear, dict.fromkeys([*names, *(f"folder {name[:200]}/{name}" for name in names)], Deed.ADDED))


@by_every_source
async def test_links_are_told_and_never_followed(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "a")
    outside = repository(tmp_path / "outside", "secret/file")
    (top / "before").symlink_to(outside)
    async with watched(top, machine) as ear:
        (top / "link").symlink_to(outside)
        (top / "circle").symlink_to(".")
        os.mkfifo(top / "pipe")
        (outside / "secret" / "file").write_text("x")
        (outside / "new").write_text("x")
        (top / "end").write_text("x")
        await told(ear, dict.fromkeys(("link", "circle", "end"), Deed.ADDED))
        (top / "a").unlink()
        shutil.move(outside / "secret", top / "a")  # where a file was
        await soon(lambda: ear.deeds.get("a/file") is Deed.ADDED and ear.deeds.get("a") is Deed.DELETED)


@by_every_source
async def test_a_checkout_inside_is_passed_over_but_for_a_submodule(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "a")
    other = repository(tmp_path / "two", "b")
    git(top, "worktree", "add", "-q", "trees/before")
    git(top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    async with watched(top, machine) as ear:
        git(top, "worktree", "add", "-q", "trees/after")
        await heard(ear, top, "trees/mark")
        ear.batches.clear()
        for name in ("trees/before/a", "trees/after/a", "sub/b"):
            (top / name).write_text("x")
        await told(ear, {"sub/b": Deed.MODIFIED})


@by_every_source
async def test_a_top_that_vanishes_is_said_and_watched_again_once_it_is_back(tmp_path: Path, machine: Machine) -> None:
    top = repository(tmp_path / "one", "a")
    async with watched(top, machine) as ear:
        top.rename(tmp_path / "away")
        await soon(lambda: any(batch.notice == places.GONE.notice for batch in ear.batches))
        ear.batches.clear()
        (tmp_path / "away").rename(top)
        await soon(lambda: any(batch.rescan and batch.notice != places.GONE.notice for batch in ear.batches))
        ear.batches.clear()
        (top / "a").write_text("x")
        await told(ear, {"a": Deed.MODIFIED})


async def test_a_top_that_is_another_by_now_is_watched_anew(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "a")
    async with watched(top) as ear:
        for number in range(5):
            ear.batches.clear()
            shutil.rmtree(top)
            top.mkdir()  # it may have the same inode
            await soon(lambda: ear.rescans)
            await heard(ear, top, f"b{number}")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.EIO])
async def test_a_limit_is_said_and_changes_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    top = repository(tmp_path / "one", "a/b")

    add = Inotify.add

    def refuse(queue: Inotify, folder: str) -> int:
        if folder.endswith("/new"):
            raise OSError(number, os.strerror(number), folder)
        return add(queue, folder)

    monkeypatch.setattr(Inotify, "add", refuse)
    async with watched(top) as ear:
        (top / "new").mkdir()  # the last straw
        await soon(lambda: any(batch.notice for batch in ear.batches))
        notice = ear.batches[-1].notice
        assert ("sysctl fs.inotify.max_user_" in notice) is (number != errno.EIO)
        ear.batches.clear()
        (top / "new" / "file").write_text("x")
        await told(ear, {"new/file": Deed.ADDED})
        assert {batch.notice for batch in ear.batches} == {notice}


async def test_a_folder_with_too_many_files_is_left_alone_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository(tmp_path / "one", *map(str, range(11)))
    monkeypatch.setattr(folders, "LARGEST", 10)
    async with watched(top) as ear:
        assert ear.first.notice == places.TOO_LARGE.notice
        (top / "1").write_text("x")
        await soon(lambda: queue_of(os.getpid()) == 0)
        assert ear.batches == []


async def test_a_folder_in_which_too_many_files_come_to_be_is_left_alone_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository(tmp_path / "one", *map(str, range(8)))
    monkeypatch.setattr(folders, "LARGEST", 10)
    async with watched(top) as ear:
        (top / "0").unlink()
        for number in range(8, 11):
            (top / str(number)).write_text("x")
        await told(ear, {"0": Deed.DELETED} | {str(number): Deed.ADDED for number in range(8, 11)})
        (top / "one too many").write_text("x")
        await soon(lambda: ear.batches[-1].notice == places.TOO_LARGE.notice)


async def test_a_disk_that_does_not_answer_holds_up_nobody_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository(tmp_path / "one", "a")
    answers = threading.Event()
    answers.set()
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **more: answers.wait() and stat(path, **more))
    async with watched(top) as ear:
        answers.clear()
        monkeypatch.setattr(watcher, "SLOW", 0.05)
        (top / "b").write_bytes(b"x")
        await soon(lambda: ear.batches and ear.batches[-1].notice == places.SILENT.notice)
        answers.set()
        await soon(lambda: ear.deeds == {"b": Deed.ADDED} and ear.batches[-1].notice == "")


async def test_the_kernel_is_asked_again_after_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = repository(tmp_path / "one", "a")
    monkeypatch.setattr(watcher, "RETRY", 0.2)
    refusals = iter([OSError(errno.ENOSPC, "full")])
    add = Inotify.add

    def refuse_once(queue: Inotify, folder: str) -> int:
        for refusal in refusals:
            raise refusal
        return add(queue, folder)

    monkeypatch.setattr(Inotify, "add", refuse_once)
    async with watched(top) as ear:
        await soon(lambda: any(batch.rescan and not batch.notice for batch in ear.batches))


LIMITED = """
import asyncio, json, sys
from pathlib import Path
from hiveui.model.changes import Deed
from hiveui.watch.watcher import Watcher
open("/proc/sys/user/max_inotify_" + sys.argv[2], "w").write(sys.argv[3])
async def main():
    told = asyncio.Queue()
    task = asyncio.create_task(Watcher(Path(sys.argv[1])).run(told.put_nowait))
    print(json.dumps((await told.get()).notice))
    task.cancel()
asyncio.run(main())
"""


@pytest.mark.parametrize("limit", ["watches", "instances"])
def test_a_real_limit_of_the_kernel_is_said(tmp_path: Path, limit: str) -> None:
    top = repository(tmp_path / "one", *(f"{number}/a" for number in range(9)))
    inside = ["unshare", "-Ur", sys.executable, "-c", LIMITED, top, limit, "0" if limit == "instances" else "5"]
    done = subprocess.run(inside, capture_output=True, text=True)
    if "unshare" in done.stderr or "PermissionError" in done.stderr:
        pytest.skip("no user namespaces here")
    assert f"max_user_{limit}" in json.loads(done.stdout), done.stderr


async def test_a_checkout_on_a_server_is_looked_at_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "RETRY", 0.05)  # which is for what the kernel may do later
    async with watched(repository(tmp_path / "one", "a"), OnServer()) as ear:
        (tmp_path / "one" / "a").write_text("more")
        await told(ear, {"a": Deed.MODIFIED})
        assert "nfs4" in ear.batches[-1].notice
        assert not any(batch.rescan for batch in ear.batches)


NAMES = st.sampled_from(["a", "b", "c", "d.log"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["mkdir", "write", "delete", "ignore"]), PATHS, st.just("")),
        st.tuples(st.sampled_from(["rename", "link"]), PATHS, PATHS),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that no step was done in."""
    return repository(tmp_path_factory.mktemp("pristine"), "a/b", "b/c/d.log", "c")


def do(top: Path, step: str, one: str, other: str) -> None:
    """Do what can be done."""
    deeds: dict[str, Callable[[], object]] = {
        "mkdir": lambda: (top / one).mkdir(parents=True),
        "write": lambda: (top / one).write_text((top / one).read_text() + "x" if (top / one).is_file() else "x"),
        "delete": lambda: shutil.rmtree(top / one) if (top / one).is_dir() else (top / one).unlink(),
        "ignore": lambda: (top / ".gitignore").write_text("*.log\n"),
        "rename": lambda: (top / one).rename(top / other),
        "link": lambda: (top / one).symlink_to(other),
    }
    with suppress(OSError):
        deeds[step]()


def files(top: Path) -> dict[str, str]:
    """Read every file and link of a checkout that git does not ignore."""
    found = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--cached", "--exclude-standard"],
        cwd=top,
        capture_output=True,
        check=True,
    ).stdout
    paths = [os.fsdecode(path) for path in found.split(b"\0") if path]
    return {
        path: os.readlink(top / path) if os.path.islink(top / path) else (top / path).read_text()
        for path in paths
        if os.path.islink(top / path) or os.path.isfile(top / path)
    }


@pytest.mark.parametrize("machine", [SOURCES["folders"], SOURCES["looks"]], ids=["folders", "looks"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=STEPS, steps=STEPS, pauses=st.sets(st.integers(0, 25)))
def test_what_differs_after_any_steps_was_told(
    tmp_path: Path,
    pristine: Path,
    machine: Machine,
    before: list[tuple[str, str, str]],
    steps: list[tuple[str, str, str]],
    pauses: set[int],
) -> None:
    top = tmp_path / "one"
    shutil.rmtree(top, ignore_errors=True)
    shutil.copytree(pristine, top)

    async def follow() -> None:
        for step in before:
            do(top, *step)
        async with watched(top, machine) as ear:
            had = files(top)
            for number, step in enumerate(steps):
                do(top, *step)
                if number in pauses:
                    await heard(ear, top, f"pause {number}")
            await heard(ear, top, "end")
            has = files(top)
            differ = {path for path in had.keys() | has.keys() if had.get(path) != has.get(path)}
            if ".gitignore" in differ:
                await soon(lambda: ear.rescans)
            if not ear.rescans:
                assert differ <= ear.deeds.keys()
            for path, deed in ear.deeds.items():
                assert os.path.lexists(top / path) is (deed is not Deed.DELETED) or (top / path).is_dir()

    asyncio.run(follow())
