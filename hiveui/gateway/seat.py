"""What `initialize` is told, and which seat it gives: what a connection may do, for whom, and from where."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hiveui.errors import GatewayError
from hiveui.gateway.protocol import PROTOCOL, Code
from hiveui.gateway.schema import TEXT, Schema, record
from hiveui.model.seat import LADDER, Role, Seat
from hiveui.model.text import visible

LONGEST = 80
"""Characters of a person's name, and of an address."""
SEAT: Schema = record(role=TEXT, person=TEXT, where=TEXT)
"""A seat that is asked for, as `initialize` takes it."""


def introduction(name: str, version: str, token: str | None, seat: Seat | None) -> dict[str, Any]:
    """Give what a program says of itself, with the token that it has and the seat that it asks for, if any."""
    known: dict[str, Any] = {"name": name, "version": version, "protocol": list(PROTOCOL)}
    known |= {"token": token} if token else {}
    return known | ({"seat": asdict(seat)} if seat is not None else {})


def role_of(name: str) -> Role:
    """Give a rung of the ladder by its name. Raises GatewayError -32602."""
    if name not in LADDER:
        raise GatewayError(
            f"There is no role {visible(name)[:LONGEST]!r}.",
            f"There are: {', '.join(LADDER)}.",
            code=Code.INVALID_PARAMS,
        )
    return Role(name)


def granted(may: Role, asked: Mapping[str, str] | None) -> Seat:
    """Seat a connection: the lesser of what it may and what it asks. Raises GatewayError -32602.

    An agent's token is no rung of the ladder: whoever comes with one is that agent, and asks for no seat.
    """
    if asked is None:
        return Seat(may)
    if may is Role.AGENT:
        raise GatewayError("An agent takes no seat.", code=Code.INVALID_PARAMS)
    role = min(may, role_of(asked["role"]), key=LADDER.index)
    return Seat(role, *(visible(asked[field])[:LONGEST] for field in ("person", "where")))
