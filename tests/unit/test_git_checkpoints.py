"""Checkpoints on real repositories: what is kept byte for byte, what is not touched, and the way back."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import GitError
from hiveui.git import apart, checkpoints, rollback
from hiveui.git.checkpoints import REFS, Site, every, take
from hiveui.git.rollback import preview, roll_back
from hiveui.git.worktrees import ensure
from hiveui.model.agent import AgentId
from hiveui.model.checkpoint import Checkpoint, surplus
from hiveui.model.worktree import Worktree
from tests.repositories import commit, git, repository

AGENT = AgentId("a-1")
TOLD = Checkpoint(0, "", "", 0, reason="after a turn", turn=3, prompt="do \x1b]52;c;x\x07 it")


pytestmark = pytest.mark.usefixtures("person")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", "README", "web/page.html")


@pytest.fixture
def site(shop: Path, tmp_path: Path) -> Site:
    return checkpoints.place(shop, tmp_path / "own")


def kept(site: Site) -> Checkpoint:
    made = take(site, AGENT, TOLD)
    assert made is not None
    return made


def files(top: Path) -> dict[str, bytes]:
    """Give what stands in a checkout: contents, what links lead to, and what may be run."""
    return {
        str(path.relative_to(top)): os.fsencode(path.readlink())
        if path.is_symlink()
        else (b"x" if os.access(path, os.X_OK) else b"-") + path.read_bytes()
        for path in sorted(top.rglob("*"))
        if ".git" not in path.relative_to(top).parts and (path.is_symlink() or path.is_file())
    }


# what is kept


def test_a_checkpoint_touches_nothing_of_the_persons(shop: Path, site: Site):
    (shop / "staged").write_text("one")
    git(shop, "add", "staged")
    (shop / "staged").write_text("two")
    (shop / "new").write_text("new")
    untouched = ("HEAD", "index", "logs/HEAD", "config")
    status = git(shop, "status", "--porcelain")
    before = [(shop / ".git" / name).read_bytes() for name in untouched]
    made = kept(site)
    assert before == [(shop / ".git" / name).read_bytes() for name in untouched]
    assert git(shop, "status", "--porcelain") == status
    assert git(shop, "show", f"{REFS}a-1/1:staged") == "two"
    assert git(shop, "show", f"{REFS}a-1/1:new") == "new"
    who = git(shop, "log", "-1", "--format=%an|%ae|%cn|%ce", made.commit)
    assert who == "HiveUI|hiveui@localhost|HiveUI|hiveui@localhost"
    assert git(shop, "rev-parse", f"{made.commit}^") == git(shop, "rev-parse", "HEAD")
    assert not list((shop / ".git").rglob("logs/refs/hive*"))


def test_what_was_said_of_a_checkpoint_is_read_back(shop: Path, site: Site):
    kept(site)
    (shop / "README").write_text("a\nb\n")
    made = kept(site)
    (found, first) = every(shop, AGENT)
    assert (found.number, found.reason, found.turn, found.prompt) == (2, "after a turn", 3, TOLD.prompt)
    assert (found.files, found.added, found.removed) == (1, 2, 1)
    assert (found.tree, found.commit) == (made.tree, made.commit)
    assert (first.number, first.files) == (1, 2)
    assert every(shop, AgentId("a-2")) == []


def test_nothing_is_made_where_nothing_changed(shop: Path, site: Site):
    kept(site)
    assert take(site, AGENT, TOLD) is None
    (shop / "README").touch()
    assert take(site, AGENT, TOLD) is None
    git(shop, "commit", "-q", "--allow-empty", "-m", "x")
    assert take(site, AGENT, TOLD) is None


def test_ignored_large_and_unreadable_files_and_repositories_are_left_out_and_said(shop: Path, site: Site, monkeypatch):
    monkeypatch.setattr(checkpoints, "LARGE", 1 << 20)
    (shop / ".gitignore").write_text("*.log\n")
    (shop / ".git" / "info" / "exclude").write_text("mine\n")
    for name in ("x.log", "mine", "seen"):
        (shop / name).write_text(name)
    (shop / "huge").write_bytes(b"x" * ((2 << 20) + 1))
    repository(shop / "inner")
    made = kept(site)
    assert git(shop, "ls-tree", "-r", "--name-only", made.tree).split() == [
        ".gitignore",
        "README",
        "seen",
        "web/page.html",
    ]
    assert sorted(made.left_out) == ["huge: 2 MiB", "inner/: a repository of its own"]
    assert every(shop, AGENT)[0].lacking == 2


def test_contents_are_kept_byte_for_byte_whatever_attributes_and_configuration_say(
    shop: Path, site: Site, person: Path
):
    (person / ".gitconfig").write_text(
        '[core]\n\tautocrlf = true\n[filter "mine"]\n\tclean = sed s/./X/\n\tsmudge = cat\n'
    )
    (shop / ".gitattributes").write_text("* text=auto eol=crlf ident filter=mine\n*.u16 working-tree-encoding=UTF-16\n")
    contents = {"crlf": b"a\r\nb\n$Id: x$\n", "b.u16": b"\xff\xfea", 'odd\udcff\n"\\': b"\xff\0", "empty": b""}
    for name, content in contents.items():
        (shop / name).write_bytes(content)
    (shop / "run").write_text("#!/bin/sh\n")
    (shop / "run").chmod(0o755)
    (shop / "link").symlink_to("/etc/passwd")
    before = files(shop)
    one = kept(site)
    for name in (*contents, "link"):
        (shop / name).unlink()
        (shop / name).write_text("other")
    (shop / "run").chmod(0o644)
    roll_back(site, AGENT, one, TOLD)
    assert files(shop) == before


def test_a_checkpoint_is_made_where_the_index_hides_changes(shop: Path, site: Site):
    git(shop, "update-index", "--assume-unchanged", "README")
    git(shop, "update-index", "--skip-worktree", "web/page.html")
    for name in ("README", "web/page.html"):
        (shop / name).write_text("hidden")
    made = kept(site)
    assert git(shop, "show", f"{made.tree}:README") == git(shop, "show", f"{made.tree}:web/page.html") == "hidden"


@pytest.mark.parametrize("trouble", ["locked", "rebase", "detached", "unborn", "sparse", "subfolder", "sha256"])
def test_a_checkpoint_is_made_in_any_state_of_a_repository(tmp_path: Path, trouble: str):
    shop = tmp_path / "shop"
    if trouble in {"unborn", "sha256"}:
        kind = "sha256" if trouble == "sha256" else "sha1"
        git(tmp_path, "init", "-q", "-b", "main", f"--object-format={kind}", str(shop))
    else:
        repository(shop, "README", "web/page.html")
    if trouble == "locked":
        (shop / ".git" / "index.lock").touch()
    if trouble == "rebase":
        (shop / ".git" / "rebase-merge").mkdir()
    if trouble == "detached":
        git(shop, "checkout", "-q", "--detach")
    if trouble == "sparse":
        git(shop, "sparse-checkout", "set", "web")
    (shop / "web").mkdir(exist_ok=True)
    site = checkpoints.place(shop / "web" if trouble == "subfolder" else shop, tmp_path / "own")
    assert site.top == shop
    (shop / "web" / "page.html").write_text("one")
    before, one = files(shop), kept(site)
    (shop / "web" / "page.html").write_text("two")
    (shop / "more").write_text("two")
    roll_back(site, AGENT, one, TOLD)
    assert files(shop) == before


def test_where_there_are_no_checkpoints_a_sentence_says_why(tmp_path: Path, shop: Path):
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match="is in no git repository: it has no checkpoints"):
        checkpoints.place(tmp_path / "plain", tmp_path / "own")
    git(tmp_path, "clone", "-q", "--bare", str(shop), "bare.git")
    with pytest.raises(GitError, match="is a bare repository"):
        checkpoints.place(tmp_path / "bare.git", tmp_path / "own")


def test_checkpoints_of_a_worktree_are_its_own_and_a_git_file_that_leads_elsewhere_is_refused(
    shop: Path, tmp_path: Path
):
    tree = Worktree(str(tmp_path / "tree"), AGENT, str(shop), str(shop), ("hive/a",))
    ensure(tree)
    site = checkpoints.place(tmp_path / "tree", tmp_path / "own")
    (tmp_path / "tree" / "README").write_text("mine")
    made = kept(site)
    assert git(shop, "show", f"{made.tree}:README") == "mine"
    assert (shop / "README").read_text() == "this is README\n"
    (tmp_path / "tree" / ".git").unlink()
    with pytest.raises(GitError):
        take(site, AGENT, TOLD)


def test_a_deleted_worktree_is_made_again_with_what_a_checkpoint_has(shop: Path, tmp_path: Path):
    tree = Worktree(str(tmp_path / "tree"), AGENT, str(shop), str(shop), ("hive/a",))
    ensure(tree)
    site = checkpoints.place(tmp_path / "tree", tmp_path / "own")
    (tmp_path / "tree" / "new").write_text("never committed")
    one = kept(site)
    shutil.rmtree(site.top)
    ensure(tree)
    roll_back(site, AGENT, one, TOLD)
    assert (tmp_path / "tree" / "new").read_text() == "never committed"


def test_files_of_any_name_come_back(shop: Path, site: Site):
    names = json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())
    made = []
    for name in {one["name"] for one in names}:
        with contextlib.suppress(OSError, ValueError):
            (shop / name).write_text("named")
            made.append(name)
    assert len(made) > 100
    before, one = files(shop), kept(site)
    for name in made:
        (shop / name).unlink()
    roll_back(site, AGENT, one, TOLD)
    assert files(shop) == before


def test_objects_that_were_thrown_out_meanwhile_are_written_again(shop: Path, site: Site):
    (shop / "new").write_text("new")
    kept(site)
    git(shop, "update-ref", "-d", f"{REFS}a-1/1")
    git(shop, "gc", "-q", "--prune=now")
    made = kept(site)
    assert git(shop, "show", f"{made.tree}:new") == "new"


def test_a_ref_that_is_no_checkpoint_is_no_trouble(shop: Path, site: Site):
    kept(site)
    for name, said in (
        ("x", "{}"),
        ("7", "no json"),
        ("8", '{"turn": "x"}'),
        ("9", '{"prompt": "y", "left_out": [1]}'),
    ):
        made = git(shop, "commit-tree", "HEAD^{tree}", "-m", said)
        git(shop, "update-ref", f"{REFS}a-1/{name}", made)
    git(shop, "update-ref", f"{REFS}a-1/10", git(shop, "rev-parse", "HEAD:README"))
    found = every(shop, AGENT)
    assert [one.number for one in found] == [9, 8, 7, 1]
    assert [one.turn for one in found] == [0, 0, 0, 3]
    assert found[0].left_out == ("1",)


def test_only_so_many_are_kept(shop: Path, site: Site, monkeypatch):
    monkeypatch.setattr(checkpoints, "surplus", lambda times: surplus(times, 4))
    for n in range(9):
        (shop / "README").write_text(str(n))
        kept(site)
    numbers = [one.number for one in every(shop, AGENT)]
    assert len(numbers) == 4
    assert numbers[:2] == [9, 8]
    assert numbers[-1] == 1
    checkpoints.forget(shop, AGENT)
    assert every(shop, AGENT) == []


@given(st.lists(st.integers(0, 10**6), max_size=120).map(sorted), st.integers(2, 60))
def test_the_newer_half_and_the_first_stay(times: list[int], most: int):
    gone = surplus(times, most)
    assert len(times) - len(gone) == min(len(times), most)
    newer = most // 2
    assert all(0 < place < len(times) - newer for place in gone)


# the way back


def test_files_folders_and_links_come_back_in_each_others_places(shop: Path, site: Site):
    (shop / "a").mkdir()
    (shop / "a" / "deep").write_text("deep")
    (shop / "b").write_text("b")
    (shop / "c").symlink_to("b")
    before, one = files(shop), kept(site)
    (shop / "a" / "deep").unlink()
    (shop / "a").rmdir()
    (shop / "a").write_text("file")
    (shop / "b").unlink()
    (shop / "b").mkdir()
    (shop / "b" / "x").write_text("x")
    (shop / "c").unlink()
    (shop / "new" / "er").mkdir(parents=True)
    (shop / "new" / "er" / "file").write_text("x")
    after = files(shop)
    present, steps = roll_back(site, AGENT, one, TOLD)
    assert files(shop) == before
    assert not (shop / "new").exists()
    assert {step.deed for step in steps} == {"write", "delete"}
    roll_back(site, AGENT, present, TOLD)
    assert files(shop) == after, "a roll back can be undone"


def test_what_is_in_no_checkpoint_is_not_touched(shop: Path, site: Site, monkeypatch):
    (shop / "data").write_text("small")
    (shop / "out").write_text("out")
    one = kept(site)
    monkeypatch.setattr(checkpoints, "LARGE", 10)
    (shop / "README").unlink()
    (shop / "data").write_text("x" * 11)
    (shop / ".gitignore").write_text("out\n")
    (shop / "out").unlink()
    (shop / "out").mkdir()
    (shop / "out" / "ignored").write_text("mine")
    foreseen = preview(site, one)
    _, steps = roll_back(site, AGENT, one, TOLD)
    assert (shop / "data").read_text() == "x" * 11
    assert (shop / "out" / "ignored").read_text() == "mine"
    assert (shop / "README").read_text() == "this is README\n"
    assert {step.path: step.deed for step in steps} == {
        ".gitignore": "delete",
        "README": "write",
        "data": "keep",
        "out": "keep",
    }
    assert [step.path for step in foreseen] == [step.path for step in steps]
    assert all(step.why for step in steps if step.deed == "keep")


def test_only_the_paths_that_are_named_are_put_back(shop: Path, site: Site):
    one = kept(site)
    for name in ("README", "web/page.html"):
        (shop / name).write_text("changed")
    assert [step.path for step in preview(site, one, {"README"})] == ["README"]
    roll_back(site, AGENT, one, TOLD, {"README"})
    assert (shop / "README").read_text() == "this is README\n"
    assert (shop / "web" / "page.html").read_text() == "changed"


def test_a_link_in_a_folders_place_leads_nowhere(shop: Path, site: Site, tmp_path: Path):
    one = kept(site)
    outside = tmp_path / "outside"
    outside.mkdir()
    (shop / "web" / "page.html").unlink()
    (shop / "web").rmdir()
    (shop / "web").symlink_to(outside)
    roll_back(site, AGENT, one, TOLD)
    assert list(outside.iterdir()) == []
    assert (shop / "web" / "page.html").read_text() == "this is web/page.html\n"
    git(shop, "config", "core.excludesFile", str(tmp_path / "none"))


@pytest.mark.parametrize(
    "name", [".git/hooks/post-commit", ".GIT/x", "sub/.g\u200cit/x", "git~1/x", "../x", ".git. /x"]
)
def test_a_forged_checkpoint_writes_nothing_into_gits_own_folder_or_outside(
    shop: Path, site: Site, name: str, tmp_path: Path
):
    kept(site)
    blob = git(shop, "hash-object", "-w", "README")
    tree = f"100644 blob {blob}\tx"
    for part in reversed(name.split("/")):
        mode = "100644 blob" if tree.endswith("\tx") and part == name.rsplit("/", 1)[1] else "040000 tree"
        entry = f"{mode} {blob}\t{part}\0".encode()
        done = subprocess.run(["git", "mktree", "-z"], cwd=shop, input=entry, capture_output=True)
        assert done.returncode == 0, done.stderr
        blob = done.stdout.decode().strip()
    forged = Checkpoint(2, "", blob, 0)
    before = sorted(str(path) for path in tmp_path.rglob("*") if "objects" not in path.parts)
    git_before = (shop / ".git" / "config").read_bytes()
    steps = preview(site, forged)
    assert [step.deed for step in steps if step.path == name] == ["keep"]
    roll_back(site, AGENT, forged, TOLD)
    after = {str(path) for path in tmp_path.rglob("*") if "objects" not in path.parts}
    assert not {path for path in after - set(before) if "/refs/" not in path and "/own/" not in path}
    assert (shop / ".git" / "config").read_bytes() == git_before


def test_a_file_that_is_written_in_the_very_moment_stays(shop: Path, site: Site, monkeypatch):
    one = kept(site)
    (shop / "README").write_text("kept now")
    (shop / "web" / "page.html").write_text("kept now")
    read = rollback._contents

    def late(*given):
        (shop / "README").write_text("in the very moment")
        return read(*given)

    monkeypatch.setattr(rollback, "_contents", late)
    _, steps = roll_back(site, AGENT, one, TOLD)
    assert (shop / "README").read_text() == "in the very moment"
    assert {step.path: step.why for step in steps} == {"README": "it was changed meanwhile", "web/page.html": ""}


def _limited(code: str, size: int) -> subprocess.CompletedProcess[str]:
    """Run code in a process that may write no file over `size` bytes: the disk is full for it."""
    begin = (
        "import resource, signal; from pathlib import Path; from hiveui.git.checkpoints import *\n"
        "from hiveui.git.rollback import *; from hiveui.errors import GitError\n"
        f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    )
    return subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, env=dict(os.environ))


def test_a_disk_that_is_full_is_said_and_nothing_is_torn(shop: Path, site: Site):
    (shop / "a").write_bytes(b"old")
    (shop / "large").write_bytes(os.urandom(1 << 18))
    before, one = files(shop), kept(site)
    (shop / "large").write_bytes(b"new")
    (shop / "a").write_bytes(os.urandom(1 << 17))
    now = files(shop)
    made = f"site = {tuple(map(str, site))!r}; site = Site(*map(Path, site)); told = {TOLD!r}\n"
    done = _limited(f"{made}try: take(site, 'a-1', told)\nexcept GitError as error: print('said', error)\n", 1 << 16)
    assert done.stdout.startswith("said git "), done
    assert len(every(shop, AGENT)) == 1
    assert files(shop) == now
    kept(site)
    done = _limited(
        f"{made}try: roll_back(site, 'a-1', {one!r}, told)\nexcept GitError as error: print('said', error, error.hint)\n",
        1 << 16,
    )
    assert "large was not put back: File too large" in done.stdout, done
    assert "nothing is lost" in done.stdout
    assert {name: content for name, content in files(shop).items() if name != "a"} == {
        name: content for name, content in now.items() if name != "a"
    }
    roll_back(site, AGENT, one, TOLD)
    assert files(shop) == before


def test_a_kill_at_any_moment_leaves_each_file_old_or_new(shop: Path, site: Site):
    old = {f"f{n}": bytes([65 + n]) * 200_000 for n in range(20)}
    for name, content in old.items():
        (shop / name).write_bytes(content)
    one = kept(site)
    new = {name: content.lower() for name, content in old.items()}
    code = (
        "import sys; from pathlib import Path; from hiveui.git.checkpoints import *; from hiveui.git.rollback import *\n"
        f"site = Site(*map(Path, {tuple(map(str, site))!r}))\nprint('go', flush=True)\n"
        f"roll_back(site, 'a-1', {one!r}, {TOLD!r})\n"
    )
    for wait in (0.01, 0.03, 0.06, 0.09, 0.12, 0.15, 0.2):
        for name, content in new.items():
            (shop / name).write_bytes(content)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        assert all((shop / name).read_bytes() in {old[name], new[name]} for name in old)
    roll_back(site, AGENT, one, TOLD)
    assert all((shop / name).read_bytes() == old[name] for name in old)


def test_git_directories_of_checkouts_that_are_gone_are_swept_away(shop: Path, site: Site, tmp_path: Path):
    (site.own.parent / "foreign").mkdir(parents=True)
    kept(site)
    apart.sweep(site.own.parent)
    assert take(site, AGENT, TOLD) is None
    shop.rename(tmp_path / "elsewhere")
    apart.sweep(site.own.parent)
    assert [path.name for path in site.own.parent.iterdir()] == ["foreign"]
    apart.sweep(tmp_path / "nowhere")


def test_a_repository_that_is_moved_is_found_again(shop: Path, site: Site, tmp_path: Path):
    kept(site)
    git(tmp_path, "clone", "-q", str(shop), "other")
    other = Site(tmp_path / "other", site.own)
    (tmp_path / "other" / "README").write_text("other")
    made = take(other, AGENT, TOLD)
    assert made is not None
    assert git(tmp_path / "other", "show", f"{made.tree}:README") == "other"
    commit(shop)
