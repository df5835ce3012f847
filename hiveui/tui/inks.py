"""The colours of changed lines and of code, made from a palette: quiet tints that its own words can be read on."""

from collections.abc import Mapping
from typing import NamedTuple

from hiveui.config.palette import Palette


class _Code(NamedTuple):
    """Colours of code, and of what was taken away."""

    keyword: str
    string: str
    number: str
    function: str
    type: str
    removed: str


_DARK = _Code("#bb9af7", "#9ece6a", "#ff9e64", "#7aa2f7", "#7dcfff", "#f7768e")
_LIGHT = _Code("#6f2f9f", "#33610f", "#8a4b00", "#1f4fa8", "#0a5c70", "#b3261e")
_DARK_16 = _Code("ansi_bright_magenta", "ansi_green", "ansi_yellow", "ansi_bright_blue", "ansi_cyan", "ansi_bright_red")
_LIGHT_16 = _Code("ansi_magenta", "ansi_green", "ansi_red", "ansi_blue", "ansi_cyan", "ansi_red")
_LINE, _WORD = 0.13, 0.34
"""How much of its colour is mixed into the background behind a changed line, and behind a changed word."""


def variables(palette: Palette) -> Mapping[str, str]:
    """Give the variables of `app.tcss` for changed lines and for code.

    Where the colours are the terminal's own they cannot be mixed: changed words are underlined there.
    """
    mixed = palette.background.startswith("#")
    code = (_DARK if palette.dark else _LIGHT) if mixed else (_DARK_16 if palette.dark else _LIGHT_16)
    inks = {f"code-{name}": colour for name, colour in code._asdict().items() if name != "removed"}
    for name, colour in (("added", palette.done), ("removed", code.removed)):
        inks[name] = colour
        inks[f"{name}-line"] = _mix(palette.background, colour, _LINE) if mixed else "ansi_default"
        inks[f"{name}-word"] = _mix(palette.background, colour, _WORD) if mixed else "ansi_default"
    inks["changed-word"] = "bold" if mixed else "bold underline"
    return inks


def _mix(paper: str, ink: str, part: float) -> str:
    """Mix two colours `#rrggbb`: so much of the ink."""
    pairs = ((int(paper[i : i + 2], 16), int(ink[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * part):02x}" for low, high in pairs)
