"""Merges that are tried beside a repository: what its checkouts come to now is merged, and nothing is left in it.

Everything is done in a git directory of HiveUI's own that borrows the repository's objects (gitrepository-layout(5),
`objects/info/alternates`): the repository gets no object, no ref and no lock, and nothing of its configuration is read.
"""

import contextlib
import hashlib
import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git import merging
from hiveui.git.apart import fill, index_of
from hiveui.git.program import Answer, converted, git
from hiveui.git.repository import tip

LARGEST = 4 << 20
"""Bytes of a file that is tried with what is not committed of it; of a larger one what is committed counts."""
MOST_NEW = 2000
"""New files of one checkout that are tried with it; where there are more, none: that is what a build has made."""
LOOSE = 27
"""Objects in one of the 256 folders that they lie in from which on there are too many: 6,900 in all (git-gc(1))."""
_NEW = "?"
"""How `git ls-files -t` marks what is not tracked."""
SCAN = 120.0
"""Seconds that a look at the files of a checkout may take."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a merge would come to."""

    tree: str = ""
    """With the marks of conflicts in its files."""
    paths: tuple[str, ...] = ()
    """Those in which it would conflict."""


@dataclass(slots=True)
class Trial:
    """The place where the checkouts of one repository are merged. It asks git, so it is not for the event loop."""

    folder: Path
    """A folder of its own, made when it is needed."""
    common: Path
    _commits: dict[tuple[str, str], str] = field(default_factory=dict)
    _merges: dict[tuple[str, str], Foreseen] = field(default_factory=dict)

    def head(self, top: Path) -> str:
        """Give the commit that is checked out; '' before the first one. Raises GitError."""
        self._begin(top)
        return tip(top)

    def state(self, top: Path) -> str:
        """Give a commit of what stands in a checkout now, uncommitted and new files with it; '' before the first one.

        Raises GitError.
        """
        head = self.head(top)
        if not head:
            return ""
        index = self.folder / f"index-{hashlib.sha256(os.fsencode(top)).hexdigest()[:16]}"
        if not index.exists():
            self._copy_index(top, index, head)
        listed = ("ls-files", "-t", "--modified", "--others", "--exclude-standard", "-z")
        entries = self._git(top, *listed, index=index).checked().split("\0")
        changed = dict.fromkeys(entry[2:] for entry in entries if entry and entry[0] != _NEW)
        new = [entry[2:] for entry in entries if entry.startswith(_NEW)]
        fit = [path for path in (*changed, *(new if len(new) <= MOST_NEW else ())) if _fits(top / path)]
        if fit:
            given = os.fsencode("\0".join(fit) + "\0")
            self._git(top, "update-index", "--add", "--remove", "-z", "--stdin", index=index, given=given).checked()
        tree = self._git(top, "write-tree", index=index).checked().strip()
        if (head, tree) not in self._commits:
            made = self._git(top, "commit-tree", tree, "-p", head, "-m", "as it stands")
            self._commits = {**dict(list(self._commits.items())[-999:]), (head, tree): made.checked().strip()}
        return self._commits[head, tree]

    def merge(self, top: Path, one: str, other: str) -> Foreseen:
        """Tell what two states of checkouts would merge to; kept by the two. Raises GitError."""
        pair = (min(one, other), max(one, other))
        if pair not in self._merges:
            tree, paths, _ = merging.merge_tree(top, *pair, apart=self.folder)
            found = Foreseen(tree, tuple(paths or ()))
            self._merges = {**dict(list(self._merges.items())[-999:]), pair: found}
        return self._merges[pair]

    def text(self, top: Path, commit: str, path: str) -> bytes | None:
        """Give a file as a commit or a tree has it; None where it has none, or one that is too large."""
        name = f"{commit}:{path}"
        size = self._git(top, "cat-file", "-s", name)
        if size.status or not size.out.strip().isdecimal() or int(size.out) > LARGEST:
            return None
        shown = self._git(top, "cat-file", "blob", name)
        return shown.data if shown.status == 0 else None

    def base(self, top: Path, one: str, other: str) -> str:
        """Give the commit that two have in common last; '' where there is none."""
        return self._git(top, "merge-base", one, other).out.strip()

    @property
    def full(self) -> bool:
        """Tell whether so much was tried that it is to be cleared, as `git gc --auto` estimates it: by one of 256."""
        try:
            return len(os.listdir(self.folder / "objects" / "17")) > LOOSE  # noqa: PTH208  a count
        except OSError:
            return False

    def clear(self) -> None:
        """Forget all that was tried; what it gave is of no use any more."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._commits, self._merges = {}, {}

    def _begin(self, top: Path) -> None:
        """Make the git directory where it is not there."""
        if (self.folder / "HEAD").exists():
            return
        objects = str(self.common / "objects")
        if "\n" in objects or objects.startswith('"'):
            raise GitError(f"{self.common} cannot be borrowed from: its name holds a line break or a quote.")
        with converted():
            (self.folder / "objects" / "info").mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects) + b"\n")
            (self.folder / "info").mkdir(exist_ok=True, mode=0o700)
            with contextlib.suppress(OSError):
                (self.folder / "info" / "exclude").write_bytes((self.common / "info" / "exclude").read_bytes())
            fill(self.folder, top)

    def _copy_index(self, top: Path, index: Path, head: str) -> None:
        """Begin with the checkout's own index, which tells at once what of it was not changed."""
        with contextlib.suppress(OSError):
            shutil.copy2(index_of(top), index)  # git looks closer at what changed after its time
        if self._git(top, "ls-files", "--unmerged", "-z", index=index).status or not index.exists():
            index.unlink(missing_ok=True)  # it is split in two files, or was being written
            self._git(top, "read-tree", head, index=index).checked()

    def _git(self, top: Path, *words: str, index: Path | None = None, given: bytes | None = None) -> Answer:
        return git(top, *words, within=SCAN, given=given, index=index, apart=self.folder)


def _fits(path: Path) -> bool:
    """Tell whether a path is gone, a link, or a file that is small enough."""
    try:
        found = path.lstat()
    except OSError:
        return not os.path.lexists(path)
    return stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST)
