"""What opening a layout will do, before anything is done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hiveui.errors import LayoutError, UsageError
from hiveui.hive.opening import Opening, agent_id, resolve, workspace_id
from hiveui.paths import Paths
from hiveui.tmux.commands import checked_id


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "run")


def opened(paths: Paths, agents: dict[str, dict], trusted: frozenset[str] = frozenset()) -> Opening:
    folder = paths.config.parent / "shop"
    layouts = folder / ".hive" / "layouts"
    layouts.mkdir(parents=True, exist_ok=True)
    (layouts / "one.yaml").write_text(json.dumps({"version": 1, "name": "one", "agents": agents}))
    return resolve(paths, folder, "one", "shop", trusted)


def test_a_layout_that_does_not_run_is_started_whole(paths: Paths) -> None:
    opening = opened(paths, {"a": {"kind": "shell"}, "b": {"kind": "shell"}})
    assert opening.changes({}) == [{"role": "a", "do": "start"}, {"role": "b", "do": "start"}]
    assert opening.to_json({})["running"] is False


def test_a_layout_that_runs_as_it_is_changes_nothing(paths: Paths) -> None:
    opening = opened(paths, {"a": {"kind": "shell", "owns": ["x"]}})
    assert opening.changes(opening.agents) == []
    (id_, (agent, way)) = next(iter(opening.agents.items()))
    assert opening.changes({id_: (agent, replace(way, notes=()))}) == []


def test_what_is_new_starts_what_is_run_otherwise_restarts_and_what_is_gone_ends(paths: Paths) -> None:
    old = opened(paths, {"same": {"kind": "shell"}, "other": {"command": ["cat"]}, "gone": {"kind": "shell"}})
    new = opened(paths, {"new": {"kind": "shell"}, "same": {"kind": "shell"}, "other": {"command": ["cat", "-n"]}})
    assert new.changes(old.agents) == [
        {"role": "new", "do": "start"},
        {"role": "other", "do": "restart"},
        {"role": "gone", "do": "end"},
    ]


@pytest.mark.parametrize("field", [{"env": {"A": "2"}}, {"dir": "sub"}, {"history": 5000}, {"kind": "claude"}])
def test_any_difference_in_how_an_agent_is_started_is_a_restart(paths: Paths, field: dict) -> None:
    (paths.config.parent / "shop" / "sub").mkdir(parents=True)
    agents = {"a": {"kind": "shell", "env": {"A": "1"}}}
    old = opened(paths, agents)
    new = opened(paths, {"a": agents["a"] | field})
    assert new.changes(old.agents) == [{"role": "a", "do": "restart"}]


def test_an_agent_that_runs_in_a_way_nobody_knows_any_more_is_asked_about(paths: Paths) -> None:
    opening = opened(paths, {"a": {"kind": "shell"}})
    unknown = {id_: (agent, None) for id_, (agent, _) in opening.agents.items()}
    assert opening.changes(unknown) == [{"role": "a", "do": "restart"}]


def test_a_layout_is_known_once_it_was_run_or_came_with_hiveui(paths: Paths) -> None:
    opening = opened(paths, {"a": {"kind": "shell"}})
    assert not opening.known
    assert opened(paths, {"a": {"kind": "shell"}}, frozenset({opening.hash})).known
    assert not opened(paths, {"a": {"kind": "claude"}}, frozenset({opening.hash})).known
    assert resolve(paths, opening.folder, "pair", "shop", frozenset()).known


def test_ids_are_the_same_each_time_and_nothing_that_tmux_could_run() -> None:
    ids = {workspace_id(Path("/a"), "b"), workspace_id(Path("/a"), "#(touch x)"), workspace_id(Path("/a\udcff"), "b")}
    assert len({checked_id(id_) for id_ in ids}) == 3
    assert workspace_id(Path("/a"), "b") in ids
    one = workspace_id(Path("/a"), "b")
    assert checked_id(agent_id(one, "x")) != checked_id(agent_id(one, "#(x)"))


def test_a_folder_that_is_not_there_is_a_sentence(paths: Paths) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        resolve(paths, paths.state / "gone", "pair", "x", frozenset())
    with pytest.raises(LayoutError, match=r"the folder .*/gone of a is not there"):
        opened(paths, {"a": {"kind": "shell", "dir": "gone"}})


def test_a_shell_counts_as_the_person_and_an_agent_does_not(paths: Paths) -> None:
    agents = [agent for agent, _ in opened(paths, {"s": {"kind": "shell"}, "c": {"kind": "claude"}}).agents.values()]
    assert [agent.person for agent in agents] == [True, False]
