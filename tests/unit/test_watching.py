"""A checkout that is watched, with real files."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hiveui.model.changes import Batch, Deed
from hiveui.watch.watcher import Watcher
from tests.repositories import git, repository
from tests.waiting import soon


class Ear:
    """What a watcher told."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

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
async def watched(top: Path) -> AsyncIterator[Ear]:
    """Watch a folder; what came before is not known, which is told first."""
    ear = Ear()
    task = asyncio.create_task(Watcher(top).run(ear.batches.append))
    try:
        await soon(lambda: ear.rescans)
        ear.batches.clear()
        yield ear
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told(ear: Ear, wanted: dict[str, Deed]) -> None:
    def differs() -> list[str]:
        return [path for path in wanted.keys() | ear.deeds.keys() if wanted.get(path) != ear.deeds.get(path)]

    try:
        await soon(lambda: ear.deeds == wanted)
    except AssertionError:
        assert differs()[:10] == []


async def test_what_was_added_modified_and_deleted_is_told_by_what_is_there_afterwards(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "kept", "gone", "replaced")
    async with watched(top) as ear:
        (top / "new").write_text("new")
        (top / "kept").write_text("more")
        (top / "gone").unlink()
        (top / "beside").write_text("atomically")
        (top / "beside").rename(top / "replaced")
        await told(ear, {"new": Deed.ADDED, "kept": Deed.MODIFIED, "gone": Deed.DELETED, "replaced": Deed.MODIFIED})
        assert not ear.rescans


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


async def test_what_git_ignores_is_neither_told_nor_watched(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "src/a.py")
    (top / ".gitignore").write_text("node_modules/\n*.log\n")
    async with watched(top) as ear:
        (top / "node_modules" / "x").mkdir(parents=True)
        (top / "node_modules" / "x" / "y.js").write_text("x")
        (top / "src" / "a.log").write_text("x")
        (top / "src" / "a.py").write_text("x")
        git(top, "add", "src/a.py")
        await told(ear, {"src/a.py": Deed.MODIFIED})


async def test_rules_that_change_hold_from_then_on(tmp_path: Path) -> None:
    top = repository(tmp_path / "one", "build/a", "src/a")
    async with watched(top) as ear:
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
