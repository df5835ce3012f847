"""Globs of paths in the syntax of gitignore(5), as git itself decides them: order, negation and folders count.

One difference is meant: `?` and classes match a character here, where git's match a byte.
"""

import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

Part = TypeVar("Part")
Item = TypeVar("Item")

ANY = "?"
MANY = "*"
_CLASSES = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": " \t",
    "cntrl": "".join(map(chr, (*range(1, 32), 127))),
    "digit": string.digits,
    "graph": "".join(map(chr, range(33, 127))),
    "lower": string.ascii_lowercase,
    "print": "".join(map(chr, range(32, 127))),
    "punct": string.punctuation,
    "space": " \t\n\v\f\r",
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}
KEPT = 10_000
"""Folders that are known to match or not."""
LONGEST_RANGE = 1024
"""Characters of a range that are told apart."""


@dataclass(frozen=True, slots=True)
class Wild:
    """One token of a segment that stands for more than itself."""

    kind: str
    """ANY, MANY, or `[` for a class."""
    chars: frozenset[str] = frozenset()
    negated: bool = False

    def takes(self, char: str) -> bool:
        """Tell whether it stands for a character; MANY does for each."""
        return char != "/" and (self.kind != "[" or (char in self.chars) != self.negated)


Token = str | Wild
"""A character that stands for itself, or a Wild."""
Segment = tuple[Token, ...] | None
"""What stands between two slashes; None for `**`, any number of folders."""


@dataclass(frozen=True)
class Glob:
    """One line."""

    text: str
    segments: tuple[Segment, ...]
    """From the top: one that may begin anywhere begins with None."""
    negated: bool = False
    folders: bool = False
    """It ends in a slash: it matches folders only."""

    def matches(self, path: str) -> bool:
        """Tell whether it matches a path itself, whatever that is: a file, a folder."""
        return _fits(self._names, path.split("/"), None, lambda name, part: name is not None and name(part))

    @cached_property
    def _names(self) -> tuple[Callable[[str], bool] | None, ...]:
        """What takes each name of a path; None takes any number of them."""
        below = () if self.segments[-1] is not None else (_named((Wild(MANY),)),)
        *first, last = self.segments
        named = [None if segment is None else _named(segment) for segment in first]
        return (*named, *below, None) if last is None else (*named, _named(last))


def _named(segment: tuple[Token, ...]) -> Callable[[str], bool]:
    """Give what tells whether a segment matches a name."""
    if all(isinstance(token, str) for token in segment):
        plain = "".join(map(str, segment))
        return lambda name: name == plain
    if segment == (Wild(MANY),):
        return lambda _: True
    return lambda name: _fits(segment, name, Wild(MANY), _takes)


def _takes(token: Token, char: str) -> bool:
    return token == char if isinstance(token, str) else token.takes(char)


def _fits(pattern: Sequence[Part], items: Sequence[Item], many: Part, takes: Callable[[Part, Item], bool]) -> bool:
    """Tell whether a pattern takes all items one by one, where `many` takes any number: in no more than n * m steps."""
    at = item = 0
    star, mark = -1, 0
    while item < len(items):
        if at < len(pattern) and pattern[at] == many:
            star, mark, at = at, item, at + 1
        elif at < len(pattern) and takes(pattern[at], items[item]):
            at, item = at + 1, item + 1
        elif star >= 0:
            mark += 1
            at, item = star + 1, mark
        else:
            return False
    return all(part == many for part in pattern[at:])


def read_glob(line: str) -> Glob | None:
    """Read a line; None for one that says nothing: empty, a comment, a class that is not closed."""
    text = re.sub(r"(?<!\\) +$", "", line)
    negated = text.startswith("!")
    body = text[1:] if negated else text
    if not body or text.startswith("#"):
        return None
    folders = body.endswith("/") and body != "/"
    body = body.removesuffix("/")
    rooted = "/" in body
    words = body.removeprefix("/").split("/")
    if not rooted and words == ["**"]:
        words = ["*"]
    segments: list[Segment] = [] if rooted else [None]
    for word in words:
        found = None if word == "**" and (rooted or folders) else _tokens(word)
        if word != "**" and found is None:
            return None
        segments.append(found)
    return Glob(line, tuple(segments), negated, folders)


