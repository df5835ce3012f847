"""The methods on what roles own and on contracts: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import TEXT
from hiveui.model.seat import Role

_CHANGE = Param(TEXT, "id of the change")

BOUNDS: Mapping[str, Method] = {
    "owner/list": Method(
        "List what every role owns, how it is held to that, and what it wrote outside, the newest first.",
        Role.VIEWER,
        {"workspace": WORKSPACE},
        "roles: [{role, owns: [glob] or null, mode: `warn`, `ask`, `block` or null, tell, enforced: `hook`, "
        "`bubblewrap`, `landlock` or '', notes: [text], unseen, "
        "trespasses: [{id, agent, role, path, deed, time, owners, how, note, seen}]}]",
    ),
    "owner/seen": Method(
        "Take what a role wrote outside, or all did, as seen.",
        Role.DRIVER,
        {"workspace": WORKSPACE, "role": maybe(TEXT, "name of the role; all")},
    ),
    "owner/tell": Method(
        "Tell the roles that own a path who wrote there.",
        Role.DRIVER,
        {"workspace": WORKSPACE, "trespass": Param(TEXT, "id of the write")},
        "told: [role]",
    ),
    "contract/list": Method(
        "List the contracts, their changes, the newest first, and who has taken note of them.",
        Role.VIEWER,
        {"workspace": WORKSPACE},
        "contracts: [{glob, roles: [role], none for all}], "
        "changes: [{id, path, glob, by, time, added, removed, notes, prompts, hows: by role, settled}]",
    ),
    "contract/difference": Method(
        "Give what a change of a contract changed.",
        Role.VIEWER,
        {"workspace": WORKSPACE, "change": _CHANGE},
        "lines: of a unified difference",
    ),
    "contract/noted": Method(
        "Say that a role has taken note of a change: the agent that calls, or one that the person names.",
        Role.DRIVER,
        {
            "change": _CHANGE,
            "workspace": maybe(TEXT, "id of the workspace, where several could be meant"),
            "role": maybe(TEXT, "name of the role, where the person calls"),
        },
        "path, role",
        agents=True,
    ),
}
