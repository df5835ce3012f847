import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.errors import LayoutError
from hiveui.hive.services import read_for
from hiveui.model.layout import Leaf, Split, roles
from hiveui.storage.layouts import layout_hash, parse_layout, read_layout
from hiveui.storage.schema import AGENT, LAYOUT, SPLIT, TAB, json_schema

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "layouts").glob("*.yaml"))
BAD = sorted((ROOT / "tests" / "data" / "layouts").glob("*.yaml"))
NAMES = [row["name"] for row in json.loads((ROOT / "tests" / "data" / "names.json").read_text())]
KINDS = tuple(catalog())
HEAD = "version: 1\nname: demo\n"


def parse(body, head=HEAD):
    return parse_layout((head + body).encode(), "f.yaml", KINDS)


def refusal(body, head=HEAD):
    with pytest.raises(LayoutError) as caught:
        parse(body, head)
    said = str(caught.value)
    assert said.isprintable()
    assert caught.value.hint.isprintable()
    assert re.match(r"f\.yaml:\d+:\d+: ", said)
    return said, caught.value.hint


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_layout_loads_under_its_own_name_and_shows_every_agent(path, tmp_path):
    text, layout = read_for(tmp_path, path, KINDS)
    assert layout.name == path.stem
    assert sorted(role for tab in layout.tabs for role in roles(tab.root)) == sorted(a.role for a in layout.agents)
    assert text.startswith(b"# yaml-language-server: $schema=layout.schema.json\n")


def test_the_demo_has_four_rehearsal_roles():
    _, layout = read_layout(ROOT / "layouts" / "demo.yaml", KINDS)
    assert [(a.role, a.kind, a.env["REHEARSAL"]) for a in layout.agents] == [
        (role, "rehearsal", role) for role in ("planner", "backend", "frontend", "tests")
    ]


def test_the_schema_beside_the_shipped_layouts_is_the_generated_one():
    kept = (ROOT / "layouts" / "layout.schema.json").read_text()
    assert kept == json.dumps(json_schema(), indent=2) + "\n", "write it anew from json_schema()"


def test_reader_and_schema_know_the_same_fields():
    schema = json_schema()
    assert set(schema["properties"]) == set(LAYOUT)
    assert set(schema["properties"]["defaults"]["properties"]) == set(AGENT)
    assert set(schema["properties"]["tabs"]["items"]["properties"]) == set(TAB)
    assert set(schema["$defs"]["split"]["properties"]) == set(SPLIT)


def test_a_layout_says_all_that_an_agent_can_have():
    layout = parse("""
defaults: {kind: claude, checkout: worktree}
agents:
  planner: {brief: "No: code", owns: ["docs/**"], model: opus, env: {PORT: 8080, EMPTY: "", DEBUG: no}}
  tests:
    command: [make, test]
    dir: services/api
    check: ["make", "test"]
    mode: ask
    host: gpu1
    sandbox: bwrap
    checkout: shared
    history: 500
    inline: false
    copy: [.env, ./web/.gitignore]
    link: [node_modules]
    setup: [[npm, ci], [sh, -c, "make x"]]
  plain:
""")
    planner, tests, plain = layout.agents
    assert planner.env == {"PORT": "8080", "EMPTY": "", "DEBUG": "no"}
    assert (planner.kind, planner.checkout, planner.owns, planner.model) == ("claude", "worktree", ("docs/**",), "opus")
    assert (tests.command, tests.check, tests.dir) == (("make", "test"), ("make", "test"), "services/api")
    assert (tests.mode, tests.host, tests.sandbox, tests.history, tests.inline) == (
        "ask",
        "gpu1",
        "bwrap",
        500,
        False,
    )
    assert (tests.checkout, plain.kind, plain.checkout) == ("shared", "claude", "worktree")
    assert (tests.copy, tests.link) == ((".env", "./web/.gitignore"), ("node_modules",))
    assert tests.setup == (("npm", "ci"), ("sh", "-c", "make x"))
    assert (parse("worktrees: ../trees\nagents: {a: {}}").worktrees, layout.worktrees) == ("../trees", "")


