"""A capture is given in pages that follow one another."""

import pytest

from hiveui.errors import UsageError
from hiveui.hive import excerpts
from hiveui.hive.excerpts import CONTINUED, PLACES, Excerpt, Excerpts


async def test_pages_follow_one_another_with_colours_carried_on(monkeypatch):
    monkeypatch.setattr(excerpts, "PAGE", 20)
    kept = Excerpts()
    page = kept.begin(1, Excerpt((b"\x1b[31mone", b"two  ", b"\x1b[mthree", b"four"), 7, 11), ansi=True)
    pages = [page]
    while page["next"] is not None:
        page = kept.go_on(1, page["next"], ansi=True)
        pages.append(page)
    assert [line for page in pages for line in page["lines"]] == [
        "\x1b[31mone\x1b[0m",
        "\x1b[31mtwo  \x1b[0m",
        "\x1b[31m\x1b[mthree\x1b[0m",
        "four\x1b[0m",
    ]
    assert [page["first"] for page in pages] == [7, 9]
    assert {page["total"] for page in pages} == {11}


async def test_readers_at_once_do_not_meet(monkeypatch):
    monkeypatch.setattr(excerpts, "PAGE", 1)
    kept = Excerpts()
    one = kept.begin(1, Excerpt((b"a1", b"a2"), 0, 2), ansi=False)
    two = kept.begin(2, Excerpt((b"b1", b"b2"), 0, 2), ansi=False)
    assert kept.go_on(1, one["next"], ansi=False)["lines"] == ["a2"]
    assert kept.go_on(2, two["next"], ansi=False)["lines"] == ["b2"]


async def test_a_place_that_is_not_kept_is_refused(monkeypatch):
    monkeypatch.setattr(excerpts, "PAGE", 1)
    kept = Excerpts()
    page = kept.begin(1, Excerpt((b"a", b"b"), 0, 2), ansi=False)
    for start in (page["next"] + 1, CONTINUED, page["next"] + PLACES):
        with pytest.raises(UsageError, match="not kept"):
            kept.go_on(1, start, ansi=False)
    assert kept.go_on(1, page["next"], ansi=False)["lines"] == ["b"]


async def test_of_each_client_few_captures_are_kept_and_none_of_one_that_is_gone(monkeypatch):
    monkeypatch.setattr(excerpts, "PAGE", 1)
    kept = Excerpts()
    other = kept.begin(2, Excerpt((b"a1", b"a2"), 0, 2), ansi=False)
    mine = [kept.begin(1, Excerpt((b"b1", b"b2", b"b3"), 0, 3), ansi=False)["next"] for _ in range(excerpts.MOST + 1)]
    for whose, start in ((1, mine[0]), (2, mine[1])):
        with pytest.raises(UsageError, match="not kept"):
            kept.go_on(whose, start, ansi=False)
    begun = kept.go_on(1, mine[1], ansi=False)
    assert kept.go_on(2, other["next"], ansi=False)["lines"] == ["a2"]
    kept.leave(1)
    for start in (begun["next"], *mine[2:]):
        with pytest.raises(UsageError, match="not kept"):
            kept.go_on(1, start, ansi=False)
