"""Which file a path on the screen means, and how it is opened."""

import shlex

import pytest

from hiveui.tui.editor import command, spot


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "src").mkdir()
    for name in ("src/a.py", "-x", "two words"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("src/a.py", "src/a.py", 0),
        ("src/a.py:12", "src/a.py", 12),
        ("src/a.py:12:4", "src/a.py", 12),
        ("b/src/a.py:3", "src/a.py", 3),
        ("~/src/a.py:3", "src/a.py", 3),
    ],
)
def test_a_path_is_found_from_the_agents_folder(folder, text, name, line):
    assert spot(text, folder, folder) == (folder / name, line)


@pytest.mark.parametrize("text", ["src", "src/b.py:3", "c/src/a.py", "", ":3", "x\x00y"])
def test_what_is_no_file_is_not_opened(folder, text):
    assert spot(text, folder, folder) is None


@pytest.mark.parametrize(
    ("environ", "text", "words"),
    [
        ({}, "src/a.py:12", ["vi", "+12", "src/a.py"]),
        ({"EDITOR": "nano"}, "src/a.py", ["nano", "src/a.py"]),
        ({"EDITOR": "nano", "VISUAL": "/usr/bin/hx"}, "src/a.py:2:7", ["/usr/bin/hx", "src/a.py:2"]),
        ({"EDITOR": "code --wait"}, "src/a.py:2", ["code", "--wait", "--goto", "src/a.py:2"]),
        ({"EDITOR": "vim"}, "-x:2", ["vim", "+2", "./-x"]),
        ({"EDITOR": "vim"}, "two words:2", ["vim", "+2", "two words"]),
    ],
)
def test_the_persons_editor_is_told_the_line_in_its_own_way(folder, environ, text, words):
    assert shlex.split(command(environ, spot(text, folder, folder), folder)) == words


def test_a_file_elsewhere_has_its_whole_path(folder):
    where = spot(str(folder / "src" / "a.py") + ":1", folder / "src", folder)
    assert command({}, where, folder / "other") == f"vi +1 {folder}/src/a.py"
