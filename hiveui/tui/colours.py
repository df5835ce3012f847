"""Fewer colours for terminals that have fewer: the nearest of 256, as tmux would choose it, or of 16."""

import re
from collections.abc import Mapping
from functools import lru_cache, partial

TRUE = 1 << 24
_OF_ALL = ("kitty", "alacritty", "foot", "ghostty", "wezterm", "contour", "rio", "iterm")
"""Parts of the names of terminals that have all colours: over SSH `COLORTERM` does not come along."""
_OF_256 = "256"
"""Part of `TERM` that says 256 colours; where it does not stand there, 16 are safe."""
_LEVELS = (0, 95, 135, 175, 215, 255)
"""Of each channel in the cube that 16 to 231 number (xterm, 256colres.pl)."""
_TOO_MANY = {
    256: re.compile(r"\x1b\[[0-9;:]*[345]8[;:]2[;:][0-9;:]*m"),
    16: re.compile(r"\x1b\[[0-9;:]*[345]8[;:][25][;:][0-9;:]*m"),
}
"""SGR with colours that a terminal of so many does not know."""
_BACKGROUND = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_COLOUR = re.compile(r"([345])8(?:[;:]2[;:]{1,2}(\d+)[;:](\d+)[;:](\d+)|[;:]5[;:](\d+))")
_FIRST = {("3", False): 30, ("3", True): 82, ("4", False): 40, ("4", True): 92}
"""The code of colour 0, for ink and paper, so that 8 to 15 count on from it as 90 to 97 and 100 to 107."""


def depth(environ: Mapping[str, str]) -> int:
    """Tell how many colours a terminal has: 1 << 24, 256 or 16.

    tmux takes all, whatever its `TERM` says, and writes what its own terminal has.
    """
    term = environ.get("TERM", "").lower()
    said = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    names = f"{term} {environ.get('LC_TERMINAL', '').lower()}"
    said = said or any(name in names for name in _OF_ALL)
    if said or term.endswith("-direct") or term.startswith("tmux") or environ.get("TMUX"):
        return TRUE
    return 256 if _OF_256 in term else 16


def is_light(reply: bytes) -> bool | None:
    """Tell whether a terminal's answer to OSC 11 says that its background is light; None for any other answer."""
    said = _BACKGROUND.match(reply)
    if said is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in said.groups())
    brightness: float = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return brightness > 0.5


def reduced(data: str, colours: int) -> str:
    """Give terminal text with the colours that a terminal of `colours` has; only its SGR changes."""
    many = _TOO_MANY.get(colours)
    return many.sub(lambda sgr: _sgr(sgr[0], colours), data) if many else data


@lru_cache(maxsize=4096)
def _sgr(sequence: str, colours: int) -> str:
    return _COLOUR.sub(partial(_coded, colours=colours), sequence)


def _coded(colour: re.Match[str], colours: int) -> str:
    ground, red, green, blue, number = colour.groups()
    if colours == 16:
        if ground == "5":
            return "59"
        rgb = (int(red), int(green), int(blue)) if red else _rgb(int(number))
        near = nearest_of_16(*rgb) if red or int(number) > 15 else int(number)
        return str(near + _FIRST[ground, near > 7])
    return f"{ground}8;5;{number or nearest_of_256(int(red), int(green), int(blue))}"


def nearest_of_256(red: int, green: int, blue: int) -> int:
    """Find the nearest of the cube and the greys (tmux, colour_find_rgb)."""
    cube = [0 if value < 48 else 1 if value < 114 else min(5, (value - 35) // 40) for value in (red, green, blue)]
    number = 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
    grey = max(0, min(23, ((red + green + blue) // 3 - 3) // 10))
    at = (red, green, blue)
    return 232 + grey if _far((8 + 10 * grey,) * 3, at) < _far(_rgb(number), at) else number


def nearest_of_16(red: int, green: int, blue: int) -> int:
    """Find the colour of the same hue; people choose the sixteen themselves, so that distances say nothing."""
    high, low = max(red, green, blue), min(red, green, blue)
    if high - low < 48:
        return 0 if high < 64 else 8 if high < 144 else 7 if high < 208 else 15
    hue = sum(bit for value, bit in ((red, 1), (green, 2), (blue, 4)) if 2 * value > high + low)
    return hue + 8 * (high > 191)


def _rgb(number: int) -> tuple[int, int, int]:
    """Give the channels of a colour from 16 on."""
    if number > 231:
        return (8 + 10 * (number - 232),) * 3
    red, green, blue = ((number - 16) // step % 6 for step in (36, 6, 1))
    return _LEVELS[red], _LEVELS[green], _LEVELS[blue]


def _far(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
