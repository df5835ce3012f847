"""The hook that has a program ask before it writes outside of what its role owns."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiveui.agents.hooks.asking import SCRIPT, lines
from hiveui.agents.hooks.injection import SOURCES
from hiveui.model.globs import Globs
from hiveui.model.layout import AgentSpec
from tests.unit.test_ownership import PATHS
from tests.unit.test_ownership import lines as globs

SHELLS = [name for name in ("dash", "bash", "busybox", "sh") if shutil.which(name)]


def asks(base: Path, owns: list[str], payload: dict[str, object], shell: str = "sh", free: tuple[str, ...] = ()) -> str:
    """Run the hook as an agent does; the reason with which the program is to ask, '' where it is not."""
    file = base.parent / "owns"
    file.write_bytes(lines(AgentSpec("planner", owns=tuple(owns)), str(base), free))
    argv = [shell, *(["sh"] if shell == "busybox" else []), str(SOURCES / SCRIPT), str(file), "a-1"]
    env = {"PATH": os.environ["PATH"], "HIVE_AGENT_ID": "a-1"}
    given = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    done = subprocess.run(argv, input=given, env=env, cwd=base, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    if not done.stdout:
        return ""
    said = json.loads(done.stdout)["hookSpecificOutput"]
    assert (said["hookEventName"], said["permissionDecision"]) == ("PreToolUse", "ask")
    reason: str = said["permissionDecisionReason"]
    return reason


def writes(path: object, **more: object) -> dict[str, object]:
    return {"session_id": "x", "tool_name": "Write", "tool_input": {"file_path": str(path), "content": "c", **more}}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    (folder / "docs" / "plans").mkdir(parents=True)
    (folder / "src").mkdir()
    return folder


@pytest.mark.parametrize("shell", SHELLS)
def test_a_write_outside_is_asked_about_and_one_inside_is_not(base: Path, shell: str) -> None:
    owns = ["docs/plans/**", "*.md", "!docs/plans/kept"]
    inside = ("docs/plans/a", "docs/plans/new/deep/é.txt", "src/x.md", "new/x.md")
    outside = ("src/x.py", "docs/plans/kept", "docs/plans/../../src/x", "/etc/passwd", f"{base}/src/new/x")
    assert [path for path in inside if asks(base, owns, writes(base / path), shell)] == []
    assert [path for path in outside if not asks(base, owns, writes(f"{base}/{path}"), shell)] == []
    assert "docs/plans/**" in asks(base, owns, writes(base / "src/x.py"), shell)
    assert not asks(base, owns, writes("docs/plans/relative"), shell)


def test_a_link_that_leads_out_is_outside(base: Path) -> None:
    (base / "docs/plans/out").symlink_to(base / "src")
    (base / "docs/plans/file").symlink_to(base / "src/x")
    assert asks(base, ["docs/plans/**"], writes(base / "docs/plans/out/x"))
    assert asks(base, ["docs/plans/**"], writes(base / "docs/plans/file"))


def test_a_folder_that_is_free_is_not_asked_about(base: Path) -> None:
    beside = base.parent / "beside"
    beside.mkdir()
    assert asks(base, [], writes(beside / "x"))
    assert not asks(base, [], writes(beside / "x"), free=(str(beside),))


def test_what_a_file_holds_is_not_taken_for_its_path(base: Path) -> None:
    said = {"content": '","file_path":"' + str(base / "docs/plans/x") + '"'}
    before = {"tool_input": {"content": said["content"], "file_path": str(base / "src/x")}}
    assert asks(base, ["docs/plans/**"], before)
    assert asks(base, ["docs/plans/**"], writes(base / "src/x", **said))


def test_a_path_that_a_shell_cannot_read_is_outside(base: Path) -> None:
    assert asks(base, ["docs/plans/**"], writes(base / 'docs/plans/"x'))
    assert asks(base, ["docs/plans/**"], writes(f"{base}/docs/plans/a\nb"))


def test_what_writes_no_file_is_not_asked_about(base: Path) -> None:
    assert not asks(base, [], {"tool_name": "Bash", "tool_input": {"command": "echo x > src/x"}})
    assert not asks(base, [], {})


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(owns=st.lists(globs(), max_size=3), path=PATHS)
def test_the_shell_decides_as_globs_do(base: Path, owns: list[str], path: str) -> None:
    assert bool(asks(base, owns, writes(base / path))) != Globs(owns).covers(path)


def test_it_is_soon_done_with_a_large_payload(base: Path) -> None:
    took = []
    for _ in range(5):
        began = time.monotonic()
        assert asks(base, ["docs/**"], writes(base / "src/x", content="x" * 1_000_000))
        took.append(time.monotonic() - began)
    assert min(took) < 5
