"""Which branch a folder is on, read from the repository's files: no git process, so nothing of the repository runs.

Agents can put anything where these files are looked for: a pipe that nobody writes to, a path with NUL, a folder
that may not be entered. All of it means that no branch is known.
"""

import os
import stat
from pathlib import Path

MAX_BYTES = 4096


def branch_of(folder: Path) -> str | None:
    """Give the branch that is checked out at or above `folder`; None outside a repository or on a detached head.

    Source: gitrepository-layout(5), HEAD and the `gitdir:` file of worktrees and submodules.
    """
    for place in (folder, *folder.parents):
        entry = place / ".git"
        if os.path.isdir(entry):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
            return _branch(entry / "HEAD")
        if os.path.isfile(entry):  # noqa: PTH113  the same
            said = read_start(entry)
            return (
                _branch(place / said.removeprefix("gitdir:").strip() / "HEAD") if said.startswith("gitdir:") else None
            )
    return None


def top_of(folder: Path) -> tuple[str, str]:
    """Give the top of the checkout that a folder is in, and the folder that git keeps for it; '' twice for none.

    Source: gitrepository-layout(5). `folder` is absolute, with no links in it.
    """
    for place in (folder, *folder.parents):
        entry = place / ".git"
        if os.path.isdir(entry):  # noqa: PTH112  as above
            return str(place), str(entry)
        if os.path.isfile(entry):  # noqa: PTH113  the same
            said = read_start(entry, "surrogateescape")
            kept = os.path.normpath(place / said.removeprefix("gitdir:").strip())
            return (str(place), kept) if said.startswith("gitdir:") else ("", "")
    return "", ""


def _branch(head: Path) -> str | None:
    said = read_start(head).strip()
    return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None


def read_start(path: Path, errors: str = "replace") -> str:
    """Read the start of a plain file; '' for anything else. Opening never waits: a pipe would for its writer."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        data = os.read(file, MAX_BYTES) if stat.S_ISREG(os.fstat(file).st_mode) else b""
    except OSError:
        data = b""
    finally:
        os.close(file)
    return data.decode("utf-8", errors)
