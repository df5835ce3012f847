"""One row of the gateway's table: what a method is for, who may call it, and what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hiveui.gateway.schema import TEXT, Schema
from hiveui.model.seat import Role


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a method."""

    schema: Schema
    help: str
    required: bool = True
    role: Role | None = None
    """Who has less, of those to whom the method is open, leaves it out or at nothing: false, zero or empty."""


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table."""

    help: str
    role: Role
    params: Mapping[str, Param] = field(default_factory=dict)
    result: str = ""
    """The fields of the result, for people; '' where it is null."""
    ordered: bool = False
    """Calls of one connection are done one after the other, in the order they came: what is typed."""
    agents: bool = False
    """An agent may call it too. The verb is told who calls: `by`, an agent's id, '' for the person."""

    def open_to(self, role: Role) -> bool:
        """Tell whether a connection of this role may call it."""
        return role.may(self.role) or (self.agents and role is Role.AGENT)

    def beyond(self, role: Role, params: Mapping[str, object]) -> str:
        """Name the first parameter that needs more than a connection of this role has, or ''."""
        needs = ((name, self.params[name].role) for name, value in params.items() if value)
        return next((name for name, need in needs if need is not None and not role.may(need)), "")

    @property
    def schema(self) -> Schema:
        """The JSON Schema of `params`."""
        return {
            "type": "object",
            "properties": {name: {**p.schema, "description": p.help} for name, p in self.params.items()},
            "required": [name for name, p in self.params.items() if p.required],
            "additionalProperties": False,
        }


def maybe(schema: Schema, help_: str, role: Role | None = None) -> Param:
    """Make a parameter that may be left out, and by whoever has less than `role` is."""
    return Param(schema, help_, required=False, role=role)


WORKSPACE = Param(TEXT, "id of the workspace")
AGENT = {"workspace": WORKSPACE, "role": Param(TEXT, "name of the agent in it")}
