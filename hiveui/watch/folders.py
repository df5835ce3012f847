"""The folders of a checkout that are watched, and the names in them: what is there, as far as it was heard of.

Nothing here believes the order of what was heard. A name of which anything was heard is looked at, and told by what is
there now and what was there when it was last looked at. So whatever happens twice, out of turn or in a folder that is
being added comes out right, and what happens after the look is heard again.
"""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hiveui.model.changes import Deed
from hiveui.watch import ignoring
from hiveui.watch.ignoring import EVERYTHING, Rules
from hiveui.watch.source import MOST, Checkout

GIT = ".git"
LARGEST = 500_000
"""Files of a checkout, at most; their names take about 100 MB."""
SELDOM = 10
"""Times as long as a look at everything took, nothing of the like is done again."""
AT_LEAST = 1.0
_PASSED_OVER = {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG, errno.EPERM, errno.ESTALE}
"""A folder that is gone, is none, or that git could not read either."""


class Folder:
    """A folder that is watched."""

    __slots__ = ("files", "folders", "outer", "path", "rules", "watch")

    def __init__(self, path: str, watch: int) -> None:
        self.path = path
        """From the top; '' for the top."""
        self.watch = watch
        self.outer: Rules
        """Those that hold around it."""
        self.rules: Rules
        """Those that hold for the names in it."""
        self.files: set[str] = set()
        """Also those that git ignores."""
        self.folders: set[str] = set()
        """Those that are watched."""

    def below(self, name: str) -> str:
        """Give the path of a name in it."""
        return f"{self.path}/{name}" if self.path else name

    def rules_at(self, top: Path) -> Rules:
        """Read those that hold for the names in it."""
        return self.outer.inside(self.path, top / self.path / ignoring.NAME)


