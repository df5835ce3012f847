"""What git ignores, held against git itself."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiveui.model.globs import read_glob
from hiveui.watch import ignoring

PIECES = st.sampled_from(
    ["a", "b", "ab", "*", "**", "?", "/", "/", "!", "[ab]", "[!a]", "[a-b]", "[", "\\*", " ", "*.b"]
)
LINES = st.lists(st.lists(PIECES, min_size=1, max_size=6).map("".join), max_size=5)
NAMES = st.sampled_from(["a", "b", "ab", "a.b", "*", "c", " "])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", top], check=True)
    return top


def ignored_by_git(top: Path, path: str) -> bool:
    said = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "-q", "--no-index", "--", path], cwd=top
    )
    assert said.returncode in {0, 1}
    return said.returncode == 0


def ignored_by_us(top: Path, path: str) -> bool:
    """Walk down to a path, as the watcher does: what is in an ignored folder is ignored."""
    rules = ignoring.Rules("", ()).inside("", top / ".git" / "info" / "exclude").inside("", top / ".gitignore")
    names = path.split("/")
    for depth in range(1, len(names)):
        folder = "/".join(names[:depth])
        if rules.ignore(folder, folder=True):
            return True
        rules = rules.inside(folder, top / folder / ".gitignore")
    return rules.ignore(path, folder=os.path.isdir(top / path))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=LINES, inner=LINES, exclude=LINES, path=PATHS, folder=st.booleans())
def test_what_is_ignored_is_what_git_ignores(
    repository: Path, top: list[str], inner: list[str], exclude: list[str], path: str, folder: bool
) -> None:
    for place in repository.iterdir():
        if place.name != ".git":
            subprocess.run(["rm", "-rf", place], check=True)
    subject = repository / path
    subject.parent.mkdir(parents=True, exist_ok=True)
    subject.mkdir() if folder else subject.touch()
    (repository / ".gitignore").write_text("\n".join(top))
    (repository / ".git" / "info" / "exclude").write_text("\n".join(exclude))
    if "/" in path:
        (repository / path.split("/", maxsplit=1)[0] / ".gitignore").write_text("\n".join(inner))
    assert ignored_by_us(repository, path) == ignored_by_git(repository, path)


@pytest.mark.parametrize("line", ["*a" * 100 + "b", "**/a/" * 30 + "b", "[a-z]*" * 60 + "1", "?*" * 100 + "b"])
def test_no_pattern_holds_the_reader_up(line: str) -> None:
    glob = read_glob(line)
    assert glob is not None
    began = time.process_time()
    for path in ("a" * 255, "a/" * 500 + "c", "/".join(["a" * 255] * 15)):
        assert not glob.fits.fullmatch(path)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "[[:alpha:]]x",
        "[[:digit:][:upper:]]",
        "a[]-]b",
        "a[!]b]c",
        "[/[ab]",
        "x/[/]y",
        "[z-a]",
        "[a",
        "\\",
        "a\\ ",
        "a  ",
        "#a",
        "\\#a",
        "\\!a",
        "a\r",
        "x\\/y",
        "***/y",
    ],
)
@pytest.mark.parametrize(
    "name", ["ax", "1x", "A", "5", "a]b", "a-b", "axc", "a", "a ", "#a", "!a", "z", "[a", "\\", "b", "x/y"]
)
def test_rare_patterns_are_read_as_git_reads_them(repository: Path, text: str, name: str) -> None:
    (repository / ".git" / "info" / "exclude").write_text("")
    (repository / ".gitignore").write_text(f"{text}\n", newline="")
    assert ignored_by_us(repository, name) == ignored_by_git(repository, name)
