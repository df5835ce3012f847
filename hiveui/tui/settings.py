"""What a person may choose about the screen."""

from collections.abc import Mapping
from dataclasses import dataclass

from hiveui.tui.colours import depth

DARK, LIGHT = "hive-dark", "hive-light"
DARK_16, LIGHT_16 = "hive-dark-16", "hive-light-16"
"""For terminals of 16 colours: in those that the person has chosen for them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices, with what holds where nothing was chosen."""

    theme: str = DARK
    motion: bool = True
    """False: the spinner stands still."""
    alt_keys: bool = True
    """Alt with a digit goes to an agent from Interact; False leaves alt to the program."""
    back: tuple[str, ...] = ("ctrl+]", "f12")
    """Chords that lead back from Interact; pressed twice they are typed."""


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read `HIVE_THEME` (dark, light), `HIVE_MOTION` (full, reduced), `HIVE_ALT_KEYS` (on, off), `HIVE_BACK`.

    Without `HIVE_THEME`, `COLORFGBG` says whether the terminal is light (rxvt(1): its last field is the
    background, 7 and 15 are white).
    """
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    dark_theme, light_theme = (DARK_16, LIGHT_16) if depth(environ) == 16 else (DARK, LIGHT)
    themes = {"dark": dark_theme, "light": light_theme}
    default = Settings()
    return Settings(
        theme=themes.get(environ.get("HIVE_THEME", ""), light_theme if light else dark_theme),
        motion=environ.get("HIVE_MOTION", "full") != "reduced",
        alt_keys=environ.get("HIVE_ALT_KEYS", "on") != "off",
        back=tuple(environ.get("HIVE_BACK", "").split()) or default.back,
    )
