"""Globs as git decides them, who owns what, and what is remembered of writes outside."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.changes import Deed
from hiveui.model.globs import Globs
from hiveui.model.layout import AgentSpec
from hiveui.model.overlap import witness
from hiveui.model.ownership import (
    MOST,
    AgentBounded,
    Bounds,
    Ownership,
    Trespass,
    Trespassed,
    TrespassesSeen,
    Wall,
    fold,
    overlapping,
    overlaps,
    owners,
    trespasses,
)

WORDS = ["a", "b", "é", "*", "a*", "?b", "**", "**a", "[ab]", "[!a]", "[^!b]", "\\a", "[]a-b]*", "[[:alpha:]]", "c\\["]
NAMES = st.sampled_from(["a", "b", "ab", "bb", "c", "c[", "]a"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@st.composite
def lines(draw: st.DrawFn) -> str:
    body = "/".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)))
    marks = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    return f"{'!' * marks[0]}{'/' * marks[1]}{body}{'/' * marks[2]}"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    return folder


def ignored(repository: Path, globs: list[str], paths: list[str]) -> set[str]:
    """Ask git itself."""
    (repository / ".gitignore").write_text("\n".join(globs) + "\n")
    asked = "\0".join(paths).encode() + b"\0"
    ask = ["git", "check-ignore", "--no-index", "-z", "--stdin"]
    said = subprocess.run(ask, cwd=repository, input=asked, capture_output=True, check=False).stdout
    return set(said.decode().split("\0")) - {""}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(globs=st.lists(lines(), min_size=1, max_size=4), paths=st.lists(PATHS, min_size=1, max_size=12, unique=True))
@example(globs=["é*", "**/中"], paths=["é", "a/éx", "a/中"])
@example(globs=["src/**", "!src/gen/"], paths=["src/gen", "src/gen/x", "src/x"])
@example(globs=["# no glob", "\\#a", "a  ", "[a", ""], paths=["#a", "a", "[a", "# no glob"])
def test_globs_match_what_git_would_ignore(repository: Path, globs: list[str], paths: list[str]) -> None:
    assert {path for path in paths if Globs(globs).covers(path)} == ignored(repository, globs, paths)


@settings(deadline=None)
@given(one=st.lists(lines(), min_size=1, max_size=3), other=st.lists(lines(), min_size=1, max_size=3), path=PATHS)
def test_a_witness_is_in_both_and_where_there_is_none_no_path_is(one: list[str], other: list[str], path: str) -> None:
    mine, theirs = Globs(one), Globs(other)
    found = witness(mine, theirs)
    if found is not None:
        assert mine.covers(found)
        assert theirs.covers(found)
    elif not any(line.startswith("!") for line in (*one, *other)):
        assert not (mine.covers(path) and theirs.covers(path))


def test_two_roles_that_can_own_one_path_are_said_with_such_a_path() -> None:
    specs = [
        AgentSpec("planner", owns=("docs/plans/**",)),
        AgentSpec("tests", owns=("**/tests/**",)),
        AgentSpec("web", owns=("web/**",)),
        AgentSpec("review", owns=()),
        AgentSpec("anyone"),
    ]
    assert overlaps(specs) == [("planner", "tests", "docs/plans/tests/any"), ("tests", "web", "web/tests/any")]
    assert overlapping(overlaps(specs)) == (
        "These can own the same path: planner and tests (say 'docs/plans/tests/any'), "
        "tests and web (say 'web/tests/any')."
    )
    assert not overlaps([AgentSpec("w-1", owns=("a/**",)), AgentSpec("w-2", owns=("a/**",))])


def test_a_case_is_as_the_file_system_has_it() -> None:
    spec = AgentSpec("docs", owns=("Docs/**",))
    assert trespasses("docs/x", spec)
    assert not trespasses("docs/x", spec, fold_case=True)


def test_who_owns_nothing_trespasses_anywhere_and_who_says_nothing_nowhere() -> None:
    specs = [AgentSpec("review", owns=()), AgentSpec("web", owns=("web/**",)), AgentSpec("anyone")]
    assert [spec.role for spec in specs if trespasses("web/x", spec)] == ["review"]
    assert [spec.role for spec in specs if trespasses("/etc/x", spec)] == ["review", "web"]
    assert owners("web/x", specs, but="review") == ("web",)


def trespass(number: int, role: str = "review") -> Trespass:
    return Trespass(f"t{number}", AgentId("a-1"), role, f"src/{number}", Deed.MODIFIED, "2026-01-01T00:00:00.000Z")


def test_what_the_person_has_seen_is_forgotten_first() -> None:
    here = WorkspaceId("w")
    known = Ownership()
    for number in range(MOST):
        known = fold(known, Trespassed(here, trespass(number, "web" if number == 7 else "review")))
    known = fold(known, TrespassesSeen(here, "web"))
    known = fold(known, Trespassed(here, trespass(MOST)))
    assert len(known.trespasses) == MOST
    assert "t7" not in {t.id for t in known.trespasses}
    assert len(known.unseen()) == MOST
    assert not fold(known, TrespassesSeen(here)).unseen()


def test_what_holds_a_role_is_known_until_it_owns_nothing_in_particular() -> None:
    here = WorkspaceId("w")
    held = fold(Ownership(), AgentBounded(here, "web", Bounds(Wall.LANDLOCK)))
    assert held.bounds == {"web": Bounds(Wall.LANDLOCK)}
    assert not fold(held, AgentBounded(here, "web", None)).bounds


def test_no_glob_and_no_path_takes_long() -> None:
    many, deep = Globs(["/".join(["**", "a"] * 40)]), Globs(["/".join(["**", "b"] * 40) + "/c"])
    assert witness(many, deep) is not None
    assert witness(many, Globs(["/".join(["x"] * 50)])) is not None
    assert not many.covers("/".join(["a"] * 39))
    assert not Globs(["*a" * 50]).covers("a" * 254 + "b")
    assert witness(Globs(["/".join(["a"] * 500)]), Globs(["/".join(["a"] * 500)])) is None
    assert not Globs(["docs/**"]).covers("/".join(["a"] * 2000))
    assert Globs(["docs/**"]).covers("docs/" + "/".join(["a"] * 2000))
