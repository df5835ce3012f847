"""The methods on agents' checkouts and their checkpoints: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, YES
from hiveui.model.seat import Role

_CHECKOUT = (
    "{role, agent, form: worktree, clone, shared or path, folder, there: HOST:FOLDER of one on another host, of which "
    "folder is the mirror, else '', running, branch, head, base, ahead: null where it is not known, behind, "
    "changed: files, untracked, problem}"
)

CHECKPOINTS: Mapping[str, Method] = {
    "checkout/list": Method(
        "List agents' checkouts, those of agents that are gone too.",
        Role.VIEWER,
        {"workspace": WORKSPACE},
        f"checkouts: [{_CHECKOUT}]",
    ),
    "checkout/clean": Method(
        "Remove checkouts of agents that do not run, where nothing would be lost; their branches only when merged.",
        Role.OWNER,
        {
            "workspace": WORKSPACE,
            "role": maybe(TEXT, "name of an agent; all"),
            "dry": maybe(YES, "only say what would be done"),
        },
        "checkouts: [{role, folder, branch, losses: [text], removed, branch_removed}]",
    ),
    "checkpoint/list": Method(
        "List an agent's checkpoints, the newest first.",
        Role.VIEWER,
        AGENT,
        "checkpoints: [{number, commit, tree, time, reason, turn, prompt, files, added, removed, left_out: [text], "
        "lacking}], note: why none was made of late, or ''",
    ),
    "checkpoint/diff": Method(
        "Give what changed from a checkpoint to now.",
        Role.VIEWER,
        {**AGENT, "number": Param(COUNT, "of the checkpoint")},
        "diff: as git writes it, cut: its end is missing",
    ),
    "checkpoint/rollback": Method(
        "Put an agent's files back as a checkpoint has them; what is there now is kept as a checkpoint first.",
        Role.DRIVER,
        {
            **AGENT,
            "number": maybe(COUNT, "of the checkpoint; the newest that differs from now"),
            "dry": maybe(YES, "only say what would be done"),
        },
        "role, top, checkpoint, working: it works just now, before: number of what was there, or null, "
        "steps: [{path, deed: write, delete or keep, why}]",
    ),
}
