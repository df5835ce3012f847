"""Two themes: one for dark terminals, one for light ones. The terminal's own background shows through."""

from textual.theme import Theme

from hiveui.tui.settings import DARK, LIGHT

THEMES = (
    Theme(
        name=DARK,
        primary="#7aa2f7",
        accent="#7aa2f7",
        warning="#e0af68",
        error="#f7768e",
        success="#9ece6a",
        foreground="#c0caf5",
        background="#16161e",
        surface="#1f2335",
        panel="#24283b",
        dark=True,
        variables={
            "hive-text": "#a9b1d6",
            "hive-quiet": "#6b7394",
            "hive-strong": "#c8d0f0",
            "hive-line": "#3b4261",
            "hive-title": "#1c1f2e",
            "hive-title-lit": "#2f3a5f",
            "hive-lit": "#ffffff",
            "hive-working": "#7aa2f7",
            "hive-done": "#9ece6a",
            "hive-attention": "#ffb454",
            "hive-typing": "#9ece6a",
            "hive-on-typing": "#10140b",
            "hive-card": "#1c1f2e",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#2e5cb8",
        accent="#2e5cb8",
        warning="#8a5a00",
        error="#b3261e",
        success="#386a20",
        foreground="#24292f",
        background="#ffffff",
        surface="#f0f2f5",
        panel="#e4e8ee",
        dark=False,
        variables={
            "hive-text": "#3a4250",
            "hive-quiet": "#717b8c",
            "hive-strong": "#1c2330",
            "hive-line": "#c2c9d6",
            "hive-title": "#eceff4",
            "hive-title-lit": "#cfdcf7",
            "hive-lit": "#0b1a3a",
            "hive-working": "#2e5cb8",
            "hive-done": "#386a20",
            "hive-attention": "#b04a00",
            "hive-typing": "#386a20",
            "hive-on-typing": "#ffffff",
            "hive-card": "#eceff4",
        },
    ),
)
