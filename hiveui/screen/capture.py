"""From one captured screen to a frame."""

from collections.abc import Sequence

from hiveui.model.rows import Cursor, Frame, Modes
from hiveui.screen.sgr import RowReader

FIELDS = 12


def read_frame(reader: RowReader, lines: Sequence[bytes], shape: int) -> Frame | None:
    """Read a header (`tmux.protocol.CAPTURE_HEADER`) and the rows after it; None where there is no such pane."""
    if not lines:
        return None
    words = lines[0].split()
    if len(words) != FIELDS or not all(word.isdigit() for word in words):
        return None
    height, history, columns, x, y, visible, alternate, click, drag, move, sgr, dead = map(int, words)
    rows = reader.read(tuple(lines[1 : 1 + height]))
    return Frame(
        columns=columns,
        rows=rows,
        cursor=Cursor(min(x, columns - 1), min(y, height - 1), bool(visible) and not dead, shape),
        modes=Modes(bool(alternate), bool(click), bool(drag), bool(move), bool(sgr), bool(dead)),
        history=history,
    )
