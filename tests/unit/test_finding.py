"""Finding by a few letters."""

import time

from hypothesis import given
from hypothesis import strategies as st

from hiveui.tui.finding import Entry, Finding
from hiveui.tui.fuzzy import cells, cost, ranked
from hiveui.tui.widgets.line import TONES


def best(query, *texts):
    return [texts[number] for number in ranked(query, {i: text.lower() for i, text in enumerate(texts)})]


def test_a_words_beginning_comes_before_any_part_and_that_before_letters_in_order():
    assert best("zo", "a zero option", "wazoo", "view zoom", "nothing") == ["view zoom", "wazoo", "a zero option"]


def test_every_word_of_the_query_is_to_be_found_in_any_order():
    assert best("agent stop", "Stop the agent", "Stop the tab", "agent.why") == ["Stop the agent"]


def test_texts_that_match_alike_keep_their_order():
    assert best("", "b", "a") == ["b", "a"]


@given(st.text(max_size=30), st.text(min_size=1, max_size=60))
def test_what_is_lit_are_letters_of_the_query(query, text):
    lower = text.lower()
    found = cost(query, lower) >= 0
    lit = {lower[cell] for cell in cells(query, text)} if found else set()
    assert lit <= set("".join(query.lower().split()))
    assert bool(lit) == (found and bool(query.split()))


@given(st.text(alphabet="ab.", min_size=1, max_size=12), st.text(alphabet="ab. ", max_size=40))
def test_a_word_is_found_exactly_where_its_letters_stand_in_order(query, text):
    rest = iter(text)
    assert (cost(query, text) >= 0) == all(letter in rest for letter in query)


@given(st.text(alphabet="abc ", max_size=12), st.lists(st.text(alphabet="abcd ", max_size=12), max_size=8))
def test_typing_letter_by_letter_finds_what_the_whole_query_finds(query, titles):
    list_, _ = finding(*titles)
    for letter in query:
        list_.type(letter)
    assert list_.found == ranked(query, dict(enumerate(f"{title}  id  k" for title in titles)))


def test_letters_that_nearly_match_are_given_up_at_once():
    before = time.process_time()
    assert cost("a" * 40 + "b", "a" * 2000) < 0
    assert time.process_time() - before < 1


def finding(*titles):
    done = []
    return Finding([Entry(title, "id", "k", lambda title=title: done.append(title)) for title in titles]), done


def test_typing_narrows_the_list_and_rubbing_out_widens_it():
    list_, done = finding("Zoom", "Stop", "Stop all")
    list_.type("st")
    assert len(list_.found) == 2
    list_.move(1)
    list_.chosen.run()
    assert done == ["Stop all"]
    list_.rub()
    assert list_.at == 0
    list_.rub_word()
    assert len(list_.found) == 3


def test_what_is_pasted_is_one_line_without_controls():
    list_, _ = finding("x")
    list_.type("two\nlines\x1b[2J")
    assert list_.query == "two lines␛[2J"
    assert list_.chosen is None
    assert "Nothing" in list_.rows(5, 40)[0][0][0][0]


@given(st.integers(1, 40), st.integers(1, 20), st.integers(0, 60))
def test_the_chosen_entry_is_always_in_sight(count, lines, down):
    list_, _ = finding(*(f"entry {i}" for i in range(count)))
    list_.move(down)
    rows = list_.rows(lines, 60)
    assert len(rows) == min(lines, count)
    assert [row for row in rows if row[1][0][1] == "chosen"]
    assert all(tone in TONES for row in rows for words in row for _, tone in words)


def test_two_thousand_entries_are_filtered_within_a_frame():
    texts = [f"Go to {i} backend-{i} the agent of service number {i}  agent.go  k" for i in range(2000)]
    list_ = Finding([Entry(text, "", "", lambda: None) for text in texts])
    for letter in "agent 77":
        before = time.process_time()
        list_.type(letter)
        assert time.process_time() - before < 0.06
    assert list_.found


def test_what_comes_later_is_found_too_and_what_is_chosen_stays():
    found, _ = finding("Go to 1 pair", "Go to 2 crew")
    found.move(1)
    found.add([Entry("Open the layout crew", "", "", print)])
    assert found.chosen.title == "Go to 2 crew"
    found.type("crew")
    found.add([Entry("Open the layout crews", "", "", print), Entry("Zoom", "", "", print)])
    assert sorted(found.entries[number].title for number in found.found) == [
        "Go to 2 crew",
        "Open the layout crew",
        "Open the layout crews",
    ]
