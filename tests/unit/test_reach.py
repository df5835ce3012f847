"""What a tool's use may write is read from what it is given, and a real shell agrees."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiveui.model.reach import MOST, commanded, patched, reach

FILES = ("a", "b", "c d", "sub/e")
PIECES = st.one_of(
    st.sampled_from(FILES).map(lambda name: f"echo said > '{name}'"),
    st.sampled_from(FILES).map(lambda name: f'printf "a > z" >> "{name}"'),
    st.sampled_from(FILES).map(lambda name: f"touch '{name}'"),
    st.sampled_from(FILES).map(lambda name: f"rm '{name}'"),
    st.sampled_from(FILES).map(lambda name: f"sed -i s/a/b/ '{name}'"),
    st.tuples(st.sampled_from(FILES), st.sampled_from(FILES)).map(lambda two: f"cp '{two[0]}' '{two[1]}'"),
    st.tuples(st.sampled_from(FILES), st.sampled_from(FILES)).map(lambda two: f"mv '{two[0]}' '{two[1]}'"),
    st.sampled_from(FILES).map(lambda name: f"cat <<'EOF' > '{name}'\nx > y\nEOF"),
    st.sampled_from(("cat a", "grep said a", "cd sub", "false", "ls > /dev/null 2>&1", "exit 0", "true || echo x > b")),
    st.sampled_from(FILES).map(lambda name: f"cat a | tee '{name}' > /dev/null"),
    st.just("sh -c 'echo hidden > hidden'"),
    st.just("x=a; echo said > $x"),
)
COMMANDS = st.lists(st.tuples(PIECES, st.sampled_from((" && ", "; ", "\n"))), min_size=1, max_size=4).map(
    lambda parts: "".join(piece + ("\n" if "EOF" in piece else after) for piece, after in parts).rstrip("&;\n ")
)


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Give what tells a file that was written from one that was not."""
    return {str(p): ((s := p.stat()).st_mtime_ns, s.st_ino) for p in folder.rglob("*") if p.is_file()}


@settings(max_examples=60, deadline=None)
@given(COMMANDS)
def test_a_command_that_succeeds_has_written_what_it_names_and_one_that_is_understood_nothing_else(text: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "sub").mkdir()
        for name in FILES:
            (folder / name).write_text("a\n")
            os.utime(folder / name, (1, 1))
        before = state(folder)
        done = subprocess.run(["sh", "-c", text], cwd=folder, capture_output=True)
        after = state(folder)
        changed = {path for path in before | after if before.get(path) != after.get(path)}
        found = commanded(text, place)
        if not found.covers:
            assert changed <= set(found.names), text
        if done.returncode == 0:
            named = {path for path in found.names if path in before | after}
            assert named <= changed or " mv " in f" {text}" or " cp " in f" {text}", text


@pytest.mark.parametrize(
    ("tool", "given_", "names"),
    [
        ("Write", {"file_path": "/p/a.py", "content": "x\ny"}, {"/p/a.py": (2, 0)}),
        ("Edit", {"file_path": "a.py", "old_string": "a\nb\nc", "new_string": "a\nc"}, {"/p/a.py": (0, 1)}),
        (
            "Edit",
            {"file_path": "a.py", "old_string": "a", "new_string": "b\nc", "replace_all": True},
            {"/p/a.py": None},
        ),
        (
            "MultiEdit",
            {
                "file_path": "a.py",
                "edits": [{"old_string": "a", "new_string": "b"}, {"old_string": "", "new_string": "c"}],
            },
            {"/p/a.py": (2, 1)},
        ),
        ("NotebookEdit", {"notebook_path": "/p/n.ipynb", "new_source": ""}, {"/p/n.ipynb": None}),
        ("replace", {"file_path": "/p/a.py", "old_string": "a", "new_string": "b"}, {"/p/a.py": (1, 1)}),
        ("write_file", {"file_path": "/p/a.py"}, {"/p/a.py": None}),
        (
            "apply_patch",
            {
                "command": "*** Begin Patch\n*** Add File: n\n+1\n+2\n*** Update File: o\n*** Move to: p\n@@\n-1\n*** End Patch"
            },
            {"/p/n": (2, 0), "/p/o": (0, 0), "/p/p": (0, 1)},
        ),
    ],
)
def test_edit_tools_name_the_files_that_they_write(
    tool: str, given_: dict[str, object], names: dict[str, object]
) -> None:
    found = reach(tool, given_, "/p")
    assert found is not None
    assert found.names == names
    assert not found.covers


@pytest.mark.parametrize("tool", ["Read", "Grep", "Task", "", "web_fetch"])
def test_tools_that_read_write_nothing(tool: str) -> None:
    assert reach(tool, {"file_path": "/p/a", "path": "/p"}, "/p") is None


def test_an_unknown_tool_covers_the_paths_that_it_is_given_and_comes_near_its_folder() -> None:
    found = reach("mcp__disk__put", {"path": "/other/a", "text": "some words"}, "/p")
    assert found is not None
    assert (found.may_write("/other/a", certain=True), found.may_write("/p/b", certain=True)) == (True, False)
    assert found.may_write("/p/b")


def test_a_command_covers_its_folder_and_what_its_words_lead_to_but_nothing_above() -> None:
    found = commanded("make -C ../web --out=/srv/x && find / -name y", "/p/api")
    assert found.covers == ("/p/api", "/p/web", "/srv/x")


@pytest.mark.parametrize("text", ["npm run dev &", "nohup ./server", "docker compose up -d"])
def test_what_may_leave_something_running_is_known(text: str) -> None:
    assert commanded(text, "/p").leaves


@given(st.text())
def test_any_text_is_read_as_a_command_and_as_a_patch(text: str) -> None:
    commanded(text, "/p")
    patched(text)


@pytest.mark.parametrize(
    "text", ["<<" + "a" * 19_000, "<<a\n" * 4000, "\n" * 19_000 + "<<a", "((" * 9000, "touch " + "a " * 9000]
)
def test_no_command_takes_long_to_read(text: str) -> None:
    began = time.process_time()
    found = reach("Bash", {"command": text}, "/p")
    assert time.process_time() - began < 0.5
    assert found is None or len(found.names) <= MOST


def test_a_patch_of_very_many_files_covers_its_folder() -> None:
    patch = "*** Begin Patch\n" + "".join(f"*** Add File: f{i}\n+x\n" for i in range(5000))
    found = reach("apply_patch", {"command": patch}, "/p")
    assert found is not None
    assert (found.names, found.covers) == ({}, ("/p",))
