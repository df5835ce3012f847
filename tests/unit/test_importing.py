"""Sessions of tmuxp and tmuxinator become layouts, and what does not fit is said."""

import contextlib
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.errors import LayoutError
from hiveui.foreign import geometry
from hiveui.foreign.importing import imported
from hiveui.foreign.session import SHELL, NoSessionError, to_layout
from hiveui.foreign.tmuxinator import session as tmuxinator
from hiveui.foreign.tmuxp import session as tmuxp
from hiveui.model.layout import Leaf, Rect, Split, arrange, roles
from hiveui.storage.layouts import parse_layout
from hiveui.storage.revise import fresh

KINDS = tuple(catalog())

TMUXP = """
session_name: my shop
start_directory: ~/code/shop
environment: {PORT: 8000, LD_PRELOAD: x}
before_script: ./setup.sh
shell_command_before: [". venv/bin/activate"]
windows:
  - window_name: edit
    layout: main-vertical
    focus: true
    options: {main-pane-height: 35}
    panes:
      - vim
      - shell_command: [cd api, {cmd: npm run dev, enter: true}]
        start_directory: services
      - blank
  - window_name: "log\\e[2J"
    start_directory: /var/log
    panes: [{shell_command: tail -f syslog}]
  - panes:
      - null
"""
TMUXINATOR = """
name: shop
root: /srv/shop
on_project_start: docker compose up -d
pre_window: nvm use 22
windows:
  - editor:
      layout: bb62,159x48,0,0{79x48,0,0,1,79x48,80,0[79x24,80,0,2,79x23,80,25,3]}
      root: web
      panes:
        - vim
        - server: [npm install, npm start]
        -
  - logs: tail -f log/dev.log
  - empty:
"""


def typed(*lines):
    return ("sh", "-c", "\n".join((*lines, SHELL)))


def read(tmp_path, text, name="x.yaml"):
    file = tmp_path / name
    file.write_text(text)
    layout, said = imported(file)
    assert parse_layout(fresh(layout), "f", KINDS) == layout
    assert all(sentence.isprintable() for sentence in said)
    return layout, said


