"""The colours of changed lines: code can be read on them, in each theme that is shipped."""

import pytest

from hiveui.config.palette import SHIPPED, Palette
from hiveui.tui.inks import variables


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, paper: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    high, low = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [one for name in ("dark", "light", "high-contrast") for one in SHIPPED[name]])
def test_code_can_be_read_on_changed_lines_and_its_words_on_changed_words(palette: Palette) -> None:
    inks = variables(palette)
    code = [palette.text, palette.strong, *(colour for name, colour in inks.items() if name.startswith("code-"))]
    for side in ("added", "removed"):
        assert min(contrast(ink, inks[f"{side}-line"]) for ink in code) >= 4.5
        assert contrast(palette.strong, inks[f"{side}-word"]) >= 4.5
        assert min(contrast(ink, inks[f"{side}-word"]) for ink in code) >= 3
        assert contrast(inks[f"{side}-word"], inks[f"{side}-line"]) >= 1.2


@pytest.mark.parametrize("palette", SHIPPED["terminal"])
def test_the_terminals_own_colours_are_not_mixed_and_changed_words_are_underlined(palette: Palette) -> None:
    inks = variables(palette)
    assert all(colour.startswith("ansi_") for name, colour in inks.items() if name != "changed-word")
    assert "underline" in inks["changed-word"]
