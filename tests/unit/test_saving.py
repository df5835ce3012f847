"""What of a running workspace goes into a file."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import launch
from hiveui.hive.saving import MOST, fitting, live_layout
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import LayoutSaved
from hiveui.model.layout import AgentSpec, Leaf, Node, Split, Tab, even_grid, roles
from hiveui.model.state import State, Workspace, apply
from hiveui.storage.layouts import parse_layout
from hiveui.storage.revise import fresh

KINDS = catalog()


@st.composite
def trees(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return Leaf(draw(st.sampled_from("abcdefgh")))
    children = tuple(draw(trees(depth - 1)) for _ in range(draw(st.integers(2, 4))))
    sizes = tuple(draw(st.integers(1, 100_000)) for _ in children)
    return Split(draw(st.sampled_from(["columns", "rows"])), children, sizes)


def splits(tree: Node) -> list[Split]:
    return [] if isinstance(tree, Leaf) else [tree, *(s for child in tree.children for s in splits(child))]


@given(trees(), st.sets(st.sampled_from("abcdefgh")))
def test_a_tree_of_any_weights_and_roles_fits_a_file(tree, left):
    found = fitting(tree, set(left))
    shown = [role for i, role in enumerate(roles(tree)) if role in left and role not in roles(tree)[:i]]
    assert (list(roles(found)) if found else []) == shown
    for split in splits(found) if found else []:
        assert len(split.children) == len(split.sizes) > 1
        assert all(1 <= size <= MOST for size in split.sizes)
    assert found is None or fitting(found, set(left)) == found


def workspace(tmp_path, *agents: Agent, tabs: tuple[Tab, ...] = ()) -> Workspace:
    return Workspace(WorkspaceId("w"), "shop", str(tmp_path), "one", tabs=tabs, agents=agents)


def agent(spec: AgentSpec, folder, **more) -> Agent:
    way = launch(KINDS[spec.kind], spec, folder)
    return replace(Agent(AgentId(f"a-{spec.role}"), spec.role, spec.kind, way.cwd, way.shown, spec=spec), **more)


def test_agents_are_written_as_they_run_and_those_that_agents_made_are_not(tmp_path):
    specs = (
        AgentSpec("plain", "claude"),
        AgentSpec("sub", "shell", dir="a/b"),
        AgentSpec("own", command=("cat", "-n")),
    )
    agents = [agent(spec, tmp_path) for spec in specs]
    child = agent(AgentSpec("child"), tmp_path, child_of=agents[0].id)
    briefed = agent(AgentSpec("briefed", "claude", brief="Do it."), tmp_path)
    found = live_layout(workspace(tmp_path, *agents, child, briefed), {}, KINDS)
    assert found.agents[:3] == specs
    assert found.agents[3] == briefed.spec
    assert found.tabs == (Tab("main", even_grid(("plain", "sub", "own", "briefed"))),)
    assert parse_layout(fresh(found), "f", tuple(KINDS)).agents == found.agents


def test_titles_and_folders_that_no_file_can_hold_are_made_so_that_one_can(tmp_path):
    tabs = (Tab("\x1b[2J\u00a0\n", Leaf("a")), Tab(" ", Leaf("b")), Tab("gone", Leaf("c")))
    agents = (agent(AgentSpec("a"), tmp_path), agent(AgentSpec("b", dir="/elsewhere"), tmp_path))
    found = live_layout(workspace(tmp_path, *agents, tabs=tabs), {}, KINDS)
    assert [tab.title for tab in found.tabs] == ["␛[2J ␊", "2"]
    assert found.agents[1].dir == "/elsewhere"
    assert parse_layout(fresh(found), "f", tuple(KINDS)).tabs == found.tabs


def test_a_workspace_that_was_saved_is_of_that_layout_and_else_as_it_was(tmp_path):
    before = workspace(tmp_path, agent(AgentSpec("a"), tmp_path))
    state = apply(State({before.id: before}), LayoutSaved(before.id, "two", "h2"))
    assert state.workspaces[before.id] == replace(before, layout="two", layout_hash="h2")
    assert apply(State(), LayoutSaved(before.id, "two", "h2")) == State()
