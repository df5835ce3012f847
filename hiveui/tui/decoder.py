"""The input decoder: bytes from the person's terminal in, keys, mouse, pastes and terminal replies out.

Sans-I/O. Speaks legacy encodings, modifyOtherKeys and kitty's CSI u (`inputs.py` reads what is cut out here,
`sequences.py` has the tables). How the bytes are cut into pieces makes no difference; only a lone Escape, and an
Escape with the first byte of what may become a sequence, are a question of time: the caller asks `pending`, waits
`hold` seconds and calls `flush`.
"""

import re
from dataclasses import replace

from hiveui.model.keys import Mods
from hiveui.tui.inputs import (
    CONTROL_INPUTS,
    ESCAPE,
    MAX_CSI,
    MAX_STRING,
    READERS,
    FocusInput,
    Input,
    Inputs,
    KeyInput,
    MouseInput,
    PasteInput,
    ReplyInput,
    alt,
    typed,
)

__all__ = ["Decoder", "FocusInput", "Input", "KeyInput", "MouseInput", "PasteInput", "ReplyInput"]

ESCAPE_HOLD = 0.015
"""Seconds that a lone Escape waits for a sequence to follow."""
MAX_PASTE = 1 << 20
"""Bytes of one paste that are kept."""
PASTE_START = b"\x1b[200~"
PASTE_END = b"\x1b[201~"

_STRING = rb"(?:\][0-9]|P[0-9>!$+]|_G)"
"""How answers begin (OSC, DCS, kitty's APC); anything else after `ESC ]`, `ESC P`, `ESC _` is alt and a key."""
_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")
_UTF8_TAIL = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_SEQUENCE = re.compile(
    rb"""\x1b (?P<meta> \x1b (?=[\[O]) )? (?:
      \[M (?P<x10> [\x20-\xff]{3} )
    | \[\[ (?P<linux> [A-E] )
    | \[ (?P<rxvt> \d{1,2} [$^@] )
    | \[ (?![\[M]) (?P<csi> [\x20-\x3f]* [\x40-\x7e] )
    | O (?P<ss3> (?:(?:1;)?\d{1,2})? [A-Za-z] )
    | (?P<string> """
    + _STRING
    + rb""" [\x20-\x7e\x80-\xff]* (?:\x07|\x1b\\) )
    | (?P<alt> [\x00-\x1a\x1c-\x1f\x7f] | (?![\[O\]P_])[\x20-\x7e]
        | [\xc2-\xdf][\x80-\xbf] | [\xe0-\xef][\x80-\xbf]{2} | [\xf0-\xf4][\x80-\xbf]{3} )
    )""",
    re.VERBOSE,
)
"""A whole sequence. A second Escape in front (`meta`) is how rxvt spells alt."""
_PREFIX = re.compile(
    rb"""\x1b\x1b? (?: \[ (?:[\x20-\x3f]* | M[\x20-\xff]{0,2} | \[) | O (?:(?:1;)?\d{0,2}) )?
    | \x1b (?: [\]P_] | """
    + _STRING
    + rb""" [\x20-\x7e\x80-\xff]* \x1b?
        | [\xc2-\xdf] | [\xe0-\xef][\x80-\xbf]? | [\xf0-\xf4][\x80-\xbf]{0,2} )""",
    re.VERBOSE,
)
"""What may become a sequence when more bytes come."""
_BROKEN = re.compile(
    rb"\x1b (?: \[M[\x20-\xff]{0,2} | \[\[ | \[[\x20-\x3f]+ | " + _STRING + rb"[\x20-\x7e\x80-\xff]* )",
    re.VERBOSE,
)
"""A sequence that is cut short by a byte which cannot stand in it."""
_AMBIGUOUS = re.compile(rb"\x1b{1,2}(?:[\[\]P_]|O[\d;]*)?")
"""What is one key or two if nothing follows in time."""

_KITTY_FLAGS = re.compile(rb"\?(\d{1,3})u")


