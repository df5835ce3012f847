"""Replicas of a role, spread over hosts."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import LayoutError
from hiveui.hive.opening import Opening, resolve
from hiveui.model.ownership import overlaps
from hiveui.paths import Paths
from hiveui.storage.layouts import parse_layout
from tests.repositories import repository


def hosts_of(count: int, hosts: list[str], **more: object) -> dict[str, str]:
    agents = {"w": {"replicas": count, "hosts": hosts, **more}}
    layout = parse_layout(json.dumps({"version": 1, "name": "x", "agents": agents}).encode(), "f.yaml", ("shell",))
    return {spec.role: spec.host for spec in layout.agents}


@given(st.integers(2, 64), st.integers(2, 64), st.integers(1, 7))
def test_replicas_are_spread_evenly_and_keep_their_hosts_when_their_number_changes(
    one: int, other: int, n: int
) -> None:
    hosts = [f"host-{i}" for i in range(n)]
    first, then = hosts_of(one, hosts), hosts_of(other, hosts)
    assert {role: then[role] for role in first.keys() & then.keys()} == {
        r: first[r] for r in first.keys() & then.keys()
    }
    counts = Counter(first.values())
    assert max(counts.values()) - min(counts[host] for host in hosts) <= 1


def test_hosts_of_defaults_give_way_to_a_role_that_names_its_own_and_both_in_one_are_refused() -> None:
    text = b"version: 1\nname: x\ndefaults: {hosts: [a, b]}\nagents: {w: {replicas: 2}, v: {host: c}, u: {}}\n"
    layout = parse_layout(text, "f.yaml", ("shell",))
    assert [(spec.role, spec.host) for spec in layout.agents] == [("w-1", "a"), ("w-2", "b"), ("v", "c"), ("u", "a")]
    with pytest.raises(LayoutError, match="both `host` and `hosts`"):
        hosts_of(2, ["a"], host="b")


def test_replicas_on_several_hosts_share_what_they_own_by_design() -> None:
    text = b'version: 1\nname: x\nagents: {w: {replicas: 2, hosts: [a, b], owns: ["**"]}}\n'
    assert overlaps(parse_layout(text, "f.yaml", ("shell",)).agents) == []


def test_another_number_of_replicas_starts_or_ends_the_last_ones_and_each_has_a_worktree(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "run")
    folder = repository(tmp_path / "shop")
    (folder / ".hive" / "layouts").mkdir(parents=True)

    def opened(count: int) -> Opening:
        agents = {"w": {"kind": "shell", "checkout": "worktree", "replicas": count}}
        data = {"version": 1, "name": "one", "agents": agents}
        (folder / ".hive" / "layouts" / "one.yaml").write_text(json.dumps(data))
        return resolve(paths, folder, "one", "shop", frozenset())

    two, four = opened(2), opened(4)
    assert four.changes(two.agents) == [{"role": "w-3", "do": "start"}, {"role": "w-4", "do": "start"}]
    assert two.changes(four.agents) == [{"role": "w-3", "do": "end"}, {"role": "w-4", "do": "end"}]
    assert len({way.cwd for _, way in four.agents.values()}) == 4
