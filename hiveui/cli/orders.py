"""What may be asked for from outside, where nobody gets a shell: the screen, one agent on it, and what only tells.

A command is here if it tells what it tells over the gateway, under the seat of whoever asks, and neither reads nor
writes a path of this machine. The default is no, for each command and for each of its options.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
from click.core import ParameterSource

from hiveui.errors import UsageError
from hiveui.model.seat import Role
from hiveui.model.text import visible
from hiveui.ssh.order import ATTACH

LONGEST = 40
"""Characters of a word that is refused, as they are said again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A command that only tells."""

    params: frozenset[str]
    """Those of its arguments and options, by the names that click has for them, that may be given."""
    role: Role = Role.VIEWER


def _telling(*params: str, role: Role = Role.VIEWER) -> Telling:
    return Telling(frozenset(params) | {"as_json"}, role)


TELLING: Mapping[str, Telling] = {
    "ls": _telling(),
    "status": _telling("workspace"),
    "read": _telling("role", "lines", "ansi", "history", "workspace"),
    "why": _telling("role", "workspace"),
    "files": _telling("role", "limit", "after", "workspace"),
    "who": _telling("path"),
    "diff": _telling("role", "by", "workspace"),
    "review": _telling("workspace"),
    "comments": _telling("workspace"),
    "checkpoints": _telling("role", "workspace"),
    "owners": _telling("workspace"),
    "contracts": _telling("change", "workspace"),
    "collisions": _telling("everything", "workspace"),
    "conversations": _telling("role", "workspace"),
    "cost": _telling("by", "workspace"),
    "budget": _telling("workspace"),
    "top": _telling("seconds", "workspace"),
    "attention": _telling(),
    "people": _telling(),
    "wait": _telling("role", "goal", "timeout", "workspace"),
    "events": _telling("last", "follow"),
    "since": _telling("minutes", "last", "everyone", "workspace", role=Role.DRIVER),
    "logs": _telling("last", "follow", role=Role.OWNER),
}
"""`since` may ask a model, which costs; the log is a file of this machine, and tells of all that its owner did."""


def refuse(words: Sequence[str]) -> None:
    """Raise UsageError where no such order is taken, before anything is done for it."""
    if words and words[0] != ATTACH and words[0] not in TELLING:
        raise UsageError(
            f"{_quoted(words[0])} is not done from here.", f"There are: {ATTACH} ROLE, {', '.join(TELLING)}."
        )
    if words and words[0] == ATTACH and len(words) != 2:
        raise UsageError("attach takes the name of one agent.", "`attach ROLE`, or `attach WORKSPACE/ROLE`.")


def checked(group: click.Group, words: Sequence[str], role: Role, seat: object) -> click.Context:
    """Give the context in which a command of the table can be invoked. Raises UsageError, and as click does."""
    refuse(words)
    name, telling = words[0], TELLING[words[0]]
    if not role.may(telling.role):
        raise UsageError(f"{name} needs the role {telling.role}; you have {role}.")
    parent = click.Context(group, info_name="hive", obj=seat)
    command = group.get_command(parent, name)
    assert command is not None  # noqa: S101  tests hold every row of the table to be a command
    context = command.make_context(name, list(words[1:]), parent=parent)
    for param in command.params:
        given = context.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
        if given and param.name not in telling.params:
            raise UsageError(f"{name} takes no {param.human_readable_name} from here.")
    return context


def _quoted(word: str) -> str:
    return repr(visible(word)[:LONGEST])