class Decoder:
    """Turns the bytes of one terminal into inputs."""

    def __init__(self) -> None:
        self.kitty = False
        """Kitty's protocol is on (the terminal answered `CSI ? flags u` with bit 0 set): Escape is never bare."""
        self._held = b""
        self._paste: bytearray | None = None
        self._paste_too_large = False

    @property
    def hold(self) -> float:
        """Seconds to wait before `flush`."""
        return 0.0 if self.kitty else ESCAPE_HOLD

    @property
    def pending(self) -> bool:
        """Something is held that `flush` would decide; other partial sequences wait for their next byte."""
        return _AMBIGUOUS.fullmatch(self._held) is not None

    def feed(self, data: bytes) -> list[Input]:
        """Decode what came; the tail of `data` may be held back."""
        data, self._held = self._held + data, b""
        inputs: list[Input] = []
        at = 0
        while at < len(data):
            if self._paste is not None:
                at = self._collect(self._paste, data, at, inputs)
            elif run := _TEXT.match(data, at):
                at = self._text(data, run, inputs)
            elif data[at] != 0x1B:
                inputs.append(CONTROL_INPUTS[data[at]])
                at += 1
            elif sequence := _SEQUENCE.match(data, at):
                inputs += self._sequence(sequence)
                at = sequence.end()
            elif _PREFIX.fullmatch(data, at):
                self._held = _bounded(data[at:])
                break
            else:
                at = _broken(data, at, inputs)
        return inputs

    def flush(self) -> list[Input]:
        """Decide that nothing follows: a held Escape is the key, `ESC [` is alt+[."""
        if not self.pending:
            return []
        held, self._held = self._held, b""
        rest = held.lstrip(b"\x1b")
        escapes = len(held) - len(rest)
        if not rest:
            return [ESCAPE] * escapes
        return [*[ESCAPE] * (escapes - 1), alt(b"\x1b" + rest[:1]), *map(typed, rest[1:].decode())]

    def _collect(self, paste: bytearray, data: bytes, at: int, inputs: list[Input]) -> int:
        """Move bytes into the paste up to its end; return where decoding goes on."""
        searched = max(0, len(paste) - len(PASTE_END) + 1)
        paste += data[at:]
        end = paste.find(PASTE_END, searched)
        if end < 0:
            if len(paste) >= MAX_PASTE + len(PASTE_END):
                self._paste_too_large = True
                del paste[: -len(PASTE_END) + 1]
            return len(data)
        too_large = self._paste_too_large or end > MAX_PASTE
        text = "" if too_large else paste[:end].decode(errors="replace")
        inputs.append(PasteInput(text, too_large))
        self._paste, self._paste_too_large = None, False
        return len(data) - (len(paste) - end - len(PASTE_END))

    def _text(self, data: bytes, run: re.Match[bytes], inputs: list[Input]) -> int:
        """Decode a run of text; a character that is cut by the end of `data` is held."""
        start, end = run.span()
        if end == len(data) and data[-1] >= 0x80 and (tail := _UTF8_TAIL.search(data, max(start, end - 3))):
            end = tail.start()
            self._held = data[end:]
        inputs += map(typed, data[start:end].decode(errors="surrogateescape"))
        return run.end()

    def _sequence(self, sequence: re.Match[bytes]) -> Inputs:
        """Read a whole sequence."""
        meta = sequence["meta"] is not None
        raw = sequence.group()[meta:]
        kind = sequence.lastgroup or ""
        body = sequence[kind]
        if raw == PASTE_START:
            self._paste = bytearray()
            return (ESCAPE,) if meta else ()
        if kind == "csi" and (flags := _KITTY_FLAGS.fullmatch(body)):
            self.kitty = bool(int(flags[1]) & 1)
        inputs = READERS[kind](raw, body)
        if not meta:
            return inputs
        match inputs:
            case (KeyInput(key),) if not key.mods & Mods.ALT:
                return (KeyInput(replace(key, mods=key.mods | Mods.ALT, raw=sequence.group())),)
        return (ESCAPE, *inputs)


def _bounded(held: bytes) -> bytes:
    """Drop what goes beyond the limits from a sequence whose end has not come."""
    limit = MAX_STRING if held[1:2] in (b"]", b"P", b"_") else MAX_CSI
    limit += held.startswith(b"\x1b\x1b")
    if len(held) <= limit + 1:
        return held
    return held[:limit] + (b"\x1b" if held.endswith(b"\x1b") else b"")


def _broken(data: bytes, at: int, inputs: list[Input]) -> int:
    """Take an Escape that begins no sequence; return where decoding goes on."""
    if cut := _BROKEN.match(data, at):
        limit = MAX_STRING if data[at + 1 : at + 2] != b"[" else MAX_CSI
        inputs.append(ReplyInput(cut.group()[:limit]))
        return cut.end()
    if 0x20 <= data[at + 1] < 0x7F:
        inputs.append(alt(data[at : at + 2]))
        return at + 2
    inputs.append(ESCAPE)
    return at + 1
