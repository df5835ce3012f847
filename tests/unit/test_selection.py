"""What is selected in rows with wide characters, marks and wrapped lines, from any end to any other."""

from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.cells import clean, clusters
from hiveui.model.rows import Row
from hiveui.tui.lines import Line, Lines
from hiveui.tui.marks import Mark, marked
from hiveui.tui.motions import MOTIONS, View
from hiveui.tui.selection import Selection, Shape, Spot
from hiveui.tui.strips import SGR

COLUMNS = 10
texts = st.text(st.sampled_from("ab c(._日本é\u0301\U0001f600"), max_size=24).map(lambda text: clean(text)[0].rstrip())
screens = st.lists(texts, min_size=1, max_size=6)


def wrap(text: str) -> list[list[tuple[str, int]]]:
    """Break a line into rows as a terminal does: a wide character that finds no room goes into the next."""
    rows: list[list[tuple[str, int]]] = [[]]
    for cluster, width in clusters(text):
        if sum(w for _, w in rows[-1]) + width > COLUMNS:
            rows.append([])
        rows[-1].append((cluster, width))
    return rows


def still(screen: list[str]) -> Lines:
    lines = Lines()
    rows = []
    for text in screen:
        broken = wrap(text)
        for at, row in enumerate(broken):
            ansi = "\x1b[1m" + "".join(cluster for cluster, _ in row)
            rows.append(Line(Row(ansi, sum(width for _, width in row)), at < len(broken) - 1))
    lines.put(0, rows)
    lines.total, lines.columns = len(rows), COLUMNS
    return lines


@st.composite
def selected(draw: st.DrawFn) -> tuple[list[str], Lines, Spot, Spot]:
    screen = draw(screens)
    lines = still(screen)
    spots = st.builds(Spot, st.integers(0, lines.total - 1), st.integers(0, COLUMNS - 1))
    return screen, lines, draw(spots), draw(spots)


def covered(lines: Lines, first: Spot, last: Spot) -> list[list[str]]:
    """What stands between two cells, by whole lines: the slow way, cell by cell."""
    out: list[list[str]] = [[]]
    for number in range(first.line, last.line + 1):
        at = 0
        for cluster, width in clusters(SGR.sub("", lines[number].row.ansi)):
            if Spot(number, at + width - 1) >= first and Spot(number, at) <= last:
                out[-1].append(cluster)
            at += width
        if number < last.line and not lines[number].wrapped:
            out.append([])
    return out


@given(selected())
def test_characters_are_copied_from_one_end_to_the_other_whichever_comes_first(case):
    _, lines, one, other = case
    text = Selection(one, other).text(lines)
    assert text == Selection(other, one).text(lines)
    assert [line.rstrip() for line in text.split("\n")] == [
        "".join(line).rstrip() for line in covered(lines, min(one, other), max(one, other))
    ]


@given(selected())
def test_lines_are_copied_whole_and_in_one_piece(case):
    screen, lines, one, other = case
    first, last = sorted((one.line, other.line))
    of_row = [number for number, text in enumerate(screen) for _ in wrap(text)]
    assert Selection(one, other, Shape.LINES).text(lines) == "\n".join(screen[of_row[first] : of_row[last] + 1])


@given(selected())
def test_a_block_has_the_same_columns_of_every_row_and_no_half_characters(case):
    _, lines, one, other = case
    left, right = sorted((one.cell, other.cell))
    first, last = sorted((one.line, other.line))
    wanted = []
    for number in range(first, last + 1):
        at, row = 0, ""
        for cluster, width in clusters(SGR.sub("", lines[number].row.ansi)):
            row += cluster if at + width > left and at <= right else ""
            at += width
        wanted.append(row.rstrip())
    assert Selection(one, other, Shape.BLOCK).text(lines) == "\n".join(wanted)


@given(selected(), st.sampled_from(Shape))
def test_what_is_marked_keeps_every_character_in_its_cell(case, shape):
    _, lines, one, other = case
    selection = Selection(one, other, shape)
    for number in selection.rows(lines):
        row = lines[number].row
        start, end = selection.span(lines, number)
        drawn = marked(row, [Mark(start, end, "\x1b[7m")] if start < end else [])
        text = SGR.sub("", drawn.ansi)
        assert text.rstrip() == SGR.sub("", row.ansi).rstrip()
        assert clean(text)[1] == drawn.width == max(row.width, end if start < end else 0)


def test_a_mark_ends_where_it_should_and_what_follows_has_its_own_look_again():
    row = Row("\x1b[31mabc\x1b[0md", 4)
    reset, mark = "\x1b[0m", "\x1b[7m"
    assert marked(row, [Mark(1, 2, mark)]).ansi == f"\x1b[31ma{reset}{mark}b{reset}\x1b[31mc{reset}d{reset}"
    assert marked(row, []) is row


@given(screens, st.sampled_from(sorted(MOTIONS)), st.integers(1, 5), st.data())
def test_no_motion_leaves_the_still(screen, motion, count, data):
    lines = still(screen)
    spot = Spot(data.draw(st.integers(0, lines.total - 1)), data.draw(st.integers(0, COLUMNS - 1)))
    there = MOTIONS[motion](lines, View(0, lines.total), spot, count)
    assert 0 <= there.line < lines.total
    assert there.cell >= 0


@given(screens)
def test_w_finds_every_word_that_b_finds_on_the_way_back(screen):
    lines = still(screen)
    view = View(0, lines.total)
    forth, spot = [], Spot(0, 0)
    while (there := MOTIONS["word"](lines, view, spot, 1)) != spot:
        forth.append(spot := there)
    back = [spot]
    while (there := MOTIONS["word back"](lines, view, spot, 1)) != spot:
        back.append(spot := there)
    assert set(forth) <= set(back)


def test_vi_motions_on_a_line_of_code():
    lines = still(["if x(a):"])
    view = View(0, 1)

    def cells(motion: str, start: int) -> int:
        return MOTIONS[motion](lines, view, Spot(0, start), 1).cell

    assert [cells("word", at) for at in (0, 3, 4, 5)] == [3, 4, 5, 6]
    assert [cells("word end", at) for at in (0, 1, 3, 4)] == [1, 3, 4, 5]
    assert [cells("word back", at) for at in (7, 5, 3)] == [6, 4, 0]
    assert (cells("end", 2), cells("start", 2), cells("first", 2)) == (7, 0, 0)