def _tokens(word: str) -> Segment:
    """Read what stands between two slashes; None where a class is not closed."""
    found: list[Token] = []
    at = 0
    while at < len(word):
        char = word[at]
        at += 1
        if char == "\\":
            if at == len(word):
                return None
            found.append(word[at])
            at += 1
        elif char == "[":
            wild, at = _class(word, at)
            if wild is None:
                return None
            found.append(wild)
        elif char == MANY:
            if found[-1:] != [Wild(MANY)]:
                found.append(Wild(MANY))
        else:
            found.append(Wild(ANY) if char == ANY else char)
    return tuple(found)


def _class(word: str, at: int) -> tuple[Wild | None, int]:
    """Read a class behind its bracket; None where it is not closed, or takes nothing."""
    negated = word[at : at + 1] in {"!", "^"}
    at += negated
    chars: set[str] = set()
    first = True
    while at < len(word) and (first or word[at] != "]"):
        first = False
        named = re.match(r"\[:([a-z]+):\]", word[at:])
        if named:
            if named[1] not in _CLASSES:
                return None, at
            chars.update(_CLASSES[named[1]])
            at += named.end()
            continue
        low, at = _member(word, at)
        high = low
        if word[at : at + 1] == "-" and word[at + 1 : at + 2] not in {"", "]"}:
            high, at = _member(word, at + 1)
        chars.update(map(chr, range(ord(low), min(ord(high), ord(low) + LONGEST_RANGE) + 1)) if low else "")
    if at >= len(word):
        return None, at
    known = Wild("[", frozenset(chars), negated) if negated or chars - {"/"} else None
    return known, at + 1


def _member(word: str, at: int) -> tuple[str, int]:
    if word[at] == "\\" and at + 1 < len(word):
        at += 1
    return word[at], at + 1


def expression(segments: Sequence[Segment]) -> str:
    """Write segments as a regular expression for a whole path, in words that POSIX's extended ones know too."""
    parts: list[str] = []
    for i, segment in enumerate(segments):
        last = i == len(segments) - 1
        if segment is None:
            parts.append(".+" if last else "(.+/)?")
        else:
            parts.append("".join(map(_escaped, segment)) + ("" if last else "/"))
    return f"^{''.join(parts)}$"


def _escaped(token: Token) -> str:
    if isinstance(token, str):
        return re.sub(r"([][.*+?(){}|$^\\])", r"\\\1", token)
    if token.kind != "[":
        return "[^/]" if token.kind == ANY else "[^/]*"
    chars = "".join(sorted(token.chars | {"/"} if token.negated else token.chars - {"/"}))
    escaped = re.sub(r"([]\[^\\-])", r"\\\1", chars)
    return f"[{'^' if token.negated else ''}{escaped}]"


def _begins(glob: Glob, names: Sequence[str]) -> bool:
    """Tell whether what a glob matches may stand below a folder, or the folder is such."""
    for segment, name in zip(glob.segments, names, strict=False):
        if segment is None:
            return True
        if not _named(segment)(name):
            return False
    return True


class Globs:
    """Lines of globs that decide together: the last that matches counts, and what is in a folder goes with it."""

    def __init__(self, lines: Iterable[str], *, fold: bool = False) -> None:
        """`fold`: the file system takes A and a for the same."""
        self.lines = tuple(lines)
        self._fold = fold
        read = (read_glob(line.casefold() if fold else line) for line in self.lines)
        self.globs = tuple(glob for glob in read if glob is not None)
        self._folders: dict[str, bool] = {}

    def covers(self, path: str, *, folder: bool = False) -> bool:
        """Tell whether they match a path below the top, or a folder that it is in."""
        path = path.casefold() if self._fold else path
        at = path.find("/")
        while at != -1:
            if self._folder(path[:at]):
                return True
            at = path.find("/", at + 1)
        return self._matches(path, folder=folder)

    def _folder(self, path: str) -> bool:
        known = self._folders.get(path)
        if known is None:
            if len(self._folders) >= KEPT:
                self._folders.clear()
            known = self._folders[path] = self._matches(path, folder=True)
        return known

    def reach_into(self, folder: str) -> bool:
        """Tell whether one that is not negated may match something below a folder."""
        names = (folder.casefold() if self._fold else folder).split("/")
        return any(_begins(glob, names) for glob in self.globs if not glob.negated)

    def _matches(self, path: str, *, folder: bool) -> bool:
        for glob in reversed(self.globs):
            if (folder or not glob.folders) and glob.matches(path):
                return not glob.negated
        return False


@lru_cache(256)
def read_globs(lines: tuple[str, ...], *, fold: bool = False) -> Globs:
    """Read globs, once for all the paths that they are asked about."""
    return Globs(lines, fold=fold)
