"""Which rows of a pane go on in the next one because their line was too long."""

BLOCK = 64
"""Lines that are compared at once: most go on in no other."""


def wrapped(rows: list[bytes], joined: list[bytes]) -> bytearray:
    """Tell by 1 which rows the next one continues, from the same capture as rows and with wrapped lines joined.

    Neither kind of capture says how many blanks end a line (before 3.4 those that were written, from then on all of
    them), so the ends are compared without.
    """
    flags = bytearray(len(rows))
    at = number = 0
    while number < len(joined):
        if rows[at : at + BLOCK] == joined[number : number + BLOCK]:
            at += BLOCK
            number += BLOCK
            continue
        left = joined[number]
        number += 1
        while at < len(rows) and rows[at].rstrip(b" ") != left.rstrip(b" "):
            row = rows[at] if left.startswith(rows[at]) else rows[at].rstrip(b" ")
            flags[at] = 1
            left = left[len(row) :]
            at += 1
        at += 1
    if flags:
        flags[-1] = 0
    return flags


def lines_of(data: bytes) -> list[bytes]:
    """Take a captured file apart into lines."""
    return data.removesuffix(b"\n").split(b"\n")


def first_rows(flags: bytearray) -> list[int]:
    """Give the row that each whole line begins with."""
    return [0, *(at + 1 for at, flag in enumerate(flags[:-1]) if not flag)] if flags else []
