"""Layout files written from what runs: save and load are inverse, and nothing else in a file changes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.errors import LayoutError
from hiveui.model.layout import AgentSpec, Layout, Leaf, Split, Tab, even_grid, roles
from hiveui.storage import emit, yaml
from hiveui.storage.layouts import parse_layout
from hiveui.storage.revise import fresh, revised

ROOT = Path(__file__).parents[2]
KINDS = tuple(catalog())
SHIPPED = [path.read_bytes() for path in sorted((ROOT / "layouts").glob("*.yaml")) if path.stem != "services"]

COMMENTED = b"""\
# what this is for
version: 1  # the format
name: shop  # ours

defaults: {kind: claude}  # all but one
agents:  # who
  # plans
  planner:
    brief: |
      You write plans.

      # no comment: a line of the brief
    # about what it owns
    owns: ["docs/**"]   # only docs

  # builds
  backend: {dir: services/api}  # the api
  worker: {replicas: 3}
  # looks
  review:   # nothing said
tabs:
  # the first
  - title: build
    split: columns   # side by side
    panes:
      - planner      # left
      - {split: rows, panes: [backend, worker], sizes: [2, 1]}
    sizes: [2, 3]    # planner narrow
  # the second
  - title: review
    panes: [review]  # alone
# the end
"""


def parse(data):
    return parse_layout(data, "f.yaml", KINDS)


def comments(data):
    return [line[line.index("#") :] for line in data.decode().splitlines() if "#" in line]


@st.composite
def trees(draw, names):
    """A tree over some names, in their order."""
    if len(names) == 1:
        return Leaf(names[0])
    cuts = sorted(draw(st.sets(st.integers(1, len(names) - 1), min_size=1, max_size=3)))
    parts = [names[a:b] for a, b in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    sizes = tuple(draw(st.integers(1, 1000) | st.just(1)) for _ in parts)
    children = tuple(draw(trees(part)) for part in parts)
    return Split(draw(st.sampled_from(["columns", "rows"])), children, sizes)


TITLES = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), min_size=1, max_size=20)
OURS = ["planner", "backend", "worker-1", "worker-2", "worker-3", "review", "demo", "yes", "1", "a b", "x.y", "null"]


@st.composite
def layouts(draw):
    """A layout of some of the roles that the files above have, and some others, in any geometry."""
    names = draw(st.permutations(OURS))[: draw(st.integers(1, len(OURS)))]
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(names) - 1)), max_size=3)) - {len(names)})
    groups = [names[a:b] for a, b in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    tabs = tuple(Tab(draw(TITLES | st.sampled_from(["build", "review", "work"])), draw(trees(g))) for g in groups)
    return Layout("shop", tuple(AgentSpec(name, dir="services") for name in names), tabs)


def styles(layout):
    """A layout's file in the ways that people write one."""
    text = fresh(layout, ["head"], {spec.role: "remark" for spec in layout.agents}).decode()
    yield text
    yield text.replace("\n", "\r\n")
    yield "\ufeff" + text.rstrip("\n")
    roles = {spec.role: {"dir": spec.dir} for spec in layout.agents}
    trees = [{"title": tab.title, **emitted(tab.root)} for tab in layout.tabs]
    data = {"version": 1, "name": layout.name, "agents": roles, "tabs": trees}
    yield emit.flow(data)
    yield emit.block(data)
    yield "version: 1\nname: shop\nagents:\n" + "".join(
        f"  {emit.flow(role)}:\n    dir: services\n    # {role}\n" for role in roles
    )


def emitted(tree):
    if isinstance(tree, Leaf):
        return {"panes": [tree.role]}
    panes = [child.role if isinstance(child, Leaf) else emitted(child) for child in tree.children]
    return {"split": tree.direction, "panes": panes, "sizes": list(tree.sizes)}


@given(layouts())
def test_what_is_written_is_what_is_read(layout):
    found = parse(fresh(layout, ["a", "", "# b: c"]))
    assert found == layout


