"""What is read of a program's composer."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.rehearsal.cells import chop, clean
from hiveui.model.composer import read
from hiveui.model.rows import Row
from hiveui.screen.sgr import RowReader

DATA = Path(__file__).parents[1] / "data" / "composers"
RULE = "─" * 40


def rows(*lines: str) -> list[Row]:
    return [Row(line) for line in lines]


@pytest.mark.parametrize(
    "screen",
    [
        rows("● Done.", RULE, "❯", RULE, "  ? for shortcuts"),
        rows("\x1b[1m›\x1b[0m \x1b[2mAsk Codex to do anything\x1b[0m", "", "  gpt-5 · ~/shop"),
        rows("", " \x1b[38;5;183m> \x1b[38;5;248m  Type your message or @path/to/file\x1b[39m", "", " ~/shop"),
        rows("❯ hello", "", "● Hi.", "", "❯", "", "\x1b[2m  rehearsal · ctrl+j new line\x1b[0m"),
        rows("╭──────╮", "│ >    │", "╰──────╯"),
    ],
    ids=["claude", "codex", "gemini", "rehearsal", "in a box"],
)
def test_an_empty_composer_is_known_as_one(screen: list[Row]) -> None:
    seen = read(screen)
    assert seen.empty is True
    assert not seen.holds("hello")


@pytest.mark.parametrize(
    ("screen", "text"),
    [
        (rows(RULE, "❯ fix the", "  login;", RULE), "fix the login;"),
        (rows("❯ [Pasted text #1 +12 lines]"), "a\n" * 13),
        (rows("› [Pasted Content 1234 chars]", "", "  gpt-5"), "x" * 1234),
        (rows("❯ 🙂"), "🙂"),
        (rows("❯ a", "  > b"), "a\n> b"),
        (rows("╭────╮", "│ > one │", "│   two │", "╰────╯"), "one\ntwo"),
        (
            rows("the last but one line", "the very last line of a long text"),
            "first\n" * 50 + "the very last line of a long text",
        ),
    ],
)
def test_a_text_is_found_in_it(screen: list[Row], text: str) -> None:
    assert read(screen).holds(text)


def test_a_text_that_was_submitted_is_not_found_in_the_composer_below_it() -> None:
    assert not read(rows("❯ fix it", "", "● Working", "", "❯")).holds("fix it")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300), st.integers(20, 100))
def test_whatever_is_typed_is_found_again_at_any_width(text: str, columns: int) -> None:
    shown = chop(clean(text), columns)
    screen = rows(*("❯ " + line if i == 0 else "  " + line for i, line in enumerate(shown)))
    if clean(text).strip():
        assert read(screen).holds(text)


def test_dim_text_is_told_from_colours_that_have_a_two_in_them() -> None:
    assert read(rows("❯ \x1b[38;5;2mtyped\x1b[0m")).empty is False
    assert read(rows("❯ \x1b[38;2;2;2;2mtyped\x1b[0m")).empty is False
    assert read(rows("❯ \x1b[1;2mhint\x1b[22m")).empty is True


@pytest.mark.parametrize("kind", ["claude", "codex", "gemini", "opencode", "qwen"])
def test_the_composer_of_a_real_program_at_rest_is_empty_or_not_known(kind: str) -> None:
    screen = (DATA / f"{kind}.ansi").read_bytes()
    seen = read(RowReader().read(tuple(screen.rstrip(b"\n").split(b"\n"))))
    assert seen.empty is (None if kind == "opencode" else True)


def test_a_picture_of_which_tmux_shows_a_part_is_held_all_the_same() -> None:
    family = "👩‍👩‍👧‍👦 family; 🇩🇪"
    assert read(rows("❯ 👩‍👩‍👧‍ family; 🇩🇪")).holds(family)
    assert not read(rows("❯ 👩‍👩‍👧‍ family; 🇩🇪")).holds(f"{family} and more")
