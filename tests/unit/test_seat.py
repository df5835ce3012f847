"""What a seat may do is decided by the table of methods alone, for every method and every role."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import GatewayError
from hiveui.gateway.method import Role
from hiveui.gateway.protocol import Code
from hiveui.gateway.seat import LADDER, LONGEST, Seat, granted

PEOPLE = st.text(max_size=200)


@given(st.sampled_from(LADDER), st.sampled_from(LADDER), PEOPLE, PEOPLE)
def test_a_connection_gets_the_lesser_of_what_it_may_and_what_it_asks(
    may: Role, asks: Role, person: str, where: str
) -> None:
    seat = granted(may, Seat(asks, person, where).asked)
    assert LADDER.index(seat.role) == min(LADDER.index(may), LADDER.index(asks))
    assert len(seat.person) <= LONGEST
    assert (seat.person + seat.where).isprintable()


@pytest.mark.parametrize("role", ["agent", "", "Owner", "owner ", "root", "\x1b]0;x\x07"])
def test_a_role_that_is_no_rung_of_the_ladder_is_refused(role: str) -> None:
    with pytest.raises(GatewayError) as refused:
        granted(Role.OWNER, {"role": role, "person": "", "where": ""})
    assert refused.value.code == Code.INVALID_PARAMS
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("role", LADDER)
def test_an_agent_cannot_take_a_seat(role: Role) -> None:
    with pytest.raises(GatewayError):
        granted(Role.AGENT, Seat(role).asked)


def test_without_a_seat_a_connection_is_what_it_may_be() -> None:
    assert {may: granted(may, None).role for may in Role} == {may: may for may in Role}
