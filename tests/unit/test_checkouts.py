"""Where agents are to work, before anything is made."""

import json
from pathlib import Path
from typing import Any

import pytest

from hiveui.errors import LayoutError
from hiveui.git import clones
from hiveui.git.worktrees import ensure
from hiveui.hive.opening import Opening, resolve
from hiveui.paths import Paths
from tests.repositories import git, repository


@pytest.fixture
def paths(tmp_path: Path, monkeypatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "run")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", "web/api/x")


def opened(paths: Paths, folder: Path, agents: dict[str, dict[str, Any]], name: str = "shop", **more: Any) -> Opening:
    file = paths.config / "layouts" / "one.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"version": 1, "name": "one", "agents": agents, **more}))
    return resolve(paths, folder, "one", name, frozenset())


def plan(opening: Opening) -> dict[str, Any]:
    return {agent["role"]: agent for agent in opening.to_json({})["agents"]}


TREE = {"checkout": "worktree"}


def test_an_agent_may_have_a_clone(paths: Paths, shop: Path):
    opening = opened(paths, shop, {"a": {"checkout": "clone", "copy": [".env"]}})
    found = plan(opening)["a"]
    assert found["worktree"]["form"] == "clone"
    assert (found["worktree"]["branch"], found["worktree"]["exists"]) == ("hive/shop/a", False)
    assert opening.made(["a"]) == [f"a: a new clone, branch hive/shop/a, in {found['dir']}"]
    (tree,) = [way.worktree for _, way in opening.agents.values()]
    assert tree is not None
    clones.ensure(tree)
    assert plan(opened(paths, shop, {"a": {"checkout": "clone"}}))["a"]["worktree"]["exists"]


def test_a_plan_says_which_worktree_on_which_branch_and_whether_it_is_there(paths: Paths, shop: Path):
    agents = {"a": {**TREE, "setup": [["make"]], "copy": [".env"], "link": ["deps"]}, "b c": TREE, "s": {}}
    opening = opened(paths, shop, agents)
    found = plan(opening)
    path = paths.worktrees / opening.id / "a"
    assert found["a"]["worktree"] == {
        "form": "worktree",
        "path": str(path),
        "branch": "hive/shop/a",
        "exists": False,
        "copy": [".env"],
        "link": ["deps"],
        "setup": [["make"]],
    }
    assert found["a"]["dir"] == str(path)
    assert found["b c"]["worktree"]["branch"].startswith("hive/shop/b-c-")
    assert (found["s"]["worktree"], found["s"]["dir"]) == (None, str(shop))
    assert opening.made(["a", "s"]) == [f"a: a new worktree, branch hive/shop/a, in {path}"]
    assert not path.exists(), "a plan makes nothing"


def test_opening_again_says_what_is_checked_out_and_changes_nothing(paths: Paths, shop: Path):
    opening = opened(paths, shop, {"a": TREE})
    (way,) = (way for _, way in opening.agents.values())
    ensure(way.worktree)
    git(Path(way.cwd), "checkout", "-q", "-b", "topic")
    again = opened(paths, shop, {"a": TREE})
    assert again.changes(opening.agents) == []
    assert (plan(again)["a"]["worktree"]["branch"], plan(again)["a"]["worktree"]["exists"]) == ("topic", True)
    assert again.notes == again.made(["a"]) == []
    git(Path(way.cwd), "checkout", "-q", "--detach")
    assert plan(opened(paths, shop, {"a": TREE}))["a"]["worktree"]["branch"] is None
    changed = opened(paths, shop, {"a": {**TREE, "setup": [["make"]]}})
    assert changed.changes(opening.agents) == [{"role": "a", "do": "restart"}], "set-up that failed can be mended"


def test_a_workspace_below_the_top_is_below_the_top_of_each_worktree(paths: Paths, shop: Path):
    agents = {"a": {**TREE, "dir": "api"}, "b": {**TREE, "dir": ".."}, "c": {**TREE, "dir": str(shop / "web" / "api")}}
    found = plan(opened(paths, shop / "web", agents))
    tops = {role: facts["worktree"]["path"] for role, facts in found.items()}
    assert [found[role]["dir"] for role in agents] == [f"{tops['a']}/web/api", tops["b"], f"{tops['c']}/web/api"]


@pytest.mark.parametrize("where", ["..", "../x", "/srv", "web/../.."])
def test_a_folder_outside_of_the_worktree_is_refused(paths: Paths, shop: Path, where: str):
    with pytest.raises(LayoutError, match=r"one\.yaml: .*leads out of its worktree"):
        opened(paths, shop, {"a": {**TREE, "dir": where}})


def test_where_no_worktree_can_be_agents_share_the_folder_and_it_is_said(paths: Paths, tmp_path: Path):
    plain = tmp_path / "plain"
    plain.mkdir()
    opening = opened(paths, plain, {"a": TREE, "b": TREE})
    assert [facts["dir"] for facts in plan(opening).values()] == [str(plain)] * 2
    assert f"{plain} is in no git repository" in opening.notes[0]
    git(plain, "init", "-q")
    opening = opened(paths, plain, {"a": TREE})
    assert "has no commit yet. Make one: git commit --allow-empty" in opening.notes[0]
    git(plain, "commit", "-q", "--allow-empty", "-m", "one")
    later = opened(paths, plain, {"a": TREE})
    assert later.changes(opening.agents) == [{"role": "a", "do": "restart"}]


def test_a_repository_that_git_will_not_read_is_planned_and_said_when_it_is_made(paths: Paths, shop: Path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    found = plan(opened(paths, shop, {"a": TREE}))["a"]
    assert found["dir"] == found["worktree"]["path"]


def test_a_layout_says_where_its_worktrees_are_but_not_in_the_checkout(paths: Paths, shop: Path, tmp_path: Path):
    agents = {"a": TREE}
    assert plan(opened(paths, shop, agents, worktrees="../trees"))["a"]["dir"] == str(tmp_path / "trees" / "a")
    (tmp_path / "door").symlink_to(shop / "web")
    (shop / "link").symlink_to(tmp_path / "far")
    assert plan(opened(paths, shop, agents, worktrees="link"))["a"]["dir"] == str(tmp_path / "far" / "a")
    for inside in (".", "trees", "../door/x", str(shop / ".git" / "trees"), str(tmp_path / "door")):
        with pytest.raises(LayoutError, match=r"`worktrees: .*` is inside of the checkout") as caught:
            opened(paths, shop, agents, worktrees=inside)
        assert "../shop-worktrees" in caught.value.hint
        assert opened(paths, shop, {"a": {}}, worktrees=inside), "nobody uses it"


def test_a_home_that_is_a_repository_itself_still_opens(paths: Paths, tmp_path: Path):
    repository(tmp_path)
    opening = opened(paths, tmp_path, {"a": TREE})
    assert plan(opening)["a"]["dir"] == str(tmp_path)
    assert "Set `worktrees:` in the layout" in opening.notes[0]


def test_submodules_are_said_unless_the_set_up_fetches_them(paths: Paths, shop: Path):
    (shop / ".gitmodules").touch()
    fetches = {**TREE, "setup": [["git", "submodule", "update", "--init"]]}
    said = [note for note in opened(paths, shop, {"a": TREE, "b": fetches}).notes if "submodules are not" in note]
    assert [note[:2] for note in said] == ["a:"]