@given(layouts(), layouts(), st.data())
def test_a_file_in_any_style_is_brought_to_any_geometry(old, wanted, data):
    text = data.draw(st.sampled_from([*(t.encode() for t in styles(old)), COMMENTED, *SHIPPED]))
    before = {spec.role: spec for spec in parse(text).agents}
    found = parse(revised(text, wanted, KINDS))
    assert (found.name, found.tabs) == (wanted.name, wanted.tabs)
    assert {s.role for s in found.agents} == {s.role for s in wanted.agents}
    assert all(spec == before[spec.role] for spec in found.agents if spec.role in before)
    assert all(spec.dir == "services" for spec in found.agents if spec.role not in before)


@pytest.mark.parametrize("data", [COMMENTED, *SHIPPED])
def test_a_layout_that_runs_as_its_file_says_leaves_every_byte(data):
    assert revised(data, parse(data), KINDS) == data


def changed(layout, at, root):
    tabs = list(layout.tabs)
    tabs[at] = replace(tabs[at], root=root)
    return replace(layout, tabs=tuple(tabs))


def test_a_moved_border_changes_one_line_and_no_comment():
    layout = parse(COMMENTED)
    found = revised(COMMENTED, changed(layout, 0, replace(layout.tabs[0].root, sizes=(5, 7))), KINDS)
    assert found == COMMENTED.replace(b"sizes: [2, 3] ", b"sizes: [5, 7] ")


def test_a_border_that_no_size_was_said_of_adds_a_line():
    data = b"version: 1\nname: x\nagents: {a: , b: }\ntabs:\n  - title: t\n    panes: [a, b]  # two\n# end\n"
    found = revised(data, changed(parse(data), 0, Split("columns", (Leaf("a"), Leaf("b")), (2, 1))), KINDS)
    assert found == data.replace(b"# two\n", b"# two\n    sizes: [2, 1]\n")


def test_panes_that_changed_places_are_written_where_they_stand():
    root = Split("columns", (Leaf("backend"), Split("rows", (Leaf("planner"), even_grid(("worker-1", "worker-2", "worker-3"))), (2, 1))), (2, 3))  # fmt: skip
    found = revised(COMMENTED, changed(parse(COMMENTED), 0, root), KINDS)
    assert comments(found) == comments(COMMENTED)
    assert b"      - backend      # left\n      - {split: rows, panes: [planner, worker], sizes: [2, 1]}\n" in found


def test_a_closed_role_goes_with_its_lines_and_every_comment_about_others_stays():
    layout = parse(COMMENTED)
    left = replace(
        layout,
        agents=tuple(spec for spec in layout.agents if spec.role not in {"planner", "review"}),
        tabs=(Tab("build", layout.tabs[0].root.children[1]),),
    )
    found = revised(COMMENTED, left, KINDS)
    gone = {"# about what it owns", "# only docs", "# nothing said", "# alone", "# no comment: a line of the brief"}
    assert comments(found) == [c for c in comments(COMMENTED) if c not in gone]
    assert parse(found).tabs == left.tabs


def test_new_roles_and_tabs_stand_behind_the_others():
    layout = parse(COMMENTED)
    shell = AgentSpec("shell", kind="shell", dir="web", command=("sh", "-c", 'echo "#"; exec sh'))
    more = replace(layout, agents=(*layout.agents, shell), tabs=(*layout.tabs, Tab("sh: #1", Leaf("shell"))))
    found = revised(COMMENTED, more, KINDS)
    assert [c for c in comments(found) if c in comments(COMMENTED)] == comments(COMMENTED)
    role = '  shell: {kind: shell, command: [sh, "-c", "echo \\"#\\"; exec sh"], dir: web}\n'
    tab = '  - title: "sh: #1"\n    panes: [shell]\n'
    assert found.decode() == COMMENTED.decode().replace("# nothing said\n", f"# nothing said\n{role}").replace(
        "# alone\n", f"# alone\n{tab}"
    )


