"""Committing what an agent changed, on a real git: all of its own checkout, only what is its alone in a shared one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hiveui.errors import UsageError
from hiveui.hive.committing import Committing
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import Deed, Write
from hiveui.model.state import Workspace
from tests.repositories import git, repository

W = WorkspaceId("w")


class Shop:
    """Two agents in the person's own checkout, a third in a worktree."""

    def __init__(self, home: Path) -> None:
        (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@invalid\n")
        self.project = repository(home / "shop", "a", "b", "c")
        self.apart = home / "apart"
        git(self.project, "worktree", "add", "-q", "-b", "apart", str(self.apart))
        places = {"one": self.project, "two": self.project, "\x1b[31mthree": self.apart}
        agents = tuple(
            Agent(AgentId(f"a{n}"), role, "shell", str(dir_)) for n, (role, dir_) in enumerate(places.items())
        )
        self.workspace = Workspace(W, "shop", str(self.project), "team", agents=agents)
        self.written: list[Write] = []
        supervisor: Any = SimpleNamespace(id=W, workspace=self.workspace, launches={})
        self.committing = Committing({W: supervisor}, self)

    def writes(self, _workspace: WorkspaceId, *, role: str = "", path: str = "", after: str = "") -> Sequence[Write]:
        return [write for write in self.written if write.time > after]

    def changes(self, path: str, *roles: str, time: str = "2999-01-01T00:00:00.000Z") -> None:
        (self.project / path).write_text(f"by {roles}\n")
        self.written += [Write(str(self.project), path, Deed.MODIFIED, time, role=role) for role in roles]

    def commit(self, role: str, *paths: str, message: str = "Do it") -> dict[str, Any]:
        return asyncio.run(self.committing.commit(workspace=W, role=role, message=message, paths=paths))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch) -> Shop:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return Shop(tmp_path)


def test_in_a_shared_checkout_only_what_nobody_else_wrote_is_committed(shop: Shop) -> None:
    shop.changes("a", "one")
    shop.changes("b", "one", "two")
    shop.changes("c", "one", "")
    shop.changes("new", "one", "one")
    shop.changes("old", "one", time="2001-01-01T00:00:00.000Z")
    shop.written.append(Write(str(shop.project), "gone again", Deed.ADDED, "2999-01-01T00:00:00.000Z", role="one"))
    git(shop.project, "add", "b")
    made = shop.commit("one")
    assert made["files"] == ["a", "new"]
    assert git(shop.project, "status", "--porcelain").split("\n") == ["M  b", " M c", "?? old"]
    with pytest.raises(UsageError, match="known to be two's alone") as caught:
        shop.commit("two")
    assert "Name them: hive commit" in caught.value.hint
    assert shop.commit("two", "b")["files"] == ["b"]


def test_a_checkout_of_its_own_is_committed_as_a_whole_and_a_role_is_written_as_it_is_shown(shop: Shop) -> None:
    for name in ("a", "new\nline"):
        (shop.apart / name).write_text("changed\n")
    made = shop.commit("\x1b[31mthree", message="Do it\n\nCo-authored-by: Bob <bob@invalid>")
    assert made["files"] == ["a", "new\nline"]
    assert git(shop.apart, "log", "-1", "--format=%an%n%B").split("\n") == [
        "Ada",
        "Do it",
        "",
        "Co-authored-by: Bob <bob@invalid>",
        "Agent: ␛[31mthree",
    ]
    with pytest.raises(UsageError, match="nothing to commit"):
        shop.commit("\x1b[31mthree")


@pytest.mark.parametrize("message", ["", " \n", "a\0b"])
def test_a_commit_needs_a_message(shop: Shop, message: str) -> None:
    with pytest.raises(UsageError, match="needs a message"):
        shop.commit("one", message=message)
