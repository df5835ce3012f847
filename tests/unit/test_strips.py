"""Rows of panes as strips: always exactly as wide as asked, and nothing but text and SGR in them."""

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from hiveui.model.rows import Row
from hiveui.tui.screenful import Screenful
from hiveui.tui.strips import SGR, fit, split

ERASED = re.compile(r"\x1b\[(\d+)X(.*)\x1b\[\d+G", re.DOTALL)
WRAP = re.compile(r"\x1b\[\?7[hl]")
words = st.text(st.sampled_from("ab …é日本✓\U0001f600e\u0301"), max_size=12)
sgr = st.sampled_from(["\x1b[1m", "\x1b[0m", "\x1b[38;2;1;2;3m", "\x1b[4:3m", "\x1b[48;5;9m", "\x1b[7;2m"])


@st.composite
def rows(draw: st.DrawFn) -> Row:
    ansi = "".join(draw(st.lists(words | sgr, max_size=8)))
    return Row(ansi, cell_len(SGR.sub("", ansi)))


def rendered(strip: object) -> str:
    return strip.render(Console())  # type: ignore[attr-defined]


def plain(strip: object) -> str:
    """What is on the terminal where the strip was written."""
    text = WRAP.sub("", SGR.sub("", rendered(strip)))
    if erased := ERASED.fullmatch(text):
        return erased[2] + " " * (int(erased[1]) - cell_len(erased[2]))
    return text


@given(rows(), st.integers(1, 40), st.integers(0, 200))
def test_any_row_becomes_exactly_as_wide_as_asked(row, width, column):
    strip = fit(row, width, column)
    assert strip.cell_length == width
    assert cell_len(plain(strip)) == width
    assert cell_len(strip.text) == width


@given(rows(), st.integers(2, 40), st.data())
def test_cutting_keeps_every_cell_and_every_attribute(row, width, data):
    strip = fit(row, width, 5)
    edges = sorted({*data.draw(st.lists(st.integers(1, width - 1), max_size=4)), width})
    parts = strip.divide(edges)
    assert [part.cell_length for part in parts] == [b - a for a, b in zip([0, *edges], edges, strict=False)]
    assert all(cell_len(plain(part)) == part.cell_length for part in parts)
    if row.ansi.isascii():
        assert "".join(plain(part) for part in parts) == plain(strip)


def test_a_part_begins_with_the_attributes_in_force_and_a_reset_ends_them():
    assert split("\x1b[1mab\x1b[31mcd\x1b[0mef", [1, 3, 5, 6]) == [
        "\x1b[1ma",
        "\x1b[1mb\x1b[31mc",
        "\x1b[1m\x1b[31md\x1b[0me",
        "f",
    ]


def test_a_wide_character_across_an_edge_becomes_a_blank_on_either_side():
    assert split("a日b", [2, 4]) == ["a ", " b"]
    assert plain(fit(Row("a日", 3), 2, 0)) == "a "


def test_a_row_with_other_than_ascii_rests_on_no_count_of_its_cells():
    assert rendered(fit(Row("é", 1), 4, 10)) == "\x1b[4Xé\x1b[15G"
    assert rendered(fit(Row("\x1b[1mab", 2), 4, 10)) == "\x1b[1mab\x1b[0m  "


def test_a_mark_in_the_last_cell_is_written_where_lines_wrap():
    assert rendered(fit(Row("ae\u0301", 2), 2, 0)) == "\x1b[2X\x1b[?7hae\u0301\x1b[?7l\x1b[3G"
    assert "?7h" in rendered(fit(Row("\x1b[1mx\u2764\ufe0f\x1b[0m", 2), 2, 0))
    assert "?7h" not in rendered(fit(Row("ae\u0301", 2), 3, 0))


@given(st.text(st.sampled_from("a\x1b]5;2[H\x07\x9bm\u202e\x00\x7f\ud800é"), max_size=30), st.integers(1, 20))
def test_nothing_but_text_and_sgr_leaves_a_row_whatever_came(text, width):
    strip = fit(Row(text, cell_len(SGR.sub("", text))), width, 0)
    left = plain(strip)
    assert left.isprintable()
    assert cell_len(left) == width


