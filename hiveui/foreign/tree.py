"""A repository that is only looked at, within bounds, whatever its owner put there.

Links are not followed, nothing but plain files is opened, and folders and bytes are counted. What was passed over is
said in `remarks`, one sentence each.
"""

import errno
import os
import posixpath
import stat
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from hiveui.foreign.data import Data, DataError
from hiveui.model.names import quoted

ENTRIES = 20_000
"""Names in folders that are looked at."""
FILE = 1 << 20
"""Bytes of a file that is read."""
TOTAL = 16 << 20
"""Bytes of all that are read."""
REMARKS = 12
DEEP = 6
"""Folders that `**` leads down."""

OTHERS = frozenset({"node_modules", "vendor", "third_party", "target", "dist", "build", "venv", "__pycache__"})
"""Folders of other people's code, and of what programs made."""


class Tree:
    """One folder and what is below it. Paths are relative, with slashes; '.' is the folder itself."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._remarks: dict[str, None] = {}
        self._entries = ENTRIES
        self._bytes = TOTAL
        self._listed: dict[str, tuple[list[str], set[str]]] = {}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was passed over."""
        said = list(self._remarks)
        more = len(said) - REMARKS
        return (*said[:REMARKS], f"And {more} more of the kind.") if more > 0 else tuple(said)

    def remark(self, sentence: str) -> None:
        """Say what was passed over."""
        self._remarks[sentence] = None

    def has(self, folder: str, name: str) -> bool:
        """Tell whether a folder has a file of that name."""
        return name in self._list(folder)[1]

    def folders(self, folder: str) -> list[str]:
        """List the folders in one, sorted; not hidden ones, links, or other people's code."""
        return [posixpath.normpath(f"{folder}/{name}") for name in self._list(folder)[0]]

    def read(self, folder: str, name: str, parse: Callable[[str], Data]) -> Data:
        """Read a file of a folder; None where it is not there, cannot be read, or is not what its name says."""
        text = self.text(folder, name)
        if text is None:
            return None
        try:
            return parse(text)
        except DataError as error:
            self.remark(f"{_shown(folder, name)} was passed over: {error}.")
            return None

    def text(self, folder: str, name: str) -> str | None:
        """Read the text of a plain file; None where that cannot be."""
        if not self.has(folder, name):
            return None
        try:
            return self._bytes_of(self.root / folder / name).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = "it is no text"
            if isinstance(error, OSError):
                reason = "it is a link" if error.errno == errno.ELOOP else str(error.strerror)
            self.remark(f"{_shown(folder, name)} was passed over: {reason}.")
            return None

    def matching(self, pattern: str) -> list[str]:
        """List the folders that a workspace's glob means, `!` and `..` apart."""
        path = posixpath.normpath(pattern.strip())
        if path.startswith(("/", "~", "../")) or path == ".." or "\0" in path:
            self.remark(f"The pattern {quoted(pattern)} was passed over: it leads out of the repository.")
            return []
        return list(dict.fromkeys(self._matches(".", path.split("/") if path != "." else [], DEEP)))

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder of this tree, reached without links."""
        try:
            full = os.path.normpath(self.root / path)
            return os.path.realpath(full) == full and os.path.isdir(full)  # noqa: PTH112  as bytes may be
        except (OSError, ValueError):
            return False

    def _matches(self, folder: str, parts: list[str], deep: int) -> Iterator[str]:
        if not parts:
            yield folder
            return
        head, *rest = parts
        if head == "**":
            yield from self._matches(folder, rest, deep)
            if deep:
                for child in self.folders(folder):
                    yield from self._matches(child, parts, deep - 1)
        elif any(character in head for character in "*?["):
            for child in self.folders(folder):
                if fnmatchcase(posixpath.basename(child), head):
                    yield from self._matches(child, rest, deep)
        elif self.is_folder(f"{folder}/{head}"):
            yield from self._matches(posixpath.normpath(f"{folder}/{head}"), rest, deep)

    def _list(self, folder: str) -> tuple[list[str], set[str]]:
        """Give the folders and the files of a folder, by name."""
        if folder not in self._listed:
            self._listed[folder] = self._look(folder)
        return self._listed[folder]

    def _look(self, folder: str) -> tuple[list[str], set[str]]:
        folders: list[str] = []
        files: set[str] = set()
        if not self.is_folder(folder):
            return folders, files
        try:
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    self._entries -= 1
                    if self._entries < 0:
                        self.remark(f"Only the first {ENTRIES} files and folders were looked at.")
                        break
                    if not entry.is_dir(follow_symlinks=False):
                        files.add(entry.name)
                    elif not entry.name.startswith(".") and entry.name not in OTHERS:
                        folders.append(entry.name)
        except OSError as error:
            self.remark(f"The folder {quoted(folder)} was passed over: {error.strerror}.")
        return sorted(folders), files

    def _bytes_of(self, path: Path) -> bytes:
        """Read a plain file that is no link. Raises OSError."""
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "it is no plain file")
            if found.st_size > min(FILE, self._bytes):
                raise OSError(errno.EFBIG, "it is too large")
            data = b""
            while len(data) <= FILE and (part := os.read(handle, FILE)):
                data += part
            self._bytes -= len(data)
            return data[:FILE]
        except BlockingIOError:
            raise OSError(errno.EINVAL, "it is no plain file") from None
        finally:
            os.close(handle)


def _shown(folder: str, name: str) -> str:
    return quoted(posixpath.normpath(f"{folder}/{name}"), 80)
