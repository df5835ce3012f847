"""The demo's scratch repository: a small shop service that rehearsal agents may change and commit to."""

import os
import shutil
import subprocess
import time
import tomllib
from pathlib import Path

from hiveui.errors import StorageError

TREE = Path(__file__).with_suffix(".toml")
"""What the repository starts with: texts by path."""
MARK = "hiveui.scratch"
"""The git configuration value that allows rehearsals to write in a repository."""
_AUTHOR = {"user.name": "HiveUI demo", "user.email": "demo@hiveui.invalid"}
_LOCAL = {**_AUTHOR, "core.hooksPath": os.devnull, "commit.gpgsign": "false", MARK: "true"}
TRIES = 20
"""Times that a repository is removed in which something is still written."""
_DATE = "2026-01-01T09:00:00Z"


def make_scratch(folder: Path) -> None:
    """Create the repository, the same commit each time; one that is there already is left as it is.

    Raises StorageError where the folder holds anything else, or cannot be written.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if _is_ours(folder):
                return
            raise StorageError(f"{folder} has something else in it.", "Name an empty folder for the demo.")
        folder.mkdir(parents=True, exist_ok=True)
        _git(folder, "init", "--quiet", "--initial-branch=main", "--template=")
        for key, value in _LOCAL.items():
            _git(folder, "config", "--local", key, value)
        for name, text in tomllib.loads(TREE.read_text("utf-8")).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        _git(folder, "add", "--all")
        _git(folder, "commit", "--quiet", "--message", "A small shop: cart, login and a page")
    except OSError as error:
        raise StorageError(f"The demo's repository cannot be made in {folder}: {error.strerror}.") from error


def remove_scratch(folder: Path) -> None:
    """Remove the repository, with what the last processes of its agents still write there as it goes.

    Raises StorageError where it is not gone after a second.
    """
    for _ in range(TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(1 / TRIES)
    raise StorageError(f"{folder} could not be removed whole.", "Remove it by hand.")


def _is_ours(folder: Path) -> bool:
    """It is a scratch repository of its own, not a folder inside one, and its first commit was made."""
    if not (folder / ".git").exists():
        return False
    try:
        _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
        return _git(folder, "config", "--local", "--bool", MARK).strip() == "true"
    except StorageError:
        return False


def _git(folder: Path, *words: str) -> str:
    """Run git in the folder, blind to the caller's own configuration. Raises StorageError."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_DATE": _DATE,
        "GIT_COMMITTER_DATE": _DATE,
    }
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise StorageError("The demo needs git, which was not found.", "Install git.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise StorageError(f"git {words[0]} failed in {folder}: {said[0]}.") from error
    return done.stdout
