"""Saving a running workspace as a layout, on a real tmux."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tmux.nest import CAT, Nest, workspace

from hiveui.errors import StorageError, UsageError
from hiveui.hive.hive import Hive
from hiveui.model.events import TabsArranged
from hiveui.model.layout import Leaf, Split, Tab
from hiveui.storage.layouts import parse_layout

KINDS = ("shell", "claude", "rehearsal")
MINE = """\
# mine
version: 1
name: one
agents:
  # left
  a: {command: [cat]}
  b: {command: [cat]}  # right
tabs:
  - title: work  # here
    panes: [a, b]
"""


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


async def opened(nest: Nest, hive: Hive, layout: str = "one", text: str = MINE) -> Path:
    """Open a layout of the project's; gives its file."""
    file = nest.project / ".hive" / "layouts" / f"{layout}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    plan = await hive.workspaces.plan(folder=str(nest.project), layout=layout)
    await hive.workspaces.open(folder=str(nest.project), layout=layout, env=nest.env, hash=plan["hash"])
    return file


def shape(hive: Hive, *sizes: int) -> None:
    root = Split("columns", (Leaf("a"), Leaf("b")), sizes)
    hive.bus.publish(TabsArranged(workspace(hive).id, (Tab("work", root),)))


async def test_a_workspace_that_runs_as_its_file_says_has_nothing_to_save(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        found = await hive.layouts.diff(workspace=workspace(hive).id)
        assert (found["same"], found["new"], found["diff"], found["file"]) == (True, False, [], str(file))
        saved = await hive.layouts.save(workspace=workspace(hive).id)
        assert saved["kept"] is None
        assert file.read_text() == MINE


async def test_what_was_shown_is_saved_where_it_came_from_and_is_opened_again_unasked(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        shape(hive, 3, 1)
        id_ = workspace(hive).id
        shown = await hive.layouts.diff(workspace=id_)
        assert [line for line in shown["diff"] if line[0] in "+-"][2:] == ["+    sizes: [3, 1]"]
        assert file.read_text() == MINE
        saved = await hive.layouts.save(workspace=id_, hash=shown["hash"])
        assert file.read_text() == MINE + "    sizes: [3, 1]\n"
        assert Path(saved["kept"]).read_text() == MINE
        plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
        assert (plan["known"], plan["changes"]) == (True, [])
        assert workspace(hive).layout_hash == plan["hash"]
        await hive.workspaces.open(folder=str(nest.project), layout="one", env=nest.env)
        assert workspace(hive).tabs == (Tab("work", Split("columns", (Leaf("a"), Leaf("b")), (3, 1))),)


async def test_what_changed_after_it_was_shown_is_not_saved(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        shape(hive, 3, 1)
        shown = await hive.layouts.diff(workspace=workspace(hive).id)
        shape(hive, 1, 3)
        with pytest.raises(UsageError, match="changed since you looked"):
            await hive.layouts.save(workspace=workspace(hive).id, hash=shown["hash"])
        assert file.read_text() == MINE


async def test_a_file_that_somebody_changed_meanwhile_is_not_taken_for_known(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        file.write_text(MINE.replace("b: {command: [cat]}", "b: {command: [sh, '-c', evil]}"))
        shape(hive, 3, 1)
        await hive.layouts.save(workspace=workspace(hive).id)
        assert "evil" in file.read_text()
        assert not (await hive.workspaces.plan(folder=str(nest.project), layout="one"))["known"]


async def test_another_name_goes_to_the_person_or_the_project_and_the_workspace_follows(nest: Nest):
    async with nest.hive() as hive:
        await opened(nest, hive)
        id_ = workspace(hive).id
        saved = await hive.layouts.save(workspace=id_, name="two")
        mine = nest.paths.config / "layouts" / "two.yaml"
        assert (saved["file"], saved["new"]) == (str(mine), True)
        assert mine.read_text() == MINE.replace("name: one", "name: two")
        assert workspace(hive).layout == "two"
        shape(hive, 5, 1)
        assert (await hive.layouts.save(workspace=id_))["file"] == str(mine)
        assert (await hive.layouts.save(workspace=id_, name="three", project=True))["file"] == str(
            nest.project / ".hive" / "layouts" / "three.yaml"
        )


async def test_a_shipped_layout_is_never_written_and_a_nearer_one_of_its_name_is_said(nest: Nest):
    async with nest.hive() as hive:
        await opened(nest, hive, "two", MINE.replace("one", "two"))
        await hive.workspaces.close(workspace=workspace(hive).id)
        answer = await hive.workspaces.open(layout="demo", name="demo", env=nest.env, scratch=True)
        shipped = nest.paths.shipped_layouts / "demo.yaml"
        before = shipped.read_bytes()
        saved = await hive.layouts.save(workspace=answer["workspace"])
        mine = nest.paths.config / "layouts" / "demo.yaml"
        assert saved["file"] == str(mine)
        assert shipped.read_bytes() == before
        assert mine.read_bytes() == before.split(b"\n", 1)[1], "all but the line that names the schema beside it"
        await hive.workspaces.close(workspace=answer["workspace"])
        await opened(nest, hive)
        saved = await hive.layouts.save(workspace=workspace(hive).id, name="two")
        assert "nearer" in saved["notes"][0]
        assert workspace(hive).layout == "one"


async def test_agents_that_came_and_went_are_saved_with_what_they_run(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        (nest.project / "sub").mkdir()
        where = {"a": CAT, "c": {"command": ["sleep", "60"], "dir": "sub", "env": {"PORT": "1"}}}
        await nest.open(hive, where, remove=True)
        file.write_text(MINE)
        await hive.layouts.save(workspace=workspace(hive).id)
        found = parse_layout(file.read_bytes(), "f", KINDS)
        (a, c) = found.agents
        assert (a.role, a.command) == ("a", ("cat",)), "what the file says of a role stays"
        assert (c.command, c.dir, dict(c.env)) == (("sleep", "60"), "sub", {"PORT": "1"})
        assert found.tabs == workspace(hive).tabs


@pytest.mark.parametrize("gone", ["removed", "nonsense"])
async def test_a_workspace_whose_file_is_gone_is_written_from_what_runs(nest: Nest, gone: str):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        file.unlink() if gone == "removed" else file.write_text("version: 9\n")
        saved = await hive.layouts.save(workspace=workspace(hive).id, name="one", project=True)
        found = parse_layout(file.read_bytes(), "f", KINDS)
        assert [spec.command for spec in found.agents] == [("cat",), ("cat",)]
        assert found.tabs == workspace(hive).tabs
        assert (saved["kept"] is None) == (gone == "removed")


async def test_names_and_folders_that_lead_elsewhere_are_refused(nest: Nest, tmp_path):
    async with nest.hive() as hive:
        await opened(nest, hive)
        for name in ("../x", "a/b", "\x1b"):
            with pytest.raises(UsageError, match="cannot be called"):
                await hive.layouts.save(workspace=workspace(hive).id, name=name)
        (nest.project / ".hive").rename(nest.project / "aside")
        (nest.project / ".hive").symlink_to(tmp_path)
        with pytest.raises(UsageError, match="leads out of the project"):
            await hive.layouts.save(workspace=workspace(hive).id, name="x", project=True)
        with pytest.raises(UsageError, match="not open"):
            await hive.layouts.save(workspace="w-0")


async def test_a_disk_that_takes_nothing_leaves_the_file_and_says_so(nest: Nest, monkeypatch):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        shape(hive, 3, 1)
        monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(StorageError, match="No space left"):
            await hive.layouts.save(workspace=workspace(hive).id)
        monkeypatch.undo()
        assert file.read_text() == MINE
        assert sorted(path.name for path in file.parent.iterdir()) == ["one.yaml"]


async def test_two_who_save_at_once_write_one_after_the_other(nest: Nest):
    async with nest.hive() as hive:
        file = await opened(nest, hive)
        shape(hive, 2, 1)
        id_ = workspace(hive).id
        answers = await asyncio.gather(*(hive.layouts.save(workspace=id_) for _ in range(3)))
        assert [answer["kept"] is None for answer in answers] == [False, True, True]
        assert parse_layout(file.read_bytes(), "f", KINDS).tabs == workspace(hive).tabs


async def test_a_renamed_layout_stays_known_its_workspace_follows_and_a_deleted_one_is_kept(nest: Nest):
    async with nest.hive() as hive:
        await opened(nest, hive)
        id_ = workspace(hive).id
        mine = Path((await hive.layouts.save(workspace=id_, name="two"))["file"])
        with pytest.raises(UsageError, match="came with HiveUI"):
            await hive.layouts.move(workspace=id_, name="team", origin="shipped")
        await hive.layouts.save(workspace=id_, name="three")
        with pytest.raises(UsageError, match="is there already"):
            await hive.layouts.move(workspace=id_, name="three", origin="yours", to="two")
        moved = await hive.layouts.move(workspace=id_, name="three", origin="yours", to="four")
        assert workspace(hive).layout == "four"
        assert Path(moved["file"]).read_text() == MINE.replace("name: one", "name: four")
        assert (await hive.workspaces.plan(folder=str(nest.project), layout="four"))["known"]
        gone = await hive.layouts.move(workspace=id_, name="two", origin="yours")
        assert not mine.exists()
        assert Path(gone["kept"]).read_text() == MINE.replace("name: one", "name: two")
        with pytest.raises(UsageError, match="not there any more"):
            await hive.layouts.move(workspace=id_, name="two", origin="yours")
