"""The methods on bringing agents' work together: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, TEXTS, YES
from hiveui.model.seat import Role

_CHOSEN = {
    "workspace": WORKSPACE,
    "roles": maybe(TEXTS, "whose branches, in this order; all that have something, the fewest conflicts first"),
    "into": maybe(TEXT, "the branch that they are merged into; the one that the workspace's folder is on"),
}
_STEP = {
    "workspace": WORKSPACE,
    "train": Param(TEXT, "id of the merge"),
    "step": Param(COUNT, "number of the step, from 0"),
}

MERGING: Mapping[str, Method] = {
    "merge/plan": Method(
        "Say what each agent has to merge and what merging would come to, and do nothing.",
        Role.VIEWER,
        _CHOSEN,
        "into, tip, train: id of the last merge, or '', chosen, left: "
        "[{role, place, branch, tip, ahead, behind, dirty, conflicts: [{path, what}], check, proof, "
        "why: it cannot be merged}]",
    ),
    "merge/start": Method(
        "Merge branches of agents one by one, each checked before it is landed; events tell how far it comes.",
        Role.OWNER,
        {
            **_CHOSEN,
            "way": maybe(TEXT, "`merge`, `squash` or `rebase`"),
            "check": maybe(YES, "run the role's check on what each merge gives"),
            "message": maybe(TEXT, "the message of squashed commits"),
        },
        "train: its id",
    ),
    "merge/resume": Method(
        "Have the merge that stopped go on: the step again, or without it.",
        Role.OWNER,
        {"workspace": WORKSPACE, "skip": maybe(YES, "leave the step out")},
        "train: its id",
    ),
    "merge/stop": Method(
        "End the check of the merge that is under way: it stops there.", Role.OWNER, {"workspace": WORKSPACE}
    ),
    "merge/undo": Method(
        "Put the branch back to where it stood before the last merge, unless somebody has built on it.",
        Role.OWNER,
        {"workspace": WORKSPACE, "train": maybe(TEXT, "refuse where the last merge is not this one")},
        "train: its id, into, before: the commit, '' where the branch was made",
    ),
    "merge/conflict": Method(
        "Read a file in conflict, with git's marks around both sides.",
        Role.VIEWER,
        {**_STEP, "path": Param(TEXT, "the file")},
        "text: '' where it is no text, or in one of them only, cut",
    ),
    "merge/output": Method("Read the end of what a step's check printed.", Role.VIEWER, _STEP, "text"),
    "merge/ask": Method(
        "Ask the agent of a step in conflict to rebase its branch, once it is at rest.",
        Role.DRIVER,
        _STEP,
        "as of `prompt/queue`",
    ),
    "merge/commit": Method(
        "Commit what an agent changed, as the person who is configured in git.",
        Role.OWNER,
        {
            **AGENT,
            "message": Param(TEXT, "the message"),
            "paths": maybe(TEXTS, "these files only, below the top of its checkout"),
        },
        "commit, place: the checkout, files: [path]",
    ),
    "merge/proposal": Method(
        "Give what a pull request of an agent's branch would have, and do nothing.",
        Role.OWNER,
        {**AGENT, "into": maybe(TEXT, "the branch that it is for; the one that the workspace's folder is on")},
        "role, url, objects: the folder of git's objects, tip, branch, into, title, body",
    ),
}