def frame(size, rows, **more):
    modes = dict.fromkeys(("alternate", "mouse_click", "mouse_drag", "mouse_move", "mouse_sgr", "dead"), False)
    return {"size": size, "rows": rows, "cursor": [0, 0, True, 0], "modes": modes, "history": 0, **more}


def test_a_screen_of_another_size_is_cropped_and_filled():
    screen = Screenful()
    assert screen.update(frame([6, 2], {"0": ["abcdef", 6], "1": ["xy", 2]})) == [0, 1]
    assert [strip.text for strip in screen.strips(4, 3, 0)] == ["abcd", "xy  ", "    "]
    assert [strip.text for strip in screen.strips(8, 1, 0)] == ["abcdef  "]


def test_only_changed_lines_are_made_anew_and_a_new_size_forgets_the_old_lines():
    screen = Screenful()
    screen.update(frame([4, 2], {"0": ["a", 1], "1": ["b", 1]}))
    first = list(screen.strips(4, 2, 0))
    assert screen.update(frame([4, 2], {"1": ["c", 1]})) == [1]
    again = screen.strips(4, 2, 0)
    assert again[0] is first[0]
    assert again[1].text == "c   "
    screen.update(frame([5, 2], {"0": ["z", 1]}))
    assert [strip.text for strip in screen.strips(5, 2, 0)] == ["z    ", "     "]


def test_a_line_that_is_not_cut_at_all_has_no_parts():
    assert fit(Row("text", 4), 10, 0).divide([]) == []


def lines_of(texts):
    return {str(y): [text, len(text)] for y, text in enumerate(texts)}


def shown(screen, height):
    return [strip.text.rstrip() for strip in screen.strips(8, height, 0)]


def test_of_a_screen_that_is_too_high_its_end_is_shown_or_where_its_cursor_stands():
    texts = ["top", "", *(f"row {y}" for y in range(2, 18)), "", ""]
    screen = Screenful()
    screen.update(frame([8, 20], lines_of(texts), cursor=[0, 16, True, 0]))
    assert shown(screen, 5) == ["row 13", "row 14", "row 15", "row 16", "row 17"]
    assert screen.update(frame([8, 20], {}, cursor=[0, 19, True, 0])) == [0, 1, 2, 3, 4]
    assert shown(screen, 5) == ["row 15", "row 16", "row 17", "", ""]
    assert screen.update(frame([8, 20], {}, cursor=[0, 6, True, 0])) == [0, 1, 2, 3, 4]
    assert shown(screen, 5) == ["row 4", "row 5", "row 6", "row 7", "row 8"]
    assert screen.update(frame([8, 20], {"5": ["new", 3], "17": ["far", 3]}, cursor=[3, 6, True, 0])) == [1]
    assert shown(screen, 5) == ["row 4", "new", "row 6", "row 7", "row 8"]
    screen.update(frame([8, 20], {}, cursor=[0, 0, True, 0]))
    assert shown(screen, 5)[0] == "top"
    screen.update(frame([8, 20], {}, cursor=[0, 0, False, 0]))
    assert shown(screen, 5)[-1] == "far"
    assert shown(screen, 20)[:3] == ["top", "", "row 2"]


@given(
    st.lists(st.sampled_from(["", " ", "text", "\x1b[7m \x1b[m"]), min_size=1, max_size=30),
    st.integers(1, 40),
    st.integers(0, 29),
    st.booleans(),
)
def test_the_cursor_is_in_sight_and_else_the_end_of_what_was_printed(texts, height, y, visible):
    screen = Screenful()
    y = min(y, len(texts) - 1)
    screen.update(frame([8, len(texts)], lines_of(texts), cursor=[0, y, visible, 0]))
    top = screen.top(height)
    assert 0 <= top <= max(0, len(texts) - height)
    last = max((at for at, text in enumerate(texts) if "text" in text), default=0)
    assert top <= (y if visible else last) < top + height


def test_words_in_place_of_a_screen_begin_at_their_beginning():
    screen = Screenful()
    screen.replace(0, [Row(f"{y}", 1) for y in range(9)])
    assert shown(screen, 3) == ["0", "1", "2"]
