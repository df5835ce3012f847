"""Globs of paths in the syntax of gitignore(5), as git itself decides them: order, negation and folders count.

A glob can come from an agent. So none takes longer than about the product of its length and the path's: every star
takes the first place that fits, which is enough for globs, and is not gone back to. (As pathspec 1.1 writes it,
`*a*a*a*a*b` holds the interpreter for 40 s over one name of 255 letters, and each star more for fifty times as long.)
One difference is meant: `?` and classes match a character here, where git's match a byte.
Source: gitignore(5), and wildmatch.c of git 2.39.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

Part = TypeVar("Part")

ANY = "?"
MANY = "*"
_CLASSES = {
    "alnum": (("a", "z"), ("A", "Z"), ("0", "9")),
    "alpha": (("a", "z"), ("A", "Z")),
    "blank": ((" ", " "), ("\t", "\t")),
    "cntrl": (("\x01", "\x1f"), ("\x7f", "\x7f")),
    "digit": (("0", "9"),),
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": (("A", "Z"),),
    "xdigit": (("0", "9"), ("a", "f"), ("A", "F")),
}
_MEMBER = r"\[:([^]]*):\]|(\\.|[^\\])(?:-(\\.|[^]\\]))?"
"""What may stand in a class: a named one, a character, a range."""
_TOKEN = re.compile(
    r"(?P<slash>\\?/)|\\(?P<escaped>.)|(?P<stars>\*+)|(?P<any>\?)|(?P<plain>[^\\[])"
    rf"|\[(?P<negated>[!^]?)(?P<members>(?>{_MEMBER})(?>(?!\])(?:{_MEMBER}))*+)\]",
    re.DOTALL,
)
KEPT = 10_000
"""Folders that are known to match or not."""
LONGEST_RANGE = 1024
"""Characters of a range that are told apart where each has to be written."""


@dataclass(frozen=True, slots=True)
class Wild:
    """One token of a segment that stands for more than itself."""

    kind: str
    """ANY, MANY, or `[` for a class."""
    spans: tuple[tuple[str, str], ...] = ()
    """Of a class: from which character to which."""
    negated: bool = False

    def takes(self, char: str) -> bool:
        """Tell whether it stands for a character; MANY does for each."""
        return char != "/" and (self.kind != "[" or any(a <= char <= b for a, b in self.spans) != self.negated)


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

    @cached_property
    def fits(self) -> re.Pattern[str]:
        """What a path itself matches as a whole, whatever it is: a file, a folder."""
        first, *later = _runs(self.segments, None)
        ahead = "".join(f"{_name(segment)}/" for segment in first if segment is not None)
        if not later:
            return re.compile(ahead.removesuffix("/"), re.DOTALL)
        runs = ["/".join(_name(segment) for segment in run if segment is not None) for run in later]
        inner = [f"{run}/" for run in runs[:-1] if run]
        return re.compile(_lazily(ahead, "(?:[^/]+/)", [*inner, runs[-1] or "[^/]+"]), re.DOTALL)


def _name(segment: Sequence[Token]) -> str:
    """Write a segment as an expression for a name."""
    first, *later = ("".join(map(_letter, run)) for run in _runs(segment, Wild(MANY)))
    return _lazily(first, "[^/]", [*filter(None, later[:-1]), later[-1]]) if later else first


def _letter(token: Token) -> str:
    if isinstance(token, str):
        return re.escape(token)
    if token.kind == ANY:
        return "[^/]"
    spans = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in token.spans)
    return f"(?!/)[{'^' * token.negated}{spans}]"


def _runs(parts: Sequence[Part], many: Part) -> list[list[Part]]:
    """Split at each `many`."""
    found: list[list[Part]] = [[]]
    for part in parts:
        if part == many:
            found.append([])
        else:
            found[-1].append(part)
    return found


def _lazily(first: str, passed: str, later: Sequence[str]) -> str:
    """Write an expression in which any number of `passed` stands before each of `later`: the first place is taken."""
    return first + "".join(f"(?>{passed}*?{run})" for run in later[:-1]) + f"{passed}*{later[-1]}"


@lru_cache(4096)
def read_glob(line: str) -> Glob | None:
    """Read a line; None for one that says nothing: empty, a comment, a class that is not closed or takes nothing."""
    plain = line.rstrip(" ")
    escaped = (len(plain) - len(plain.rstrip("\\"))) % 2
    text = line[: len(plain) + escaped]
    negated = text.startswith("!")
    body = text[1:] if negated else text
    folders = body.endswith("/")
    body = body.removesuffix("/")
    rooted = "/" in body
    segments = _segments(body.removeprefix("/"))
    if text.startswith("#") or segments is None or () in segments:
        return None
    return Glob(line, segments if rooted else (None, *segments), negated, folders)


def _segments(text: str) -> tuple[Segment, ...] | None:
    """Read what stands between slashes; None where nothing can match it."""
    words: list[list[re.Match[str]]] = [[]]
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        at = found.end()
        if found["slash"]:
            words.append([])
        else:
            words[-1].append(found)
    segments: list[Segment] = []
    for word in words:
        tokens = tuple(token for found in word if (token := _token(found)) is not None)
        if len(tokens) < len(word):
            return None
        segments.append(None if [len(found["stars"] or "") > 1 for found in word] == [True] else tokens)
    return tuple(segments)


def _token(found: re.Match[str]) -> Token | None:
    """Give what was read; None for a class that takes nothing."""
    if found["members"] is None:
        return Wild(MANY) if found["stars"] else Wild(ANY) if found["any"] else found["escaped"] or found["plain"]
    spans: list[tuple[str, str]] = []
    for named, low, high in re.findall(_MEMBER, found["members"], re.DOTALL):
        if low:
            spans.append((low[-1], max(low[-1], high[-1:])))
        elif named in _CLASSES:
            spans += _CLASSES[named]
        else:
            return None
    negated = bool(found["negated"])
    return Wild("[", tuple(spans), negated) if negated or set(spans) != {("/", "/")} else None


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
    spans = [range(ord(low), min(ord(high), ord(low) + LONGEST_RANGE) + 1) for low, high in token.spans]
    known = {chr(number) for span in spans for number in span}
    chars = "".join(sorted(known | {"/"} if token.negated else known - {"/"}))
    escaped = re.sub(r"([]\[^\\-])", r"\\\1", chars)
    return f"[{'^' if token.negated else ''}{escaped}]"


def _begins(glob: Glob, names: Sequence[str]) -> bool:
    """Tell whether what a glob matches may stand below a folder, or the folder is such."""
    for segment, name in zip(glob.segments, names, strict=False):
        if segment is None:
            return True
        if not re.fullmatch(_name(segment), name, re.DOTALL):
            return False
    return True


def decide(globs: Iterable[Glob], path: str, *, folder: bool) -> bool | None:
    """Tell whether lines match a path, by the first of them that says anything, so give the last first; None: none."""
    for glob in globs:
        if (folder or not glob.folders) and glob.fits.fullmatch(path):
            return not glob.negated
    return None


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
        return decide(reversed(self.globs), path, folder=folder) is True


@lru_cache(256)
def read_globs(lines: tuple[str, ...], *, fold: bool = False) -> Globs:
    """Read globs, once for all the paths that they are asked about."""
    return Globs(lines, fold=fold)
