"""Lists every sequence that a full-screen program may not write to a person's terminal."""

import re

FINALS = b"mHfABCDEFGJKXLMPSTdrhlqutcnp@"
MODES = {b"1000", b"1002", b"1003", b"1004", b"1006", b"1015", b"1049", b"2004", b"2026", b"2048", b"25", b"7"}
TITLES = {b"\x1b[22;2t", b"\x1b[23;2t"}
"""Keeps the terminal's title, and gives it back."""
TITLE = re.compile(r"\x1b\]2;([^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*)\x07")
TOKEN = re.compile(
    rb"\x1b\[([<=>?]?)([0-9:;]*)([ -/]*)([@-~])"
    rb"|\x1b\](\d*)[^\x07\x1b]*(?:\x07|\x1b\\)?"
    rb"|\x1b([PX^_])[^\x1b]*(?:\x1b\\)?"
    rb"|\x1b(.)"
    rb"|([\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f])"
    rb"|\xc2([\x80-\x9f])"
    rb"|(\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9])",
    re.DOTALL,
)


def violations(data: bytes) -> list[tuple[str, bytes]]:
    """CSI with known finals, known private modes, a few escapes and titles are allowed; other strings never are."""
    bad = []
    for match in TOKEN.finditer(data):
        private, parameters, _, final, osc, string, escape, c0, c1, bidi = match.groups()
        if match.group() in TITLES or TITLE.fullmatch(match.group().decode(errors="replace")):
            continue
        if final:
            if final not in FINALS or (final in b"nct" and not private):
                bad.append(("csi", match.group()))
            elif private == b"?" and final in b"hl" and not set(parameters.split(b";")) <= MODES:
                bad.append(("mode", match.group()))
        elif osc is not None or string:
            bad.append(("string", match.group()[:60]))
        elif escape and escape not in b"78=>\\()":
            bad.append(("escape", match.group()))
        elif c0 or c1 or bidi:
            bad.append(("control", match.group()))
    return bad
