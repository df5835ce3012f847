"""The methods on what agents do to files: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, YES
from hiveui.model.seat import Role

_WRITES = (
    "writes: [{number, top, path, deed: added, modified or deleted, time, by: an agent's id or null, role, "
    "how: tool, worktree, process, command or unknown, evidence, lines: [added, removed] or null}], newest first"
)
_PLACES = (
    "checkouts: [{top, agents: [id], notice: why less is seen than should be, or ''}], "
    "bars: {agent: changes in each half minute of the last ten, oldest first}"
)

FILES: Mapping[str, Method] = {
    "files/list": Method(
        "List what changed in the checkouts of a workspace's agents, and whose each change is, as far as is known.",
        Role.VIEWER,
        {
            "workspace": WORKSPACE,
            "role": maybe(TEXT, "only what this agent changed"),
            "path": maybe(TEXT, "only this file: absolute, or below the top of a checkout"),
            "after": maybe(TEXT, "only what was noticed after this time, RFC 3339, UTC"),
            "limit": maybe(COUNT, "at most so many; 500"),
        },
        f"{_WRITES}, {_PLACES}",
        agents=True,
    ),
    "files/who": Method(
        "Tell who changed a file, how that is known, and who holds it.",
        Role.VIEWER,
        {"path": Param(TEXT, "absolute path of the file")},
        f"top, since: when watching began, {_WRITES}, held: [{{id, globs, role, ends, turn, why, …}}]",
        agents=True,
    ),
    "files/look": Method(
        "Say that this client shows what changes; `files/feed` follows, replacing what it looked at before.",
        Role.VIEWER,
        {"workspace": WORKSPACE, "rows": maybe(YES, "each change, and not only how much changes")},
        f"{_WRITES}, {_PLACES}",
    ),
}
