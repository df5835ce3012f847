"""What terminals are told by whoever did not set them."""

RESTORE = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"
    b"\x1b[<u\x1b[?7h\x1b[0 q\x1b[0m\x1b[?1049l\x1b[?25h\x1b[23;2t"
)
"""Undoes all that the screen sets (xterm, "Private Modes"; kitty, "Keyboard protocol")."""
