"""Names of branches and folders, made from any name."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hiveui.model.names import NAME
from hiveui.model.slugs import branches, slug

NAMES = [row["name"] for row in json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())]
ROLES = st.from_regex(NAME, fullmatch=True)
ANY = st.text(st.characters(codec=None), min_size=1, max_size=80)
AWKWARD = [
    *("a..b", "a.lock", "a.lock.lock", "a b", "a  b", "A", "a", "a.", "a-", "-a", "a-b", "a/b", "@", "head", "HEAD"),
    *("a-b-12345678", "a-12345678", "..", ".", "con", "x" * 64, "x" * 65, "é", "e\u0301", "中", "\udcff", "\0"),
]


def accepted(names: list[str]) -> list[str]:
    """Give those names that git takes for no branch."""
    asked = [["git", "check-ref-format", "--branch", name] for name in names]
    return [words[-1] for words in asked if subprocess.run(words, capture_output=True).returncode]


def test_a_name_that_is_fit_stays_as_it_is() -> None:
    assert [slug(name) for name in ("backend", "worker-2", "api.v1", "my_role")] == [
        *("backend", "worker-2", "api.v1", "my_role")
    ]
    assert branches("shop", "backend") == ("hive/shop/backend", "hive-shop-backend")
    assert branches("my-shop", "backend")[1].startswith("hive-my-shop-backend-")


@given(st.lists(st.tuples(ANY, ROLES), min_size=1, max_size=4))
@example([(name, "a") for name in AWKWARD])
@example([("a", name) for name in AWKWARD])
def test_git_takes_every_name_for_a_branch(pairs: list[tuple[str, str]]) -> None:
    assert accepted([name for pair in pairs for name in branches(*pair)]) == []


@pytest.mark.parametrize("name", [*NAMES, *AWKWARD], ids=ascii)
def test_a_slug_is_one_small_part_of_a_path_on_every_disk(name: str) -> None:
    found = slug(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", found)
    assert not found.endswith((".", ".lock"))
    assert slug(found) == found or re.search(r"-[0-9a-f]{8}$", found)


@given(st.lists(st.tuples(st.one_of(st.sampled_from(AWKWARD), ANY), st.one_of(st.sampled_from(AWKWARD), ROLES))))
def test_names_that_differ_have_branches_that_differ(pairs: list[tuple[str, str]]) -> None:
    every = set(pairs)
    for form in (0, 1):
        assert len({branches(*pair)[form].casefold() for pair in every}) == len(every)


def test_what_looks_like_the_slug_of_another_name_gets_one_of_its_own() -> None:
    taken = slug("a b")
    assert slug(taken) != taken
    assert branches("a-b", "c")[1] != branches("a", "b-c")[1]
    lookalike = branches("a-b", "c")[1].removeprefix("hive-a-")
    assert branches("a", lookalike)[1] != branches("a-b", "c")[1]
