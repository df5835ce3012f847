"""Contracts: who depends on what, what dependents are told, and who has taken note."""

from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import WorkspaceId
from hiveui.model.contracts import (
    CHARS,
    LINES,
    MOST,
    Contract,
    ContractChange,
    ContractChanged,
    ContractNoted,
    Contracts,
    Note,
    agreed,
    dependents,
    fold,
    message,
)

HERE = WorkspaceId("w")


def change(id_: str, **notes: Note) -> ContractChange:
    return ContractChange(id_, "api.yaml", "api.yaml", "backend", "2026-01-01T00:00:00.000Z", notes=notes)


def test_a_contract_is_everybodys_unless_roles_are_named_there_or_name_it() -> None:
    found = agreed({"api.yaml": (), "proto/**": ("web",)}, {"tests": ("proto/**", "db.sql")})
    assert found == (Contract("api.yaml"), Contract("proto/**", ("web", "tests")), Contract("db.sql", ("tests",)))
    everyone = ("backend", "web", "tests")
    assert dependents(found[0], everyone, "backend") == ["web", "tests"]
    assert dependents(found[1], everyone, "web") == ["tests"]


def test_a_change_is_settled_once_nobody_is_waited_for() -> None:
    known = fold(Contracts(), ContractChanged(HERE, change("c1", web=Note.QUEUED, tests=Note.NOT_TOLD)))
    assert not known.changes[0].settled
    known = fold(known, ContractNoted(HERE, "c1", "web", Note.NOTED, "it said so"))
    known = fold(known, ContractNoted(HERE, "c1", "stranger", Note.NOTED))
    assert known.changes[0].settled
    assert known.changes[0].notes == {"web": Note.NOTED, "tests": Note.NOT_TOLD}


def test_what_all_have_noted_is_forgotten_first() -> None:
    known = Contracts()
    for number in range(MOST + 1):
        known = fold(known, ContractChanged(HERE, change(f"c{number}", web=Note.NOTED if number == 3 else Note.TOLD)))
    assert known.change("c3") is None
    assert known.change("c0") is not None


@given(difference=st.lists(st.text(alphabet="~`ab\x1b \u202e+-", max_size=9)))
def test_nothing_in_a_difference_ends_the_fence_that_it_stands_in(difference: list[str]) -> None:
    lines = message(change("c1"), difference).split("\n")
    fence = lines[-1]
    assert set(fence) == {"~"}
    assert lines[3] == f"{fence}diff"
    assert not any(fence in line for line in lines[4:-1])


def test_a_message_is_bounded_and_says_so() -> None:
    many = message(change("c1"), ["+x"] * (LINES + 1)).split("\n")
    assert len(many) == LINES + 6
    assert "left out" in many[-2]
    assert len(message(change("c1"), ["+" + "x" * CHARS])) < 1000
