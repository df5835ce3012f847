"""What a connection to the daemon is bound to: what it may do, for whom, and from where."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hiveui.errors import GatewayError
from hiveui.gateway.method import Role
from hiveui.gateway.protocol import Code
from hiveui.gateway.schema import TEXT, Schema, record
from hiveui.model.text import visible

LADDER = (Role.VIEWER, Role.APPROVER, Role.DRIVER, Role.OWNER)
"""What a seat can be, the least first."""
LONGEST = 80
"""Characters of a person's name, and of an address."""
SEAT: Schema = record(role=TEXT, person=TEXT, where=TEXT)
"""A seat that is asked for, as `initialize` takes it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at the hive. Without one that is asked for: the person here, who owns it."""

    role: Role = Role.OWNER
    person: str = ""
    """Their name; '' for whoever sits here."""
    where: str = ""
    """The address that they come from; '' for here."""

    @property
    def asked(self) -> dict[str, str]:
        """How `initialize` is asked for it."""
        return asdict(self)


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