class Folders:
    """The folders of one checkout."""

    def __init__(self, checkout: Checkout, watch: Callable[[str], int], unwatch: Callable[[int], None]) -> None:
        """Take what watches a folder (raises OSError), and what watches it no longer."""
        self._top = checkout.top
        self._ask_tracked = checkout.tracked
        self._tracked: frozenset[str] = frozenset()
        """What git ignores and tracks all the same, with the folders around it."""
        self._watch = watch
        self._unwatch = unwatch
        self._folders: dict[str, Folder] = {}
        self._watched: dict[int, Folder] = {}
        self._changes: dict[str, Deed] = {}
        self._untold = False
        self._quiet = False
        self._count = 0
        """Files that are known."""
        self._stale = False
        self._look_again = 0.0

    def all(self) -> list[Folder]:
        """Give those that are watched now."""
        return list(self._folders.values())

    def at(self, path: str) -> Folder | None:
        """Give the folder that stands at a path."""
        return self._folders.get(path)

    def watched(self, watch: int) -> Folder | None:
        """Give the folder that has a number."""
        return self._watched.get(watch)

    def told(self) -> tuple[dict[str, Deed], bool]:
        """Give what is to be told, once, and whether there is more than that."""
        changes, untold = self._changes, self._untold
        self._changes, self._untold = {}, False
        return changes, untold

    def overflowed(self) -> None:
        """Know that something was not heard."""
        self._stale = self._untold = True

    def patience(self, within: float) -> float:
        """Give the seconds that may be waited, `within` at most, until everything is to be looked at again."""
        return min(within, max(0.0, self._look_again - time.monotonic())) if self._stale else within

    def catch_up(self) -> None:
        """Look at everything again where that is needed, and not too soon after the last time."""
        if self._stale and time.monotonic() >= self._look_again:
            self.look_at_all()

    def look_at_all(self) -> None:
        """Look at everything, and tell only that more is there to be known than is told.

        Raises OSError where the top cannot be watched, or nothing more: EFBIG where it has too many files.
        """
        began = time.monotonic()
        self._stale, self._untold, self._quiet = False, True, True
        try:
            tracked = set(self._ask_tracked(self._top))
            self._tracked = frozenset(tracked.union(*map(_around, tracked)))
            self._enter("", self._watch(str(self._top)), ignoring.outermost(self._top))
            self._look("")
        finally:
            self._quiet = False
        now = time.monotonic()
        self._look_again = now + max(AT_LEAST, SELDOM * (now - began))

    def look_at(self, folder: Folder, name: str) -> None:
        """Look at one name of which something was heard. Raises OSError as `look_at_all` does."""
        if self._folders.get(folder.path) is not folder:
            return
        if name == GIT:
            self._look_apart(folder)
            return
        path = folder.below(name)
        try:
            mode = os.lstat(f"{self._top}/{path}").st_mode
        except OSError:
            mode = 0
        if stat.S_ISDIR(mode):
            self._file(folder, name, there=False)
            if not self._ignores(folder, path, is_folder=True) and self._join(folder, name):
                self._look(path)
            return
        if name in folder.folders:
            self._drop(path)
        self._file(folder, name, there=stat.S_ISREG(mode) or stat.S_ISLNK(mode))
        if name == ignoring.NAME:
            self._stale |= folder.rules_at(self._top) != folder.rules

    def _look_apart(self, folder: Folder) -> None:
        """Pass a folder over that has become a repository of its own."""
        if folder.path and _is_apart(f"{self._top}/{folder.path}"):
            self._quiet = True
            self._drop(folder.path)
            self._quiet = False

    def _file(self, folder: Folder, name: str, *, there: bool) -> None:
        known = name in folder.files
        if there:
            folder.files.add(name)
        elif known:
            folder.files.discard(name)
        else:
            return
        self._count += there - known
        if self._count > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        if not self._quiet:
            self._tell(folder, name, before=known, after=there)

    def _tell(self, folder: Folder, name: str, *, before: bool, after: bool) -> None:
        """Note what a change comes to, together with what is noted of its path and not told yet."""
        path = folder.below(name)
        noted = self._changes.get(path)
        if noted is None and len(self._changes) >= MOST:
            self._untold = True
            return
        if noted is None and self._ignores(folder, path, is_folder=False):
            return
        before = before if noted is None else noted is not Deed.ADDED
        if before or after:
            self._changes[path] = Deed.DELETED if not after else Deed.MODIFIED if before else Deed.ADDED
        else:
            del self._changes[path]

    def _join(self, folder: Folder, name: str) -> bool:
        """Watch a folder in a folder; tells whether it is there, and is no repository of its own."""
        path = folder.below(name)
        if _is_apart(f"{self._top}/{path}"):
            return False
        try:
            watch = self._watch(f"{self._top}/{path}")
        except OSError as error:
            if error.errno not in _PASSED_OVER:
                raise
            self._drop(path)
            return False
        self._enter(path, watch, EVERYTHING if folder.rules.ignore(path, folder=True) else folder.rules)
        folder.folders.add(name)
        return True

    def _ignores(self, folder: Folder, path: str, *, is_folder: bool) -> bool:
        """Tell whether git ignores a path in a folder, and tracks nothing there all the same."""
        return folder.rules.ignore(path, folder=is_folder) and path not in self._tracked

    def _enter(self, path: str, watch: int, outer: Rules) -> None:
        """Know a folder by its number; another one that had that place before is gone."""
        known = self._folders.get(path)
        if known is not None and known.watch != watch:
            self._drop(path)
            known = None
        if known is None:
            known = self._folders[path] = Folder(path, watch)
        known.outer = outer
        known.rules = known.rules_at(self._top)
        self._watched[watch] = known

    def _look(self, path: str) -> None:
        """List a folder that is watched by now, and all below: what comes after is heard."""
        left = [path]
        while left:
            folder = self._folders.get(left.pop())
            if folder is not None:
                left += self._listed(folder)

    def _listed(self, folder: Folder) -> list[str]:
        """Compare a folder with its listing; gives the folders in it that are watched by now."""
        files: set[str] = set()
        folders: list[str] = []
        try:
            with os.scandir(f"{self._top}/{folder.path}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                        files.add(entry.name)
        except OSError:
            return []  # gone meanwhile, which is heard; or it may not be listed
        folders = [
            name for name in folders if name != GIT and not self._ignores(folder, folder.below(name), is_folder=True)
        ]
        for name in folder.folders.difference(folders):
            self._drop(folder.below(name))
        for name in folder.files - files:
            self._file(folder, name, there=False)
        for name in files - folder.files:
            self._file(folder, name, there=True)
        return [folder.below(name) for name in folders if self._join(folder, name)]

    def _drop(self, path: str) -> None:
        """Know nothing any more of a folder and all below; its files are told as deleted."""
        parent, _, name = path.rpartition("/")
        if parent in self._folders:
            self._folders[parent].folders.discard(name)
        left = [path]
        while left:
            folder = self._folders.pop(left.pop(), None)
            if folder is None:
                continue
            if self._watched.get(folder.watch) is folder:
                del self._watched[folder.watch]
                self._unwatch(folder.watch)
            left += [folder.below(name) for name in folder.folders]
            for name in list(folder.files):
                self._file(folder, name, there=False)


def _around(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _is_apart(folder: str) -> bool:
    """Tell whether a folder below the top is another checkout: one with a `.git` of its own, but for submodules.

    Source: gitsubmodules(7): a submodule's `.git` is a file that leads to `modules/` of the repository around it.
    """
    git = f"{folder}/{GIT}"
    return os.path.lexists(git) and "/modules/" not in ignoring.text_of(git)
