"""The parts of an agent's screen: what was said since the last prompt, where one types, what stands under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiveui.agents.patterns import EDGE, Pattern, Text

MAX_ROWS = 300
MAX_COLUMNS = 600
TAIL = 4
"""Rows with text just above the place where one types: where a program says how the turn goes, or went."""
ABOVE = 4
"""Rows above the prompt in which its upper edge is looked for."""
DRAFT = 12
"""Rows with text between the prompt and its lower edge at most."""
END = 14
"""Rows with text at the bottom of a screen on which one cannot type."""
LAST = 2
"""Rows of those that are its last: a hint may be wrapped."""
ECHO = 2
"""The column in which an echo begins at most; what a reply quotes stands further right."""
_FRAMES = " \t\xa0│┃║┆┊"
_BARS = _FRAMES + "█"
"""What stands at the right of a row: a frame, or a scroll bar."""
_DROPPED = str.maketrans("", "", "\ufe0e\ufe0f\u200b")


def plain(row: str) -> str:
    """Give one row without frames, scroll bars and runs of blanks; one at the screen's left edge begins with EDGE."""
    bare = row[:MAX_COLUMNS].translate(_DROPPED)
    text = " ".join(bare.lstrip(_FRAMES).rstrip(_BARS).split())
    return EDGE + text if text and bare[0] not in _FRAMES else text


@dataclass(frozen=True, slots=True)
class Marks:
    """How one kind of program draws its screen."""

    prompt: tuple[Pattern, ...] = ()
    """Rows in which one types."""
    unless: tuple[Pattern, ...] = ()
    """Rows that look like it, and are none: a choice of a dialog."""
    above: Pattern | None = None
    """Stands at most `ABOVE` rows above the prompt; None where nothing does."""
    below: Pattern | None = None
    """Stands under it; None where nothing does."""
    echo: tuple[Pattern, ...] = ()
    """Rows that begin what a person said before."""
    footer: int = 4
    """Rows with text that stand under the composer at most."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen in parts. Rows are plain; columns say where the text of each begins."""

    rows: tuple[str, ...]
    columns: tuple[int, ...]
    composer: tuple[int, int] | None
    """The first row of the place where one types, and the one after its last; None where one cannot type."""
    echoes: tuple[int, ...]
    """The rows that begin what a person said before."""
    texts: Mapping[str, Text]
    """Each part by its name: `screen turn tail composer footer end last`; those that are not there are empty."""


def screen_of(rows: Sequence[str], marks: Marks) -> Screen:
    """Take a screen apart: rows of text as tmux gives them, from the top."""
    rows = rows[-MAX_ROWS:]
    lines = [plain(row) for row in rows]
    while lines and not lines[-1]:
        lines.pop()
    columns = tuple(len(row) - len(row.lstrip(_FRAMES)) for row in rows[: len(lines)])
    composer = _composer(lines, marks)
    above = composer[0] if composer else len(lines)
    if composer and marks.above:
        above = next((i for i in range(above - 1, -1, -1) if _fits(marks.above, lines[i])), above)
    near = (i for i in range(above) if lines[i] and columns[i] <= ECHO)
    echoes = tuple(i for i in near if _any(marks.echo, lines[i]))
    texts = {"screen": Text.of(lines)}
    if composer:
        turn = lines[echoes[-1] + 1 if echoes else 0 : above]
        texts["turn"] = Text.of(turn)
        texts["tail"] = Text.of([row for row in turn if row][-TAIL:])
        texts["composer"] = Text.of(lines[composer[0] : composer[1]])
        texts["footer"] = Text.of(lines[composer[1] :])
    else:
        said = [row for row in lines if row]
        texts |= {"end": Text.of(said[-END:]), "last": Text.of(said[-LAST:])}
    return Screen(tuple(lines), columns, composer, echoes, texts)


def _fits(pattern: Pattern, row: str) -> bool:
    return pattern.regex.search(row) is not None if pattern.by_row else pattern.regex.match(row) is not None


def _any(patterns: Sequence[Pattern], row: str) -> bool:
    return any(_fits(pattern, row) for pattern in patterns)


def _composer(lines: Sequence[str], marks: Marks) -> tuple[int, int] | None:
    """Find the lowest place where one types that has at most a footer under it."""
    under = 0
    for i in range(len(lines) - 1, -1, -1):
        if lines[i] and _any(marks.prompt, lines[i]) and not _any(marks.unless, lines[i]):
            found = _whole(lines, i, marks)
            if found is not None:
                return found
        under += bool(lines[i])
        if under > marks.footer + (DRAFT if marks.below else 0):
            return None
    return None


def _whole(lines: Sequence[str], prompt: int, marks: Marks) -> tuple[int, int] | None:
    if marks.above and not any(_fits(marks.above, row) for row in lines[max(0, prompt - ABOVE) : prompt]):
        return None
    end = prompt + 1
    if marks.below:
        end = next((i for i in range(prompt + 1, len(lines)) if _fits(marks.below, lines[i])), -1)
        if end < 0:
            return None
    return (prompt, end) if sum(map(bool, lines[end:])) <= marks.footer + bool(marks.below) else None
