"""The methods of the review desk: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, TEXTS, YES
from hiveui.model.seat import Role

_COMPARISON = {"workspace": WORKSPACE, "comparison": Param(COUNT, "number of the comparison")}

REVIEW: Mapping[str, Method] = {
    "review/take": Method(
        "Look at what the agents changed: each checkout against where it began, and what is not committed.",
        Role.VIEWER,
        {"workspace": WORKSPACE, "role": maybe(TEXT, "the checkout of one agent")},
        "comparison: its number, areas: [{top, roles, against, note}], "
        "agents: [{role, files, added, removed, hunks, unreviewed, comments}]",
    ),
    "review/page": Method(
        "Give a page of a comparison; the last four comparisons are kept.",
        Role.VIEWER,
        {
            **_COMPARISON,
            "group": maybe(TEXT, "in which order: `agent`, `file` or `risk`"),
            "page": maybe(COUNT, "`next` of the page before"),
        },
        "pieces: [{file, hunks: [{head: [old, lines, new, lines, heading], lines: [mark and text]}]}], next: or null",
    ),
    "review/mark": Method(
        "Mark hunks as seen, by what they hold: one that changes is not seen any more.",
        Role.DRIVER,
        {
            "workspace": WORKSPACE,
            "digests": Param(TEXTS, "names of hunks, as pages have them"),
            "reviewed": maybe(YES, "false takes the marks away"),
        },
    ),
    "review/revert": Method(
        "Take a hunk back, or all of a file, in the checkout alone: no index, no commit.",
        Role.DRIVER,
        {
            **_COMPARISON,
            "area": Param(COUNT, "place of the checkout among the areas"),
            "path": Param(TEXT, "the file"),
            "digest": maybe(TEXT, "the hunk; all of the file"),
        },
        "reverted: {name, top, path, role, time, added, removed}",
    ),
    "review/undo": Method(
        "Bring again what was taken back last.",
        Role.DRIVER,
        {"workspace": WORKSPACE},
        "undone: {name, top, path, role, time, added, removed}",
    ),
    "comment/write": Method(
        "Say something of a line to an agent, in a numbered message.",
        Role.DRIVER,
        {
            **AGENT,
            "path": Param(TEXT, "the file, below the top of the checkout"),
            "line": Param(COUNT, "its line, from 1"),
            "text": Param(TEXT, "what is said"),
            "old": maybe(YES, "the line is one of those before the change"),
            "top": maybe(TEXT, "the checkout, where it is not the agent's own"),
        },
        "number, stage, ahead: prompts, why: it waits, or ''",
    ),
    "comment/list": Method(
        "List what was said of lines, and how far each has come.",
        Role.VIEWER,
        {"workspace": WORKSPACE},
        "comments: [{number, role, top, path, line, old, text, time, stage, answer, prompt, place}]",
    ),
    "comment/resolve": Method(
        "Be content with what became of a comment.",
        Role.DRIVER,
        {"workspace": WORKSPACE, "number": Param(COUNT, "its number")},
    ),
}
