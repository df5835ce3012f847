"""What a repository's configuration names to be run is written over; the person's own stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git.guards import filters, overrides
from hiveui.git.program import MOST, git
from tests.repositories import commit, repository
from tests.repositories import git as plain
from tests.waiting import until


def listing(*entries: tuple[str, str, str]) -> str:
    return "".join(f"{scope}\0{key}\n{value}\0" for scope, key, value in entries)


def test_programs_of_the_repository_are_switched_off_and_those_of_the_person_stay():
    found = overrides(
        listing(
            ("global", "filter.lfs.clean", "git-lfs clean %f"),
            ("local", "filter.lfs.clean", "touch x"),
            ("worktree", "filter.a=b.x.smudge", "touch x"),
            ("local", "filter.y.required", "true"),
            ("global", "core.sshcommand", "ssh -i mine"),
            ("local", "core.sshcommand", "touch x"),
            ("system", "filter.mine.clean", "mine"),
            ("local", "user.name", "a"),
        )
    )
    assert found == [
        ("filter.lfs.clean", "git-lfs clean %f"),
        ("filter.a=b.x.smudge", ""),
        ("filter.y.required", "false"),
        ("core.sshcommand", "ssh -i mine"),
    ]
    assert filters(found) == ["a=b.x"]


def test_helpers_for_credentials_are_reset_to_those_of_the_person():
    mine = ("global", "credential.https://a.example.helper", "store")
    assert overrides(listing(mine)) == []
    found = overrides(listing(mine, ("local", "credential.helper", "!touch x")))
    assert found == [("credential.helper", ""), ("credential.https://a.example.helper", "store")]


def test_a_key_without_a_value_and_one_without_a_name_are_no_trouble():
    assert overrides("local\0filter.x.required\0local\0filter.clean\ntouch x\0") == [("filter.x.required", "false")]


def test_a_repository_that_names_endless_programs_is_refused_in_a_sentence(tmp_path: Path):
    shop = repository(tmp_path / "shop")
    with (shop / ".git" / "config").open("a") as file:
        file.writelines(f'[filter "x{n}"]\n\tclean = touch x\n' for n in range(MOST + 1))
    with pytest.raises(GitError, match="names over 500 programs"):
        git(shop, "status")
    git(shop, "rev-parse", "HEAD").checked()


def test_a_driver_of_the_repository_is_replaced_by_an_ordinary_merge(tmp_path: Path):
    shop = repository(tmp_path / "shop")
    (shop / ".gitattributes").write_text("* merge=z\n")
    (shop / "text").write_text("".join(f"{n}\n" for n in range(20)))
    commit(shop)
    plain(shop, "config", "merge.z.driver", f"touch {tmp_path}/marker; false")
    plain(shop, "config", "user.name", "a")
    plain(shop, "config", "user.email", "a@b")
    plain(shop, "checkout", "-q", "-b", "topic")
    (shop / "text").write_text((shop / "text").read_text() + "theirs\n")
    commit(shop)
    plain(shop, "checkout", "-q", "main")
    (shop / "text").write_text("ours\n" + (shop / "text").read_text())
    commit(shop)
    git(shop, "merge", "-q", "--no-edit", "topic").checked()
    lines = (shop / "text").read_text().splitlines()
    assert (lines[0], lines[-1]) == ("ours", "theirs")
    (shop / "text").write_text("mine\n" + (shop / "text").read_text())
    commit(shop)
    plain(shop, "checkout", "-q", "topic")
    (shop / "text").write_text("other\n" + (shop / "text").read_text())
    commit(shop)
    assert git(shop, "merge", "-q", "--no-edit", "main").status == 1
    assert "<<<<<<< ours\n" in (shop / "text").read_text()
    assert not (tmp_path / "marker").exists()


def test_standard_input_and_another_index_are_passed_on(tmp_path: Path):
    shop = repository(tmp_path / "shop")
    blob = git(shop, "hash-object", "-w", "--stdin", given=b"\xff\0x").checked().strip()
    git(
        shop, "update-index", "--index-info", given=f"100644 {blob}\tnew\n".encode(), index=tmp_path / "index"
    ).checked()
    assert git(shop, "ls-files", index=tmp_path / "index").checked() == "new\n"
    assert git(shop, "ls-files").checked() == "README\n"
    assert git(shop, "cat-file", "blob", blob).data == b"\xff\0x"


KILLED = """
import sys
from pathlib import Path
from hiveui.git.program import git
git(Path(sys.argv[1]), "reset", given=b"path\\n" * 100_000)
"""


def test_git_is_given_all_that_it_is_to_read_though_its_daemon_is_killed_meanwhile(tmp_path: Path) -> None:
    """A list of paths that is cut short would mean other paths; none at all would mean every one."""
    script = tmp_path / "git"
    script.write_text(
        f'#!/bin/sh\n[ "$1" = reset ] || exit 0\nkill -9 $PPID; cat > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/read\n'
    )
    script.chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=env, stderr=subprocess.DEVNULL)
    assert done.returncode == -signal.SIGKILL
    until((tmp_path / "read").exists)
    assert (tmp_path / "read").read_bytes() == b"path\n" * 100_000
