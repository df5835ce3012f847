"""What a person chose, on the terminal that they have."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from hiveui.config.settings import Settings
from hiveui.tui.colours import TRUE, depth

__all__ = ["DARK_TRUE", "Settings", "Terminal", "terminal"]


class Terminal(NamedTuple):
    """What the environment says of the terminal."""

    light: bool = False
    colours: int = TRUE
    environ: Mapping[str, str] = MappingProxyType({})
    """All that it says; empty where nothing is to be asked."""


DARK_TRUE = Terminal()


def terminal(environ: Mapping[str, str]) -> Terminal:
    """Read what the environment says.

    `COLORFGBG` tells whether the background is light (rxvt(1): its last field is the background, 7 and 15 are white).
    """
    return Terminal(environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15"), depth(environ), environ)
