"""Commits on another host, on a real git: what is committed, what stays staged, and what is refused."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hiveui.errors import GitError
from hiveui.hive.remote import Remote
from hiveui.hive.remote_commits import RemoteCommits
from hiveui.hosts.line import Local
from hiveui.hosts.survey import Folder, Survey
from hiveui.model.agent import Agent, AgentId
from hiveui.model.hosts import HostSpec
from tests.repositories import ENV, commit, git, repository

FAR = Agent(AgentId("a-1"), "api", "shell", "far:shop", host="far")


class There:
    """A checkout on a host that is this one, and mirrors that know it."""

    def __init__(self, home: Path) -> None:
        (home / ".gitconfig").write_text("[user]\n\tname = Ada, of here\n\temail = ada@invalid\n")
        self.here = repository(home / "here")
        self.top = repository(home / "shop", "a", "b", "gone", "web/page")
        line = Local({"PATH": os.environ["PATH"], "LC_ALL": "C"}, "far")
        self.host = Remote(HostSpec("far"), line, "ours", lambda _: None, lambda _: None)
        self.looks = 0

    def place(self, _: Agent) -> Any:
        return self.host, Survey({**ENV, "HOME": "/nowhere"}, Folder("/ours")), None, SimpleNamespace(top=str(self.top))

    async def fresh(self, _: Agent) -> None:
        self.looks += 1

    def commit(self, *paths: str, message: str = "Do it\n") -> str:
        mirrors: Any = self
        chosen: Sequence[str] | None = paths or None
        return asyncio.run(RemoteCommits(mirrors).commit(FAR, self.here, message, chosen))

    def status(self) -> list[str]:
        return git(self.top, "status", "--porcelain").split("\n")


@pytest.fixture
def there(person: Path) -> There:
    return There(person)


def test_all_that_stands_there_is_committed_by_the_person_of_here_and_no_hook_is_run(there: There) -> None:
    top = there.top
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction"):
        (top / ".git/hooks").mkdir(exist_ok=True)
        (top / ".git/hooks" / name).write_text(f"#!/bin/sh\ntouch {top}/ran\nexit 1\n")
        (top / ".git/hooks" / name).chmod(0o755)
    (top / "a").write_text("changed\n")
    (top / "gone").unlink()
    (top / "web/new\nline").write_text("new\n")
    old = git(top, "rev-parse", "HEAD")
    made = there.commit(message='Do it\n\nIt\'s "done" for $HOME — ü\n')
    assert git(top, "rev-parse", "main", "main^") == f"{made}\n{old}"
    assert git(top, "log", "-1", "--format=%an <%ae>%n%cn%n%B").split("\n") == [
        "Ada, of here <ada@invalid>",
        "Ada, of here",
        "Do it",
        "",
        'It\'s "done" for $HOME — ü',
    ]
    assert there.status() == [""]
    assert not (top / "ran").exists()
    assert git(top, "reflog", "-1", "--format=%gs") == "hive commit"
    assert there.looks == 1
    assert there.commit() == ""


def test_only_what_is_named_is_committed_and_what_is_staged_stays_staged(there: There) -> None:
    for name in ("a", "b", "web/page", "*"):
        (there.top / name).write_text("changed\n")
    git(there.top, "add", "b")
    there.commit("web", "*")
    assert git(there.top, "show", "--format=", "--name-only", "HEAD").split("\n") == ["*", "web/page"]
    assert there.status() == ["M a", "M  b"]
    there.commit("b")
    assert there.status() == ["M a"]


def test_the_first_commit_of_a_repository_is_made_too(there: There, person: Path) -> None:
    there.top = person / "fresh"
    there.top.mkdir()
    git(there.top, "init", "-q", "-b", "main")
    (there.top / "file").write_text("one\n")
    made = there.commit()
    assert git(there.top, "rev-parse", "main") == made
    assert there.status() == [""]


def merging(top: Path) -> None:
    git(top, "switch", "-q", "-c", "other")
    (top / "b").write_text("other\n")
    commit(top)
    git(top, "switch", "-q", "main")
    git(top, "merge", "-q", "--no-ff", "--no-commit", "other")


def staged_otherwise(top: Path) -> None:
    (top / "a").write_text("staged\n")
    git(top, "add", "a")
    (top / "a").write_text("changed\n")


REFUSED = {
    "is in the middle of a merge": merging,
    "git is at work in it, or was killed": lambda top: (top / ".git/index.lock").touch(),
    "is on no branch, but on a commit": lambda top: git(top, "switch", "-q", "--detach"),
    "Something else is staged in": staged_otherwise,
    "A file has over 100 MiB": lambda top: os.truncate(top / "b", 101 << 20),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_committed_is_said_and_nothing_is_moved(there: There, said: str) -> None:
    (there.top / "a").write_text("changed\n")
    REFUSED[said](there.top)
    index, head = (there.top / ".git/index").read_bytes(), git(there.top, "rev-parse", "HEAD")
    with pytest.raises(GitError, match=said) as caught:
        there.commit()
    assert caught.value.hint
    assert (there.top / ".git/index").read_bytes() == index
    assert git(there.top, "rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("path", "said"), [("nothing", "neither there nor"), ("", "No file has"), ("x\0a", "No file has")]
)
def test_a_path_that_is_none_is_refused(there: There, path: str, said: str) -> None:
    with pytest.raises(GitError, match=said):
        there.commit(path)
