"""Diffs as git writes them, read, applied and written again (git-diff(1), GENERATING PATCH TEXT WITH -P)."""

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

NOTHING = "/dev/null"
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)", re.DOTALL)
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')


class Status(StrEnum):
    """What became of a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    UNMERGED = "unmerged"
    """A merge left it in conflict, and git compares it with nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. Bytes that are no UTF-8 are as os.fsdecode gives them."""

    mark: str
    """' ' where both sides have it, '-' only the old one, '+' only the new one."""
    text: str
    """Without its newline; a carriage return before that is part of it."""
    bare: bool = False
    """It is the last of its file, and no newline follows."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that changed together, and those around them."""

    old_start: int
    """Number of its first line on the old side, from 1; where it has none there, of the line before it, from 0."""
    old_count: int
    new_start: int
    new_count: int
    heading: str = ""
    """What git found the lines to stand in: a function, a class, a chapter."""
    lines: tuple[Line, ...] = ()

    @property
    def added(self) -> int:
        """Lines that the new side has more."""
        return len(self.lines) - self.old_count

    @property
    def removed(self) -> int:
        """Lines that the old side has more."""
        return len(self.lines) - self.new_count


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What became of one file. Paths are hostile until shown through the sanitiser."""

    path: str
    """Below the top of the checkout; the old one where the file is gone."""
    old_path: str
    """As it was called before; `path` unless it was renamed or copied."""
    status: Status = Status.MODIFIED
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    old_mode: str = ""
    """As git writes it: `100644`, `100755`, `120000` a link, `160000` a submodule; '' where it is not said."""
    new_mode: str = ""
    old_blob: str = ""
    new_blob: str = ""

    @property
    def added(self) -> int:
        """Lines that the new side has more."""
        return sum(hunk.added for hunk in self.hunks)

    @property
    def removed(self) -> int:
        """Lines that the old side has more."""
        return sum(hunk.removed for hunk in self.hunks)


def parse(text: bytes) -> tuple[FileDiff, ...]:
    """Read what `git diff` wrote, with its prefixes `a/` and `b/`. Raises ValueError with the number of the line.

    A combined diff (`diff --cc`) and an unmerged path come out as UNMERGED, without hunks.
    """
    return tuple(_Reader(text.decode("utf-8", "surrogateescape").split("\n")).files())


def apply(hunks: Sequence[Hunk], old: bytes) -> bytes:
    """Give the new side of a file whose old side is `old`. Raises ValueError where a hunk does not fit there."""
    lines = old.decode("utf-8", "surrogateescape").split("\n")
    last = lines.pop()
    standing = [Line(" ", text) for text in lines] + ([Line(" ", last, bare=True)] if last else [])
    made: list[Line] = []
    at = 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        if not at <= start <= len(standing):
            raise ValueError(f"line {hunk.old_start}: a hunk begins outside of the file, or before the last one")
        made += standing[at:start]
        at = start
        for line in hunk.lines:
            if line.mark != "+":
                if standing[at : at + 1] != [replace(line, mark=" ")]:
                    raise ValueError(f"line {at + 1}: the hunk expects another one there")
                at += 1
            if line.mark != "-":
                made.append(line)
    made += standing[at:]
    return "".join(line.text + ("" if line.bare else "\n") for line in made).encode("utf-8", "surrogateescape")


def written(file: FileDiff, hunks: Sequence[Hunk]) -> bytes:
    """Write some hunks of a file as a patch that `git apply` takes; its name and mode stay as they are now."""
    lines = [f"diff --git {quoted('a/' + file.path)} {quoted('b/' + file.path)}"]
    lines += [f"--- {_named('a/' + file.path)}", f"+++ {_named('b/' + file.path)}"]
    for hunk in hunks:
        sides = f"-{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count}"
        lines.append(f"@@ {sides} @@ {hunk.heading}".rstrip(" "))
        for line in hunk.lines:
            lines.append(line.mark + line.text)
            if line.bare:
                lines.append("\\ No newline at end of file")
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def digests(file: FileDiff) -> tuple[str, ...]:
    """Name each hunk of a file by what it does, wherever in the file it stands; equal hunks are numbered.

    A file without hunks (binary, renamed, another mode) has one digest, of what is known of it.
    """
    if not file.hunks:
        said = (file.path, file.old_path, file.status, file.old_mode, file.new_mode, file.old_blob, file.new_blob)
        return (_digest("\0".join(said)),)
    met: Counter[str] = Counter()
    named: list[str] = []
    for hunk in file.hunks:
        body = "\n".join(f"{line.mark}{line.text}{'' if line.bare else '.'}" for line in hunk.lines)
        met[body] += 1
        named.append(_digest(f"{file.path}\0{met[body]}\0{body}"))
    return tuple(named)


def quoted(name: str) -> str:
    """Write a name as git does where it holds what a line may not hold (core.quotePath off)."""
    if not any(character < " " or character in '"\\\x7f' or "\udc80" <= character <= "\udcff" for character in name):
        return name
    signs = {value: sign for sign, value in _ESCAPES.items()}
    body = "".join(
        f"\\{signs[byte]}" if byte in signs else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
        for byte in name.encode("utf-8", "surrogateescape")
    )
    return f'"{body}"'


def unquoted(name: str) -> str:
    """Invert `quoted`, and what git quotes with core.quotePath on; other names stay as they are."""
    found = _QUOTED.fullmatch(name)
    if not found:
        return name
    plain = _ESCAPE.sub(_unescaped, found[1].encode("utf-8", "surrogateescape"))
    return plain.decode("utf-8", "surrogateescape")


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1].decode()
    return bytes([_ESCAPES[sign] if sign in _ESCAPES else int(sign, 8)])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _named(name: str) -> str:
    """Write a name for `---` and `+++`: a tab ends one that has blanks, or what follows would count to it."""
    shown = quoted(name)
    return shown + "\t" if " " in shown and shown == name else shown


_HEADERS = {
    "old mode ": ("old_mode", None),
    "new mode ": ("new_mode", None),
    "deleted file mode ": ("old_mode", Status.DELETED),
    "new file mode ": ("new_mode", Status.ADDED),
    "rename from ": ("old_path", Status.RENAMED),
    "rename to ": ("path", Status.RENAMED),
    "copy from ": ("old_path", Status.COPIED),
    "copy to ": ("path", Status.COPIED),
}
"""The header lines whose rest is a field, and what each says of the file."""
_UNMERGED = "* Unmerged path "
_EDGES = frozenset("@d*")
"""The first characters of what ends a hunk."""
_BEGINS = ("diff --git ", "diff --cc ", "diff --combined ", _UNMERGED)


class _Reader:
    """Reads a diff line by line. Each line of a file has a mark in front: no file can hold what begins a hunk."""

    def __init__(self, lines: list[str]) -> None:
        if lines and not lines[-1]:
            lines.pop()
        self._lines = lines
        self._edges = [at for at, line in enumerate(lines) if line[:1] in _EDGES] + [len(lines)]
        """Where hunks and files begin."""
        self._at = 0

    def files(self) -> Iterator[FileDiff]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.startswith("diff --git "):
                yield self._file(line.removeprefix("diff --git "))
            elif line.startswith(_BEGINS):
                name = unquoted(next(line.removeprefix(begin) for begin in _BEGINS if line.startswith(begin)))
                yield FileDiff(name, name, Status.UNMERGED)

    def _file(self, names: str) -> FileDiff:
        path = _one_name(names)
        file = FileDiff(path, path)
        while self._at < len(self._lines) and not self._lines[self._at].startswith(_BEGINS):
            line = self._lines[self._at]
            if line.startswith("@@ "):
                return replace(file, hunks=tuple(self._hunks()))
            file = _with_header(file, line)
            self._at += 1
        return file

    def _hunks(self) -> Iterator[Hunk]:
        while self._at < len(self._lines) and self._lines[self._at].startswith("@@ "):
            found = _HUNK.fullmatch(self._lines[self._at])
            if not found:
                raise ValueError(f"line {self._at + 1}: no hunk begins so")
            first = self._at + 1
            self._at = self._edges[bisect_left(self._edges, first)]
            old, olds, new, news = (int(found[i] or 1) for i in (1, 2, 3, 4))
            lines = _body(self._lines[first : self._at])
            hunk = Hunk(old, olds, new, news, found[5], lines)
            if (hunk.added, hunk.removed) != (_count(lines, "+"), _count(lines, "-")):
                raise ValueError(f"line {first}: the hunk is not whole")
            yield hunk


def _body(texts: Sequence[str]) -> tuple[Line, ...]:
    """Read the lines of a hunk; a context line that is empty may lack its blank (diff.suppressBlankEmpty)."""
    lines = [Line(text[:1] or " ", text[1:]) for text in texts]
    if any(line.mark == "\\" for line in lines):
        ends = [line.mark == "\\" for line in lines[1:]] + [False]
        lines = [Line(one.mark, one.text, bare) for one, bare in zip(lines, ends, strict=True) if one.mark != "\\"]
    return tuple(lines)


def _count(lines: Sequence[Line], mark: str) -> int:
    return sum(line.mark == mark for line in lines)


def _with_header(file: FileDiff, line: str) -> FileDiff:
    """Give a file with what one line of its header says; lines that are not known say nothing."""
    for begin, (name, status) in _HEADERS.items():
        if line.startswith(begin):
            fresh = replace(file, **{name: unquoted(line.removeprefix(begin))})  # type: ignore[arg-type]
            return replace(fresh, status=status or file.status)
    if line.startswith("index "):
        blobs, _, mode = line.removeprefix("index ").partition(" ")
        old, _, new = blobs.partition("..")
        known = replace(file, old_blob=old, new_blob=new)
        return replace(known, old_mode=mode, new_mode=mode) if mode else known
    if line.startswith(("--- ", "+++ ")):
        name = unquoted(line[4:].removesuffix("\t"))
        if name == NOTHING:
            return file
        return replace(file, **{"old_path" if line.startswith("---") else "path": name[2:]})  # type: ignore[arg-type]
    return replace(file, binary=file.binary or line.startswith(("Binary files ", "GIT binary patch")))


def _one_name(names: str) -> str:
    """Give the name in `a/NAME b/NAME`; where they differ, other headers tell them, and '' may do."""
    if names.startswith('"'):
        found = _QUOTED.match(names)
        return unquoted(found[0])[2:] if found else ""
    half = len(names) // 2
    return names[2:half] if names[2:half] == names[half + 3 :] else ""
