"""Text measured in terminal cells: cleaning, wrapping and cutting."""

import re
import unicodedata

from hiveui.model.cells import width as width_of

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")


def clean(text: str) -> str:
    """Take out what a terminal would act on; newlines stay, tabs become spaces."""
    plain = _ESCAPES.sub("", text.replace("\r\n", "\n")).expandtabs(4)
    return "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def cells(text: str) -> int:
    """Count the cells that cleaned text takes."""
    return len(text) if text.isascii() else sum(max(0, width_of(c)) for c in text)


def chop(text: str, width: int) -> list[str]:
    """Split text every `width` cells; at least one line, none wider but a lone character that is."""
    lines, line, used = [], "", 0
    for c in text:
        size = max(0, width_of(c))
        if used + size > width and line:
            lines.append(line)
            line, used = "", 0
        line += c
        used += size
    return [*lines, line]


def wrap(text: str, width: int) -> list[str]:
    """Break text at spaces into lines of at most `width` cells; its own line breaks and indents stay."""
    lines: list[str] = []
    for source in text.split("\n"):
        body = source.lstrip(" ")
        indent = " " * min(len(source) - len(body), max(0, width - 8))
        line = indent
        for word in body.split(" "):
            joined = line + word if line == indent else f"{line} {word}"
            if cells(joined) <= width:
                line = joined
                continue
            if line.strip():
                lines.append(line)
            *full, rest = chop(indent + word, width)
            lines += full
            line = rest
        lines.append(line)
    return lines


def cut(text: str, width: int) -> str:
    """Shorten text to one line of at most `width` cells (1 or more), `…` at its end where something went."""
    if cells(text) <= width:
        return text
    kept = chop(text, width - 1)[0]
    return (kept if cells(kept) < width else "") + "…"
