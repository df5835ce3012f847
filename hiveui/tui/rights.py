"""What somebody is told who wants more than their seat allows."""

from collections.abc import Mapping

from hiveui.model.seat import Role

_AS: Mapping[Role, str] = {
    Role.VIEWER: "You look on as a viewer",
    Role.APPROVER: "You are here as an approver",
    Role.DRIVER: "You are here as a driver",
}
_FOR: Mapping[Role, str] = {
    Role.APPROVER: "approvers",
    Role.DRIVER: "drivers",
    Role.OWNER: "the owner",
}


def refusal(role: Role, need: Role, what: str = "") -> str:
    """Say who may do that: `what` is the title of a command, which begins with a verb."""
    said = f"to {what[0].lower()}{what[1:]}" if what else "that"
    return f"{_AS.get(role, 'You may not')}: {said} is for {_FOR.get(need, 'others')}."
