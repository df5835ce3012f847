"""Git repositories for tests, blind to the machine's own configuration."""

import os
import subprocess
from pathlib import Path

ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
WHO = ("-c", "user.name=a", "-c", "user.email=a@invalid", "-c", "core.hooksPath=/dev/null")


def git(folder: Path, *words: str) -> str:
    """Run git, which is to succeed; give what it prints."""
    done = subprocess.run(["git", *WHO, *words], cwd=folder, env=ENV, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def repository(folder: Path, *files: str) -> Path:
    """Make a repository with one commit of `files`."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    for name in files or ("README",):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"this is {name}\n")
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Commit all that is there; give the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    return git(folder, "rev-parse", "HEAD")
