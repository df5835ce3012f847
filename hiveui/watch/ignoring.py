"""What git ignores: the patterns of a checkout's own files, read and held against paths.

A pattern can come from an agent. So no pattern takes longer than about the product of its length and the path's:
every star takes the first place that fits, which is enough for globs, and is not gone back to. (As pathspec 1.1
writes it, `*a*a*a*a*b` holds the interpreter for 40 s over one name of 255 letters, and each star more for fifty
times as long.) Source: gitignore(5), and `git check-ignore` of git 2.39.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

NAME = ".gitignore"
MAX_BYTES = 1 << 16
"""Of a file of patterns; what follows is not read."""
LONGEST = 1024
"""Letters of a pattern; a longer one is passed over."""
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line."""

    fits: re.Pattern[str]
    """Against the whole path below the file's folder."""
    ignores: bool
    """False for a line that begins with `!`."""
    folders: bool
    """It speaks of folders only."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns that hold in one folder, and those that hold around it."""

    below: str
    """The folder, from the top, with a slash at its end; '' for the top."""
    patterns: tuple[Pattern, ...]
    """The last first: the last that fits decides."""
    outer: "Rules | None" = None

    def ignore(self, path: str, *, folder: bool) -> bool:
        """Tell whether git ignores a path from the top whose folders it does not ignore."""
        rules: Rules | None = self
        while rules is not None:
            inner = path[len(rules.below) :]
            for pattern in rules.patterns:
                if (folder or not pattern.folders) and pattern.fits.fullmatch(inner):
                    return pattern.ignores
            rules = rules.outer
        return False

    def inside(self, folder: str, file: str | Path) -> "Rules":
        """Give the rules of a folder, '' or one below, that may have a file of patterns.

        In a folder that is ignored no file of patterns says anything.
        """
        if self is EVERYTHING:
            return self
        found = tuple(reversed(list(_read(file))))
        return Rules(f"{folder}/" if folder else "", found, self) if found else self


EVERYTHING = Rules("", (Pattern(re.compile("(?s:.*)"), ignores=True, folders=False),))
"""What holds in a folder that is ignored."""


def outermost(top: Path) -> Rules:
    """Give what holds in a whole checkout: the person's own patterns, and those of its repository.

    Links are followed here, as git does; the files within the checkout are read only where they are files.
    """
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111  it never raises
    rules = Rules("", ()).inside("", os.path.realpath(Path(config, "git", "ignore")))
    return rules.inside("", os.path.realpath(_common(top) / "info" / "exclude"))


def _common(top: Path) -> Path:
    """Give the folder that a repository's checkouts share (gitrepository-layout(5), `gitdir:` and `commondir`)."""
    git = Path(os.path.realpath(top / ".git"))
    if not os.path.isfile(git):  # noqa: PTH113  unlike Path's, it is False where it may not be seen
        return git
    led = top / text_of(git).partition("gitdir:")[2].strip()
    return led / (text_of(led / "commondir").strip() or ".")


def _read(file: str | Path) -> Iterator[Pattern]:
    lines = text_of(file).removeprefix("\ufeff").split("\n")
    for line in lines:
        found = pattern(line.removesuffix("\r"))
        if found is not None:
            yield found


def text_of(file: str | Path) -> str:
    """Read a plain file, of which its last whole line is the last; '' for anything else."""
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        data = os.read(opened, MAX_BYTES) if stat.S_ISREG(os.fstat(opened).st_mode) else b""
    except OSError:
        data = b""
    finally:
        os.close(opened)
    return os.fsdecode(data if len(data) < MAX_BYTES else data.rpartition(b"\n")[0])


@lru_cache(4096)
def pattern(line: str) -> Pattern | None:
    """Read one line; None where it says nothing, or nothing that git can read."""
    text = _trimmed(line)
    if not text or len(text) > LONGEST or text.startswith("#"):
        return None
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    folders = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    try:
        segments = _split(text.removeprefix("/"))
        if not text or (len(segments) > 1 and "" in segments):
            return None
        fits = re.compile(_path(segments if anchored else ["**", *segments]), re.DOTALL)
    except (re.error, IndexError, RecursionError, OverflowError):
        return None
    return Pattern(fits, ignores, folders)


def _trimmed(line: str) -> str:
    """Leave the spaces at the end away, but for one that is escaped."""
    text = line.rstrip(" ")
    escaped = (len(text) - len(text.rstrip("\\"))) % 2
    return text + " " if escaped and text != line else text


def _split(text: str) -> list[str]:
    """Split a pattern at its slashes, but for those within `[…]`; raises IndexError where that has no end."""
    segments, start, at = [], 0, 0
    while at < len(text):
        match text[at]:
            case "[":
                at = _bracket(text, at + 1)[1]
            case "\\":
                at += 2
            case "/":
                segments.append(text[start:at])
                start = at = at + 1
            case _:
                at += 1
    return [*segments, text[start:]]


def _path(segments: Sequence[str]) -> str:
    """Write a path of globs as an expression: each run of segments takes the first place after its `**`."""
    runs: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            runs.append([])
        else:
            runs[-1].append(_segment(segment))
    first, *later = runs
    if not later:
        return "/".join(first)
    *middle, last = [run for run in later[:-1] if run] + [later[-1]]
    text = "".join(f"{one}/" for one in first)
    text += "".join(f"(?>(?:[^/]+/)*?{'/'.join(run)}/)" for run in middle)
    return text + ("(?:[^/]+/)*+" + "[^/]+" if not last else f"(?:[^/]+/)*{'/'.join(last)}")


def _segment(glob: str) -> str:
    """Write the glob of one name as an expression."""
    runs, at = [""], 0
    while at < len(glob):
        match glob[at]:
            case "*":
                runs.append("")
                at += 1
            case "?":
                runs[-1] += "[^/]"
                at += 1
            case "[":
                text, at = _bracket(glob, at + 1)
                runs[-1] += text
            case "\\":
                runs[-1] += re.escape(glob[at + 1])
                at += 2
            case letter:
                runs[-1] += re.escape(letter)
                at += 1
    first, *later = runs
    if not later:
        return first
    *middle, last = [run for run in later[:-1] if run] + [later[-1]]
    return first + "".join(f"(?>[^/]*?{run})" for run in middle) + (f"[^/]*{last}" if last else "[^/]*+")


def _bracket(glob: str, at: int) -> tuple[str, int]:
    """Write `[…]`, whose first letter stands at `at`; raises IndexError where it has no end."""
    negated = glob[at] in "!^"
    at += negated
    inside, first = "", True
    while first or glob[at] != "]":
        first = False
        named = re.compile(r"\[:(\w*):\]").match(glob, at)
        if named:
            inside += _CLASSES.get(named[1]) or glob[len(glob)]
            at = named.end()
            continue
        low, at = _letter(glob, at)
        if glob[at] == "-" and glob[at + 1] != "]":
            high, at = _letter(glob, at + 1)
            inside += f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low)
        else:
            inside += re.escape(low)
    return (f"(?!/)[{'^' * negated}{inside}]" if inside else "[^/]" if negated else "(?!)"), at + 1


def _letter(glob: str, at: int) -> tuple[str, int]:
    at += glob[at] == "\\"
    return glob[at], at + 1
