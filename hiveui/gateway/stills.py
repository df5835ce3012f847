"""The methods on stills, and on searching what panes printed: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import PANE, WORKSPACE, Method, Param, Role, maybe
from hiveui.gateway.schema import COUNT, TEXT, YES

_STILL = Param(COUNT, "number of the still")
_SOUGHT = {
    "pattern": Param(TEXT, "what to find, 1 to 1,000 characters"),
    "regex": maybe(YES, "it is a regular expression"),
}

STILLS: Mapping[str, Method] = {
    "still/take": Method(
        "Take a still of a pane: history and screen as they are now, whatever the pane prints later.",
        Role.VIEWER,
        {"pane": PANE},
        "still: its number, total: rows, size, cursor",
    ),
    "still/rows": Method(
        "Read rows of a still.",
        Role.VIEWER,
        {"still": _STILL, "start": Param(COUNT, "first row, from the oldest"), "count": Param(COUNT, "rows")},
        "first, rows: [[ansi, width, whether the next row continues it]]",
    ),
    "still/search": Method(
        "Find a text or a regular expression in a still; capitals count where it has any.",
        Role.VIEWER,
        {"still": _STILL, **_SOUGHT},
        "count, matches: [[row, cell, last row, last cell]], the last 5,000",
    ),
    "still/drop": Method("Let go of a still.", Role.VIEWER, {"still": _STILL}),
    "workspace/search": Method(
        "Find a text or a regular expression in all panes of a workspace.",
        Role.VIEWER,
        {"workspace": WORKSPACE, **_SOUGHT},
        "found: [{role, count, matches: [[row, cell, last row, last cell, text]]}], the last 50 of each",
    ),
}
