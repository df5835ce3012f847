"""Whose lines stand in a file."""

from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.authorship import begun, clashes, difference, edits, written

TEXTS = st.lists(st.sampled_from("abcd"), max_size=12)
BASE = [f"line {n}" for n in range(1, 61)]


def changed(number: int, *new: str) -> list[str]:
    return [*BASE[: number - 1], *new, *BASE[number:]]


@given(TEXTS, TEXTS)
def test_edits_make_the_one_version_of_the_other(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    at = 0
    for edit in edits(old, new):
        assert old[edit.old : edit.old_end] != new[edit.new : edit.new_end]
        made += old[at : edit.old] + new[edit.new : edit.new_end]
        at = edit.old_end
    assert made + old[at:] == new


@given(TEXTS, TEXTS, TEXTS)
def test_two_versions_clash_the_same_whichever_comes_first_and_never_where_they_are_alike(base, one, other) -> None:
    assert clashes(base, one, other) == clashes(base, other, one)
    assert clashes(base, one, one) == ()
    assert clashes(base, base, other) == ()


def test_the_same_line_clashes_and_lines_apart_do_not() -> None:
    assert clashes(BASE, changed(41, "mine"), changed(41, "theirs")) == ((41, 41),)
    assert clashes(BASE, changed(41, "mine"), changed(50, "theirs")) == ()
    assert clashes(BASE, [*BASE, "mine"], [*BASE, "theirs"]) != ()


@given(st.lists(st.tuples(st.sampled_from("ab"), TEXTS), max_size=6))
def test_every_line_has_one_owner_and_one_who_writes_alone_hits_nobody(versions) -> None:
    file, alone = begun(["a", "b"]), begun(["a", "b"])
    for party, text in versions:
        file, alone = written(file, text, party), written(alone, text, "a")
        assert len(file.owners) == len(file.lines) == len(text)
    assert alone.hit == {}


def test_who_changes_what_another_wrote_hits_it_and_who_writes_elsewhere_does_not() -> None:
    file = written(begun(BASE), changed(41, "mine"), "a")
    beside = written(file, [*file.lines[:49], "beside", *file.lines[50:]], "b")
    assert beside.hit == {}
    assert (beside.added("a"), beside.added("b")) == (1, 1)
    over = written(file, changed(41, "theirs"), "b")
    assert over.hit == {"b": ((41, 41),)}
    assert over.removed == {"a": 1, "b": 1}


def test_a_difference_shows_what_went_and_came_with_a_line_around_it() -> None:
    shown = [tuple(line) for line in difference(BASE, changed(41, "mine"))]
    assert shown == [(40, " ", "line 40"), (41, "-", "line 41"), (41, "+", "mine")]
