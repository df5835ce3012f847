"""Palettes as Textual's themes. The terminal's own background shows through."""

from textual.theme import Theme

from hiveui.config.palette import Palette
from hiveui.tui.inks import variables


def theme(palette: Palette) -> Theme:
    """Make a theme, of a name of its own; `app.tcss` knows its colours as `$hive-…`."""
    return Theme(
        name=f"hive{hash(palette):+x}",
        primary=palette.accent,
        accent=palette.accent,
        warning=palette.warning,
        error=palette.attention,
        success=palette.done,
        foreground=palette.text,
        background=palette.background,
        surface=palette.card,
        panel=palette.title,
        dark=palette.dark,
        variables={
            "hive-text": palette.text,
            "hive-quiet": palette.quiet,
            "hive-strong": palette.strong,
            "hive-line": palette.line,
            "hive-title": palette.title,
            "hive-title-lit": palette.title_lit,
            "hive-lit": palette.lit,
            "hive-working": palette.working,
            "hive-done": palette.done,
            "hive-attention": palette.attention,
            "hive-typing": palette.typing,
            "hive-on-typing": palette.on_typing,
            "hive-card": palette.card,
            "hive-selected": palette.selected,
            **{f"hive-{name}": colour for name, colour in variables(palette).items()},
        },
    )