def test_contracts_of_all_roles_are_listed():
    layout = parse(b"version: 1\nname: n\nagents: {a: {}, b: {}}\ncontracts: [api/**, '*.proto']\n")
    assert parse(fresh(layout)).contracts == {"api/**": (), "*.proto": ()} == layout.contracts


def test_replicas_of_which_one_is_gone_are_written_out():
    layout = parse(b"version: 1\nname: x\ndefaults: {replicas: 2, kind: claude}\nagents: {w: {dir: web}}\n")
    one = replace(layout, agents=layout.agents[1:], tabs=(Tab("main", Leaf("w-2")),))
    found = parse(revised(b"version: 1\nname: x\ndefaults: {replicas: 2, kind: claude}\nagents: {w: {dir: web}}\n", one, KINDS))  # fmt: skip
    assert (found.agents, found.tabs) == (one.agents, one.tabs)


def test_replicas_of_which_the_last_are_gone_are_counted_anew_where_the_file_counts_them():
    data = b"version: 1\nname: x\nagents:\n  w: {kind: claude, replicas: 4}  # workers\ntabs: [{title: main, panes: [w]}]\n"
    layout = parse(data)
    left = replace(layout, agents=layout.agents[:2], tabs=(Tab("main", even_grid(("w-1", "w-2"))),))
    assert revised(data, left, KINDS) == data.replace(b"4", b"2")
    middle = replace(layout, agents=layout.agents[::2], tabs=(Tab("main", even_grid(("w-1", "w-3"))),))
    found = parse(revised(data, middle, KINDS))
    assert ([spec.role for spec in found.agents], found.tabs) == (["w-1", "w-3"], middle.tabs)


def test_a_file_that_cannot_be_changed_in_places_is_written_from_nothing():
    data = b"# mine\nversion: 1\nname: x\nagents:\n  ? a\n  : {dir: web}\n"
    layout = Layout("y", (AgentSpec("a"), AgentSpec("b")), (Tab("main", even_grid(("a", "b"))),))
    found = revised(data, layout, KINDS)
    assert found.startswith(b"# mine\n")
    assert [(s.role, s.dir) for s in parse(found).agents] == [("a", "web"), ("b", ".")]


def test_what_is_no_layout_is_not_brought_anywhere():
    with pytest.raises(LayoutError):
        revised(b"version: 2\n", parse(COMMENTED), KINDS)


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])) | st.integers(0, 999) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc: #-", min_size=1, max_size=9), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def read_back(node):
    if isinstance(node, yaml.Text):
        return node.text
    if isinstance(node, yaml.Items):
        return [read_back(part) for part in node.items]
    return {key: read_back(part) for key, part in node.fields.items()}


def as_text(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list):
        return [as_text(part) for part in value]
    return {key: as_text(part) for key, part in value.items()}


@given(st.dictionaries(st.text("abc: #-", min_size=1, max_size=9), VALUES, min_size=1))
def test_any_data_is_written_so_that_it_is_read_back(value):
    for text in (emit.flow(value), emit.block(value)):
        assert read_back(yaml.read(text.encode(), "f")) == as_text(value)


@given(layouts(), st.data())
def test_every_part_of_a_file_knows_where_it_stands(layout, data):
    text = data.draw(st.sampled_from([*styles(layout), COMMENTED.decode()])).removeprefix("\ufeff")

    def check(node):
        if isinstance(node, yaml.Text) and not node.quoted:
            assert text[node.place.offset : node.end] == node.text
        for part in getattr(node, "items", ()) or getattr(node, "fields", {}).values():
            assert node.place.offset <= part.place.offset <= part.end <= node.end
            check(part)

    check(yaml.read(text.encode(), "f"))


def test_the_geometry_of_a_shipped_layout_is_kept_by_both_ways_of_writing():
    for data in SHIPPED:
        layout = parse(data)
        assert parse(fresh(layout)).tabs == layout.tabs
        assert sorted(role for tab in layout.tabs for role in roles(tab.root)) == sorted(s.role for s in layout.agents)
