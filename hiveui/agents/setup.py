"""`python -m hiveui.agents.setup PLAN ARGV…`: in an agent's pane, sets its fresh worktree up and becomes the agent.

What is done can be seen in the pane, in the agent's own environment. Where a step fails, the pane says which one, and
the agent is not started; the next start begins anew. PLAN is JSON, made by `words`.
"""

import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hiveui.model.text import visible
from hiveui.model.worktree import Worktree


class _Failure(Exception):  # noqa: N818  it is said, never passed on
    """A step failed; its exit status."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def words(tree: Worktree, ready: Path, argv: Sequence[str], install: str) -> list[str]:
    """Give the argv that sets `tree` up, makes the file `ready`, and becomes `argv`.

    `install` is what it says where there is no such program.
    """
    plan = {
        "root": tree.root,
        "path": tree.path,
        "copy": tree.copy,
        "link": tree.link,
        "setup": tree.setup,
        "ready": str(ready),
        "install": install,
    }
    return [sys.executable, "-E", "-P", "-m", __name__, json.dumps(plan), *argv]


def main(given: Sequence[str]) -> int:
    """Do it; gives the exit status only where the agent could not be started."""
    plan = json.loads(given[0])
    try:
        for name in plan["copy"]:
            _bring(plan, name, "copied", _copy)
        for name in plan["link"]:
            _bring(plan, name, "linked", _link)
        for command in plan["setup"]:
            _run(command, plan["path"])
        Path(plan["ready"]).touch()
    except _Failure as failure:
        return _end(f"Set-up failed: {failure}", failure.status)
    except OSError as error:
        return _end(f"Set-up failed: {_reason(error)}.", 1)
    except KeyboardInterrupt:
        return _end("Set-up was interrupted.", 130)
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python; an agent would inherit that
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(given[1], list(given[1:]))  # noqa: S606  it becomes the agent
    except OSError:
        _say(plan["install"])
    return 127


def _bring(plan: dict[str, str], name: str, done: str, bring: Callable[[Path, Path], None]) -> None:
    """Copy or link one thing of the workspace's checkout; what is in the worktree already stays as it is."""
    root, path = Path(plan["root"]), Path(plan["path"])
    source, goal = root / name, path / name
    if not (source.is_file() or source.is_dir()):
        _say(f"{name} is no file or folder in {root}: not {done}")
        return
    if not source.resolve().is_relative_to(root.resolve()):
        raise _Failure(f"{name} leads out of {root} by a link. Take it out of the layout.")
    if os.path.lexists(goal):
        return
    goal.parent.mkdir(parents=True, exist_ok=True)
    if not goal.parent.resolve().is_relative_to(path.resolve()):
        raise _Failure(f"{name} leads out of {path} by a link. Take it out of the layout.")
    fresh = goal.with_name(f".{goal.name[:200]}.hiveui-new")
    _clear(fresh)
    bring(source, fresh)
    fresh.rename(goal)
    _say(f"{done} {name}")


def _clear(path: Path) -> None:
    """Take away what an interrupted copy left."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _copy(source: Path, goal: Path) -> None:
    """Copy a file, or a folder with links in it as links."""
    if source.is_dir():
        shutil.copytree(source, goal, symlinks=True, copy_function=_copy_plain)
    else:
        _copy_plain(str(source), str(goal))


def _copy_plain(source: str, goal: str) -> str:
    """Copy a plain file; a pipe or socket would hold everything up, and is left out."""
    if stat.S_ISREG(os.stat(source).st_mode):  # noqa: PTH116  the form that copytree calls
        shutil.copy2(source, goal)
    return goal


def _link(source: Path, goal: Path) -> None:
    goal.symlink_to(source)


def _run(command: Sequence[str], folder: str) -> None:
    """Run a command at the top of the worktree, on the pane's own terminal."""
    shown = shlex.join(command)
    _say(f"$ {shown}")
    try:
        status = subprocess.run(command, cwd=folder, env={**os.environ, "PWD": folder}, check=False).returncode
    except OSError as error:
        raise _Failure(f"{shown}: {error.strerror}.", 127) from error
    if status:
        how = f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
        raise _Failure(f"{shown} {how}.", 128 - status if status < 0 else status)


def _reason(error: OSError) -> str:
    """Say what could not be done to which file; a copied tree tells it of each of its files (shutil.Error)."""
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        source, _, why = error.args[0][0]
        return f"{source}: {why}"
    return f"{error.filename}: {error.strerror}"


def _say(text: str) -> None:
    sys.stdout.write(visible(text) + "\n")
    sys.stdout.flush()


def _end(sentence: str, status: int) -> int:
    _say(sentence)
    again = shlex.join(["hive", "restart", os.environ.get("HIVE_ROLE", "ROLE")])
    _say(f"The agent was not started. Once that is mended, start it again: {again}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