def test_a_session_of_tmuxp_becomes_tabs_of_shells(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    layout, said = read(tmp_path, TMUXP)
    assert layout.name == "my-shop"
    before = ". venv/bin/activate"
    assert {a.role: (a.command, a.dir) for a in layout.agents} == {
        "edit": (typed(before, "vim"), "."),
        "edit-2": (typed(before, "cd api", "npm run dev"), "services"),
        "edit-3": (typed(before), "."),
        "log-2J": (typed(before, "tail -f syslog"), "/var/log"),
        "window-3": (typed(before), "."),
    }
    assert all(a.kind == "shell" and a.env == {"PORT": "8000"} for a in layout.agents)
    assert [tab.title for tab in layout.tabs] == ["edit", "log␛[2J", "3"]
    others = Split("rows", (Leaf("edit-2"), Leaf("edit-3")), (1, 1))
    assert layout.tabs[0].root == Split("columns", (Leaf("edit"), others), (2, 1))
    text = "\n".join(said)
    for wanted in ("`before_script` of the session", "`options` of edit", "'LD_PRELOAD' of edit", "~/code/shop: open"):
        assert wanted in text
    assert "focus" not in text


def test_a_session_of_tmuxinator_becomes_tabs_of_shells(tmp_path):
    layout, said = read(tmp_path, TMUXINATOR)
    nvm = "nvm use 22"
    assert {a.role: (a.command, a.dir) for a in layout.agents} == {
        "editor": (typed(nvm, "vim"), "web"),
        "server": (typed(nvm, "npm install", "npm start"), "web"),
        "editor-2": (typed(nvm), "web"),
        "logs": (typed(nvm, "tail -f log/dev.log"), "."),
        "empty": (typed(nvm), "."),
    }
    right = Split("rows", (Leaf("server"), Leaf("editor-2")), (24, 23))
    assert layout.tabs[0].root == Split("columns", (Leaf("editor"), right), (79, 79))
    assert "`on_project_start` of the session is not carried over." in said


def test_tmuxp_is_read_as_json_too(tmp_path):
    found = {"session_name": "x", "windows": [{"window_name": "w", "panes": ["ls", {"shell_command": None}]}]}
    layout, said = read(tmp_path, json.dumps(found, indent="\t"), "x.json")
    assert [a.command for a in layout.agents] == [typed("ls"), ()]
    assert layout.tabs[0].root == Split("rows", (Leaf("w"), Leaf("w-2")), (1, 1))
    assert said == ()


def test_what_cannot_be_held_is_left_out_and_said(tmp_path):
    panes = [{"shell_command": "printf '\x1b[2J'"}, {"start_directory": "$HOME/x"}, {"start_directory": "~bob"}]
    windows = [{"window_name": "w", "layout": "nonsense", "panes": panes}]
    layout, said = read(tmp_path, json.dumps({"session_name": "\u202e", "windows": windows}), "x.json")
    assert layout.name == "imported"
    assert [(a.command, a.dir) for a in layout.agents] == [((), ".")] * 3
    assert len(said) == 4
    assert roles(layout.tabs[0].root) == ("w", "w-2", "w-3")


REFUSED = {
    "nothing": "",
    "a list": "[1, 2]",
    "no windows": "session_name: x",
    "no session": "a: b",
    "empty windows": "session_name: x\nwindows: []",
    "erb": "name: <%= `touch x` %>\nwindows: [a]",
    "ours": "version: 1\nname: x\nagents: {a: {}}",
    "too many": "session_name: x\nwindows:\n" + "  - {panes: [a, b, c]}\n" * 60,
    "no yaml": "name: [",
    "a tag": "name: !!python/object/apply:os.system [x]\nwindows: [a]",
    "too large": "name: x\nwindows: [a]\n#" + "x" * 300_000,
    "deep": "name: x\nwindows: " + "[" * 5000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_session_is_one_sentence_with_the_mend(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(LayoutError) as caught:
        imported(tmp_path / "x.yaml")
    assert str(caught.value).isprintable()
    assert str(tmp_path) in str(caught.value)
    assert caught.value.hint


def test_a_folder_a_pipe_and_what_is_not_there_are_sentences_too(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in (".", "pipe", "none", "bytes"):
        with pytest.raises(LayoutError):
            imported(tmp_path / name)


NAMES = st.text(max_size=20) | st.sampled_from(["a", "windows", "panes", "x y", "tiled"])
KEYS = st.sampled_from(["name", "session_name", "windows", "window_name", "panes", "layout", "root", "start_directory", "shell_command", "environment", "pre", "cmd"])  # fmt: skip
ANYTHING = st.recursive(
    NAMES | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | NAMES, inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(KEYS, ANYTHING, max_size=5), st.lists(ANYTHING, max_size=4), NAMES)
def test_whatever_a_file_holds_is_a_layout_or_one_sentence(found, windows, name):
    for make, key in ((tmuxp, "session_name"), (tmuxinator, "name")):
        with contextlib.suppress(NoSessionError):
            layout = to_layout(make({**found, key: name, "windows": windows}), "x", "d")
            assert parse_layout(fresh(layout), "f", KINDS) == layout


NAMED = [
    "even-horizontal",
    "even-vertical",
    "main-horizontal",
    "main-vertical",
    "tiled",
    "main-horizontal-mirrored",
    "main-vertical-mirrored",
]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_every_named_layout_shows_every_pane_once(name, count):
    names = [f"r{i}" for i in range(count)]
    tree = geometry.named(name, names)
    assert sorted(roles(tree)) == names
    assert name.endswith("mirrored") or list(roles(tree)) == names
    assert len(arrange(tree, Rect(0, 0, 200, 60)).panes) == count


@st.composite
def trees(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return Leaf("")
    children = tuple(draw(trees(depth - 1)) for _ in range(draw(st.integers(2, 4))))
    return Split(
        draw(st.sampled_from(["columns", "rows"])), children, tuple(draw(st.integers(1, 999)) for _ in children)
    )


def spelled(node, size=(80, 24), numbers=None):
    """Write a tree as tmux does."""
    columns, rows = size
    if isinstance(node, Leaf):
        return f"{columns}x{rows},0,0,{next(numbers)}"
    parts = []
    for child, weight in zip(node.children, node.sizes, strict=True):
        parts.append(spelled(child, (weight, rows) if node.direction == "columns" else (columns, weight), numbers))
    opened, closed = "{}" if node.direction == "columns" else "[]"
    return f"{columns}x{rows},0,0{opened}{','.join(parts)}{closed}"


def renamed(node, numbers):
    if isinstance(node, Leaf):
        return Leaf(f"r{next(numbers)}")
    return Split(node.direction, tuple(renamed(child, numbers) for child in node.children), node.sizes)


@given(trees())
def test_a_layout_string_of_tmux_is_read_as_the_tree_that_it_says(tree):
    count = len(roles(tree))
    names = [f"r{i}" for i in range(count)]
    text = "bb62," + spelled(tree, numbers=iter(range(count)))
    assert geometry.custom(text, names) == renamed(tree, iter(range(count)))
    assert geometry.custom(text, [*names, "more"]) is None
    assert geometry.custom(text, names[1:]) is None


@given(st.text("0123456789abx,{}[]", max_size=60))
def test_no_layout_string_raises_or_names_a_pane_twice(text):
    tree = geometry.custom(text, ["a", "b"])
    assert tree is None or roles(tree) == ("a", "b")


def test_a_layout_string_that_is_nested_for_ever_is_none():
    assert geometry.custom("1x1,0,0{" * 5000, ["a"]) is None
