"""Themes as data: a colour for each thing on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme: `#rrggbb`, or `ansi_…` for one of the terminal's own sixteen."""

    dark: bool
    """It is for terminals with a dark background."""
    background: str
    """What contrast is measured against; the terminal's own background shows through."""
    text: str
    quiet: str
    """What need not be read."""
    strong: str
    """Names, keys, headings."""
    line: str
    """Bars between panes."""
    title: str
    """Behind the title of a pane."""
    title_lit: str
    """Behind the title of the pane with the focus, and behind questions."""
    lit: str
    """Words on a lit title."""
    card: str
    """Behind what lies over the panes."""
    accent: str
    """The bars of the pane with the focus."""
    working: str
    done: str
    warning: str
    attention: str
    """What needs a person."""
    typing: str
    """Behind the mark of Interact, and the bars of the pane that is typed into."""
    on_typing: str
    """Words on that mark."""
    selected: str
    """Behind what is selected."""


_DARK = Palette(
    dark=True,
    background="#16161e",
    text="#a9b1d6",
    quiet="#737994",
    strong="#c8d0f0",
    line="#3b4261",
    title="#1c1f2e",
    title_lit="#2c3657",
    lit="#ffffff",
    card="#1c1f2e",
    accent="#7aa2f7",
    working="#7aa2f7",
    done="#9ece6a",
    warning="#e0af68",
    attention="#ffb454",
    typing="#9ece6a",
    on_typing="#10140b",
    selected="#33467c",
)
_LIGHT = Palette(
    dark=False,
    background="#ffffff",
    text="#3a4250",
    quiet="#717b8c",
    strong="#1c2330",
    line="#c2c9d6",
    title="#eceff4",
    title_lit="#d6e2fa",
    lit="#0b1a3a",
    card="#eceff4",
    accent="#2e5cb8",
    working="#2e5cb8",
    done="#1f6a1f",
    warning="#7a5000",
    attention="#9c4100",
    typing="#1f6a1f",
    on_typing="#ffffff",
    selected="#b6cdf5",
)
_CONTRAST = Palette(
    dark=True,
    background="#000000",
    text="#ffffff",
    quiet="#c8c8c8",
    strong="#ffffff",
    line="#9a9a9a",
    title="#1a1a1a",
    title_lit="#003a8c",
    lit="#ffffff",
    card="#101010",
    accent="#6cb6ff",
    working="#9fd0ff",
    done="#7dff7d",
    warning="#ffe066",
    attention="#ffd000",
    typing="#7dff7d",
    on_typing="#000000",
    selected="#004f9e",
)
_CONTRAST_LIGHT = Palette(
    dark=False,
    background="#ffffff",
    text="#000000",
    quiet="#404040",
    strong="#000000",
    line="#5a5a5a",
    title="#f0f0f0",
    title_lit="#ffe98a",
    lit="#000000",
    card="#f4f4f4",
    accent="#0033aa",
    working="#0033aa",
    done="#004d00",
    warning="#5c3a00",
    attention="#900000",
    typing="#004d00",
    on_typing="#ffffff",
    selected="#ffd766",
)
_TERMINAL = Palette(
    dark=True,
    background="ansi_default",
    text="ansi_white",
    quiet="ansi_bright_black",
    strong="ansi_bright_white",
    line="ansi_bright_black",
    title="ansi_black",
    title_lit="ansi_blue",
    lit="ansi_bright_white",
    card="ansi_black",
    accent="ansi_bright_blue",
    working="ansi_bright_cyan",
    done="ansi_bright_green",
    warning="ansi_yellow",
    attention="ansi_bright_yellow",
    typing="ansi_green",
    on_typing="ansi_black",
    selected="ansi_blue",
)
_TERMINAL_LIGHT = Palette(
    dark=False,
    background="ansi_default",
    text="ansi_black",
    quiet="ansi_bright_black",
    strong="ansi_black",
    line="ansi_bright_black",
    title="ansi_default",
    title_lit="ansi_white",
    lit="ansi_black",
    card="ansi_white",
    accent="ansi_blue",
    working="ansi_blue",
    done="ansi_green",
    warning="ansi_magenta",
    attention="ansi_red",
    typing="ansi_green",
    on_typing="ansi_bright_white",
    selected="ansi_cyan",
)
AUTO = "auto"
SHIPPED: Mapping[str, tuple[Palette, Palette]] = {
    "dark": (_DARK, _DARK),
    "light": (_LIGHT, _LIGHT),
    "high-contrast": (_CONTRAST, _CONTRAST_LIGHT),
    "terminal": (_TERMINAL, _TERMINAL_LIGHT),
}
"""The shipped themes, for a terminal with a dark background and for one with a light background."""


def palette(theme: str, own: Mapping[str, Palette], *, light: bool, colours: int) -> Palette:
    """Give a theme's colours on a terminal; `auto` where the theme is not known.

    A terminal of 16 colours gets those that its person has chosen for it: shades of ours would come out alike there.
    """
    if theme in own:
        return own[theme]
    name = theme if theme in SHIPPED else "light" if light else "dark"
    if colours == 16 and name in {"dark", "light"}:
        return SHIPPED["terminal"][name == "light"]
    return SHIPPED[name][light]
