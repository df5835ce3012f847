"""Which branch a folder is on, read from the repository's files: no git process, so nothing of the repository runs."""

from pathlib import Path

MAX_BYTES = 4096


def branch_of(folder: Path) -> str | None:
    """Give the branch that is checked out at or above `folder`; None outside a repository or on a detached head.

    Source: gitrepository-layout(5), HEAD and the `gitdir:` file of worktrees and submodules.
    """
    for place in (folder, *folder.parents):
        entry = place / ".git"
        if entry.is_dir():
            return _branch(entry / "HEAD")
        if entry.is_file():
            said = _read(entry)
            return (
                _branch(place / said.removeprefix("gitdir:").strip() / "HEAD") if said.startswith("gitdir:") else None
            )
    return None


def _branch(head: Path) -> str | None:
    said = _read(head).strip()
    return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
