"""Bytes from the terminal into key presses and pastes; fed in pieces, split anywhere."""

import codecs
import re
from typing import NamedTuple


class Press(NamedTuple):
    """A key by its chord (`enter`, `ctrl+j`, `up`), typed characters as `text`, or a `paste`."""

    name: str
    text: str = ""


PASTE, PASTE_END = b"\x1b[200~", b"\x1b[201~"
"""Bracketed paste (xterm control sequences, "Bracketed Paste Mode")."""

_CHORDS = {
    b"\r": "enter",
    b"\n": "ctrl+j",
    b"\x1b\r": "ctrl+j",
    b"\x1b[13;2u": "ctrl+j",
    b"\x1b[27;2;13~": "ctrl+j",
    b"\x7f": "backspace",
    b"\x08": "backspace",
    b"\t": "tab",
    b"\x01": "home",
    b"\x03": "ctrl+c",
    b"\x04": "ctrl+d",
    b"\x05": "end",
    b"\x15": "ctrl+u",
    b"\x17": "ctrl+w",
    b"\x1b": "escape",
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1b[B": "down",
    b"\x1bOB": "down",
    b"\x1b[C": "right",
    b"\x1bOC": "right",
    b"\x1b[D": "left",
    b"\x1bOD": "left",
    b"\x1b[H": "home",
    b"\x1b[1~": "home",
    b"\x1b[F": "end",
    b"\x1b[4~": "end",
}
_TOKEN = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|\x1b(?=\x1b)|\x1b[^\[O\x1b]|[\x00-\x1a\x1c-\x1f\x7f]|[^\x00-\x1f\x7f]+"
)
"""One whole key or a run of text; matches nothing where more bytes are needed to tell."""


class Keys:
    """A decoder that holds what it cannot tell yet."""

    def __init__(self) -> None:
        self._held = b""
        self._text = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def ambiguous(self) -> bool:
        """An Escape was fed that may be a key or the start of a sequence: `flush` it after a moment."""
        return self._held.startswith(b"\x1b") and not self._held.startswith(PASTE)

    def feed(self, data: bytes) -> list[Press]:
        """Decode what is whole; keys that mean nothing here are dropped."""
        data = self._held + data
        presses: list[Press] = []
        at = 0
        while at < len(data):
            if data.startswith(PASTE, at):
                end = data.find(PASTE_END, at)
                if end < 0:
                    break
                pasted = data[at + len(PASTE) : end].decode("utf-8", "replace")
                presses.append(Press("paste", pasted.replace("\r\n", "\n").replace("\r", "\n")))
                at = end + len(PASTE_END)
                continue
            token = _TOKEN.match(data, at)
            if token is None:
                break
            at = token.end()
            presses += self._press(token[0])
        self._held = data[at:]
        return presses

    def flush(self) -> list[Press]:
        """Take a held Escape for the key itself."""
        held, self._held = self._held, b""
        return [Press("escape"), *self.feed(held[1:])]

    def _press(self, token: bytes) -> list[Press]:
        if token[0] >= 0x20 and token != b"\x7f":
            text = self._text.decode(token)
            return [Press("text", text)] if text else []
        return [Press(_CHORDS[token])] if token in _CHORDS else []
