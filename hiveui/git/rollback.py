"""Puts files of a checkout back as a checkpoint has them: each at one stroke, never through a link, never unkept.

What stands in a file now is in a checkpoint of the present before the file is touched; what is in none (an ignored
file, a large one) is not touched. A kill in the middle leaves each file old or new, and the same roll back again ends
it.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git.checkpoints import WITHIN, Site, every, kept_open, picture, take
from hiveui.git.program import git
from hiveui.model.agent import AgentId
from hiveui.model.checkpoint import Checkpoint, Step

AT_ONCE = 32 << 20
"""Bytes of contents that are read from the repository at once; one file may be larger."""
TRIES = 3
"""How often a checkpoint of the present is made while files change beside it."""
NONE = "000000"
LINK, SCRIPT, PLAIN = "120000", "100755", "100644"
_CREATED = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_FILES = frozenset({LINK, SCRIPT, PLAIN})
_UNSEEN = dict.fromkeys([0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
"""What HFS+ does not see in a name (git's protectHFS)."""


class Change(NamedTuple):
    """One path in which the present and a checkpoint differ."""

    path: str
    known: bool
    """What stands there now is in the checkpoint of the present."""
    mode: str
    """Git's, of the entry that is to be; NONE for none."""
    blob: str


def changes(site: Site, now: str, then: str, only: Collection[str] | None = None) -> list[Change]:
    """List in what a tree of the present differs from a checkpoint's, in `only` these paths. Raises GitError."""
    asked = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", now, then)
    words = git(site.top, *asked, apart=site.own, within=WITHIN).checked().split("\0")
    found = [Change(path, *_entry(facts)) for facts, path in zip(words[::2], words[1::2], strict=False)]
    return [one for one in found if only is None or one.path in only]


def _entry(facts: str) -> tuple[bool, str, str]:
    before, mode, _, blob, _ = facts.removeprefix(":").split(" ")
    return before != NONE, mode, blob


def preview(site: Site, one: Checkpoint, only: Collection[str] | None = None) -> list[Step]:
    """Say what a roll back to a checkpoint would do now. Raises GitError."""
    with kept_open(site):
        now, _ = picture(site)
        return [_step(site, change) for change in changes(site, now, one.tree, only)]


def roll_back(
    site: Site, agent: AgentId, one: Checkpoint, told: Checkpoint, only: Collection[str] | None = None
) -> tuple[Checkpoint, list[Step]]:
    """Put files back as a checkpoint has them, of these paths in `only`; first make one of the present, as `told` says.

    Gives the checkpoint of the present, and what was done to each path. Raises GitError, where files change all the
    time and at a full disk: what was put back by then stays so.
    """
    for _ in range(TRIES):
        take(site, agent, told)
        present = every(site.top, agent)[0]
        with kept_open(site):
            wanted = changes(site, present.tree, one.tree, only)
            stamps = {change.path: stamp(site.top, change.path) for change in wanted}
            if picture(site)[0] == present.tree:
                return present, _apply(site, wanted, stamps)
    raise GitError("Its files change all the time.", "Stop the agent, or wait until it is at rest; then roll back.")


def as_patch(
    site: Site, agent: AgentId, one: Checkpoint, told: Checkpoint, only: Collection[str] | None = None
) -> tuple[Checkpoint, list[Step], bytes]:
    """Give what a roll back would do as a patch, for files that stand elsewhere; first make one of the present."""
    take(site, agent, told)
    present = every(site.top, agent)[0]
    steps = [_step(site, change) for change in changes(site, present.tree, one.tree, only)]
    paths = [f":(top,literal){step.path}" for step in steps if step.deed != "keep"]
    asked = ("diff-tree", "-r", "-p", "--no-renames", "--binary", "--full-index", present.tree, one.tree, "--", *paths)
    return present, steps, git(site.top, *asked, apart=site.own, within=WITHIN).data if paths else b""


def _step(site: Site, one: Change) -> Step:
    if any(_guarded(name) for name in one.path.split("/")):
        return Step(one.path, "keep", "it belongs to git")
    if not one.known and stamp(site.top, one.path) is not None and not (site.top / one.path).is_dir():
        return Step(one.path, "keep", "what stands there is in no checkpoint")
    if one.mode == NONE:
        return Step(one.path, "delete")
    return Step(one.path, "write") if one.mode in _FILES else Step(one.path, "keep", "it is a repository of its own")


def _guarded(name: str) -> bool:
    """Tell whether a name is `.git` on any file system, or leads elsewhere."""
    seen = name.translate(_UNSEEN).casefold().rstrip(". ")
    return name in {"", ".", ".."} or seen in {".git", "git~1"} or seen.startswith(".git:")


Stamp = tuple[int, int, int]
"""What changes whenever a file does."""


def stamp(top: Path, path: str) -> Stamp | None:
    """Give the stamp of what stands at a path; None where nothing does."""
    try:
        return _stamped(os.lstat(top / path))
    except (OSError, ValueError):
        return None


def _stamped(found: os.stat_result) -> Stamp:
    return found.st_ctime_ns, found.st_size, found.st_ino


def _apply(site: Site, wanted: Sequence[Change], stamps: Mapping[str, Stamp | None]) -> list[Step]:
    """Put paths back that have the stamps still that they had when they were kept; say what was done to each."""
    done = {one.path: _step(site, one) for one in wanted}
    top = os.open(site.top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for one in wanted:
            if done[one.path].deed == "delete":
                done[one.path] = put(top, one, None, stamps[one.path])
        for one, content in _contents(site, [one for one in wanted if done[one.path].deed == "write"]):
            done[one.path] = put(top, one, content, stamps[one.path])
    finally:
        os.close(top)
    return list(done.values())


def _contents(site: Site, wanted: Sequence[Change]) -> Iterator[tuple[Change, bytes]]:
    """Read what files are to hold, some at a time."""
    asked = "".join(f"{one.blob}\n" for one in wanted).encode()
    sizes = git(site.top, "cat-file", "--batch-check=%(objectsize)", apart=site.own, given=asked).checked().split()
    some: list[Change] = []
    size = 0
    for one, bytes_ in zip(wanted, sizes, strict=True):
        if not bytes_.isdecimal():
            raise GitError(f"{one.path} is not in the repository any more.", "Was it thrown out by git gc?")
        if some and size + int(bytes_) > AT_ONCE:
            yield from _read(site, some)
            some, size = [], 0
        some.append(one)
        size += int(bytes_)
    yield from _read(site, some)


def _read(site: Site, some: Sequence[Change]) -> Iterator[tuple[Change, bytes]]:
    given = "".join(f"{one.blob}\n" for one in some).encode()
    answer = git(site.top, "cat-file", "--batch", apart=site.own, given=given, within=WITHIN)
    answer.checked()
    at = 0
    for one in some:
        end = answer.data.index(b"\n", at)
        size = int(answer.data[at:end].rsplit(b" ", 1)[1])
        yield one, answer.data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def put(top: int, one: Change, content: bytes | None, known: Stamp | None) -> Step:
    """Put a file in its place below a folder that is open, or delete it where there is no content. Raises GitError.

    The step says where it stays, and why: above all where what stands there has another stamp by now.
    """
    *folders, name = one.path.split("/")
    with contextlib.ExitStack() as opened:
        try:
            folder = _entered(opened, top, folders, make=content is not None)
            if folder is None:
                return Step(one.path, "delete")
            why = _obstacle(folder, name, known)
            if why:
                return Step(one.path, "keep", why)
            if content is None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
                _prune(top, folders)
            else:
                _write(folder, name, one.mode, content)
        except (NotADirectoryError, FileExistsError, IsADirectoryError, PermissionError) as error:
            return Step(one.path, "keep", error.strerror or "it is in the way")
        except OSError as error:
            hint = "Free some space on that disk, and do it once more: nothing is lost."
            raise GitError(f"{one.path} was not put back: {error.strerror}.", hint) from error
    return Step(one.path, "delete" if content is None else "write")


def _entered(opened: contextlib.ExitStack, top: int, folders: Sequence[str], *, make: bool) -> int | None:
    """Go into a folder below the top without following any link; None where it is not there. Raises OSError."""
    at = top
    for name in folders:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=at)
        try:
            at = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
        except FileNotFoundError:
            return None
        opened.callback(os.close, at)
    return at


def _obstacle(folder: int, name: str, known: Stamp | None) -> str:
    """Say why what stands at a path may not be touched, or ''."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return ""
    if stat.S_ISDIR(found.st_mode):
        return "a folder with files that are not kept stands there"
    return "" if known == _stamped(found) else "it was changed meanwhile"


def _write(folder: int, name: str, mode: str, content: bytes) -> None:
    """Put a file or link in the place of what stands there, at one stroke."""
    new = f".{secrets.token_hex(8)}.hive"
    try:
        if mode == LINK:
            os.symlink(content, new, dir_fd=folder)
        else:
            file = os.open(new, _CREATED, 0o777 if mode == SCRIPT else 0o666, dir_fd=folder)
            with os.fdopen(file, "wb") as out:
                out.write(content)
        os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new, dir_fd=folder)
        raise


def _prune(top: int, folders: Sequence[str]) -> None:
    """Take away folders that are empty now, from the innermost on."""
    for count in range(len(folders), 0, -1):
        with contextlib.ExitStack() as opened:
            try:
                above = _entered(opened, top, folders[: count - 1], make=False)
                if above is None:
                    return
                os.rmdir(folders[count - 1], dir_fd=above)
            except OSError:
                return
