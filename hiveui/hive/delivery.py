"""Text on its way into a pane: what is taken out of it, and the receipt that says so."""

import re
import secrets
from dataclasses import dataclass

from hiveui.errors import UsageError

PASTE_LIMIT = 1 << 20
"""Bytes of one paste."""

_TAKEN_OUT = re.compile("\x1b\\[20[01]~|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a pane was given."""

    sent: int
    """Characters."""
    removed: int
    """Control characters that were taken out, the marks of a bracketed paste among them."""


def cleaned(text: str) -> tuple[str, Receipt]:
    """Make text safe to type: escape, C1 and C0 other than tab and newline go; CRLF and CR become LF.

    Surrogates go too: they are bytes that were no text, or halves of characters.

    Raises UsageError above 1 MiB.
    """
    if len(text.encode("utf-8", "surrogatepass")) > PASTE_LIMIT:
        raise UsageError(
            "The text is larger than 1 MiB and was not sent.", "Save it to a file and name the file to the agent."
        )
    kept, removed = _TAKEN_OUT.subn("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept, Receipt(len(kept), removed)


def buffer_name() -> str:
    """Give a fresh name for a paste buffer."""
    return f"hive-{secrets.token_hex(8)}"