def test_panes_become_trees_and_agents_that_no_tab_shows_get_one():
    layout = parse("""
agents: {a: , b: , c: , w: {replicas: 3}}
tabs:
  - {title: one, split: rows, panes: [a, {panes: [w, b], sizes: [2, 1]}]}
""")
    assert [tab.title for tab in layout.tabs] == ["one", "more"]
    root = layout.tabs[0].root
    assert (root.direction, root.children[0]) == ("rows", Leaf("a"))
    assert isinstance(root.children[1], Split)
    assert root.children[1].sizes == (2, 1)
    assert roles(root) == ("a", "w-1", "w-2", "w-3", "b")
    assert layout.tabs[1].root == Leaf("c")
    assert [agent.role for agent in layout.agents] == ["a", "b", "c", "w-1", "w-2", "w-3"]
    assert all(agent.replicas == 1 for agent in layout.agents), "they are counted out already"


def test_without_tabs_all_agents_stand_in_one_grid():
    (tab,) = parse("agents: {a: {}, b: {}, c: {}, d: {}}").tabs
    assert roles(tab.root) == ("a", "b", "c", "d")


REFUSED = [
    ("agents: {a: {knd: claude}}", ":3:14: agent 'a' has no field 'knd'", "Did you mean kind?"),
    ("agents: {a: {kind: cluade}}", ":3:20: agent 'a' is of an unknown kind 'cluade'", "Did you mean claude?"),
    ("agents: {a: {command: make test}}", "is to be a list of words, not a line", '["sh", "-c", \'make test\']'),
    ("agents: {a: {command: []}}", "names no program", "[make, test]"),
    ("agents: {a: {replicas: 0}}", "whole number from 1 to 64", ""),
    ("agents: {a: {replicas: 65}}", "whole number from 1 to 64", ""),
    ('agents: {a: {replicas: "2"}}', "whole number from 1 to 64", ""),
    ("agents: {a: {inline: yes}}", "true or false", ""),
    ("agents: {a: {env: {LD_PRELOAD: x.so}}}", "may not set LD_PRELOAD", "run code"),
    ("agents: {a: {env: {GIT_SSH_COMMAND: x}}}", "may not set GIT_SSH_COMMAND", ""),
    ("agents: {a: {env: {HIVE_TOKEN: x}}}", "may not set HIVE_TOKEN", ""),
    ('agents: {a: {env: {"A=B": x}}}', "cannot set 'A=B'", ""),
    ("agents: {a: {env: {A: [1]}}}", "A in `env` of agent 'a' is to be text", ""),
    ("agents: {a: {dir: ~/x}}", "`dir` of agent 'a' cannot be '~/x'", "begins with /"),
    ("agents: {a: {owns: [../x]}}", "cannot be '../x'", "globs"),
    ("agents: {a: {owns: x}}", "is to be a list", ""),
    ("agents: {a: {copy: [/etc/passwd]}}", "cannot be '/etc/passwd'", "below the repository's top"),
    ("agents: {a: {link: [web/../../x]}}", "cannot be 'web/../../x'", ""),
    ("agents: {a: {copy: [./.git/config]}}", "cannot be './.git/config'", ""),
    ("agents: {a: {setup: [npm, ci]}}", "is to be a list of words, not a line", ""),
    ("worktrees: ~/trees\nagents: {a: {}}", "cannot be '~/trees'", ""),
    ("agents: {a: {model: --danger}}", "cannot be '--danger'", ""),
    ("agents: {a: {brief: }}", "has no value", ""),
    ('agents: {a: {brief: "\\e[2J"}}', "invisible character U+001B", "Take it out"),
    ("agents: {a: {}, a: {}}", "'a' stands here twice", ""),
    ("agents: {}", "map of roles", ""),
    ("agents: [a]", "map of roles", ""),
    ("agents: {a-1: {}, a: {replicas: 2}}", "'a-1' is the name of two agents", ""),
    ("agents: {a: {replicas: 64}, b: {replicas: 64}, c: {}}", "over 128 agents", ""),
    ("agents: {a: {}}\ntabs: []", ":4:7: `tabs` is to be a list", ""),
    ("agents: {a: {}}\ntabs: [{panes: [b]}]", "shows 'b', which is no agent here", "Known: a."),
    ("agents: {a: {}}\ntabs: [{panes: [a, a]}]", "'a' stands in two panes", ""),
    ("agents: {a: {}}\ntabs: [{panes: [a, {panes: [a]}]}]", "'a' stands in two panes", ""),
    ("agents: {a: {replicas: 2}}\ntabs: [{panes: [a, a-2]}]", "'a-2' stands in two panes", ""),
    ("agents: {a: {}, b: {}}\ntabs: [{panes: [a, b], sizes: [1]}]", "2 panes and 1 sizes", ""),
    ("agents: {a: {}, b: {}}\ntabs: [{panes: [a, b], sizes: [0, 1]}]", "whole number from 1 to 1000", ""),
    ("agents: {a: {}}\ntabs: [{split: vertical, panes: [a]}]", "cannot be 'vertical'", "columns, rows"),
    ("agents: {a: {}}\ntabs: [{title: x}]", "tab 1 lacks `panes`", ""),
    ("agents: {a: {}}\ntabs: [{panes: []}]", "is to be a list", ""),
    ("agents: &x {a: {}}", "anchors and aliases", ""),
    ("agents: {a: {brief: !!str x}}", "the tag", ""),
    ("agents: {a: {}}\n---\nversion: 1", "second document", ""),
    ("agents: {? [a] : {}}", "a key is to be a word", ""),
    ("agents: {a: {}}\nagent: {}", "the layout has no field 'agent'", "Did you mean agents?"),
    ("description: x", "the layout lacks `agents`", "Add `agents:`"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said", "hint"), REFUSED)
def test_what_is_wrong_is_said_with_its_place_and_the_mend(body, said, hint):
    found, mend = refusal(body)
    assert said in found
    assert mend
    assert hint in mend


@pytest.mark.parametrize("head", ["", "version: 2\n", 'version: "1"\n', "version: -1\n", "version: [1]\n"])
def test_only_version_1_is_read(head):
    assert "version" in refusal("name: x\nagents: {a: {}}\n", head)[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_role_is_refused_in_one_printable_line_or_is_a_plain_name(name):
    body = f"agents: {{{json.dumps(name)}: {{}}}}"
    try:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", parse(body).agents[0].role)
    except LayoutError:
        refusal(body)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_malformed_file_gets_one_line_and_a_mend(path):
    with pytest.raises(LayoutError) as caught:
        read_layout(path, KINDS)
    assert str(caught.value).isprintable()
    assert str(path) in str(caught.value)
    assert caught.value.hint


BOMBS = {
    "flow": "[" * 250_000,
    "maps": "[{" * 120_000,
    "keys": "k: 1\n" * 50_000,
    "complex keys": "? " * 120_000,
    "sequences": "- " * 120_000,
    "long text": "version: 1\nname: " + "x" * 250_000,
    "escapes": 'version: 1\nname: "' + "\\x41" * 60_000 + '"',
    "tag": "!" * 250_000,
    "lines": "\n" * 250_000,
    "too big": " " * 300_000,
    "laughs": "a: &a [x,x]\n" + "".join(f"a{n}: &a{n} [*a,*a]\n" for n in range(99)),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_within_seconds(bomb):
    before = time.process_time()
    refusal(bomb, head="")
    assert time.process_time() - before < 5


def test_a_file_that_is_not_there_is_a_layout_error_too(tmp_path):
    with pytest.raises(LayoutError, match="cannot be read"):
        read_layout(tmp_path / "none.yaml", KINDS)


def test_one_changed_byte_is_another_layout():
    assert layout_hash(b"a") != layout_hash(b"b")
    assert re.fullmatch("[0-9a-f]{64}", layout_hash(b"a"))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_at_all_raise_anything_else(data):
    said = ""
    try:
        parse_layout(HEAD.encode() + data, "f", KINDS)
    except LayoutError as error:
        said = str(error)
    assert said.isprintable()
