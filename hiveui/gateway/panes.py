"""The methods on panes and on stills of them: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, YES, Schema, record
from hiveui.model.seat import Role

INPUT: Schema = {"type": "array", "items": {"type": "array", "minItems": 2}}
VIEWS: Schema = {"type": "array", "items": record(pane=TEXT, columns=COUNT, rows=COUNT, focused=YES)}

_PANE = Param(TEXT, "tmux's id of the pane, `%3`; `HOST%3` on another host")
_STILL = Param(COUNT, "number of the still")
SOUGHT = {
    "pattern": Param(TEXT, "what to find, 1 to 1,000 characters"),
    "regex": maybe(YES, "it is a regular expression"),
}

PANES: Mapping[str, Method] = {
    "pane/view": Method(
        "Say which panes this client shows; replaces its set, and starts `pane/rows`.",
        Role.VIEWER,
        {
            "panes": Param(VIEWS, "the panes and the cells each is given"),
            "size_owner": Param(YES, "whether this client's sizes become the panes'"),
            "frames": maybe(COUNT, "frames a second at most; 0 for as many as there are"),
        },
    ),
    "pane/input": Method(
        "Type, press or point. A notification: no id, no answer.",
        Role.DRIVER,
        {"pane": _PANE, "input": Param(INPUT, '`["text", "abc"]`, `["key", "ctrl+up"]`, `["mouse", …]`')},
        ordered=True,
    ),
    "pane/paste": Method(
        "Paste a text, bracketed where the program asked for it.",
        Role.DRIVER,
        {"pane": _PANE, "text": Param(TEXT, "the text"), "more": maybe(YES, "a part; the rest follows")},
        "receipt: {sent, removed}; null for a part",
        ordered=True,
    ),
    "still/take": Method(
        "Take a still of a pane: history and screen as they are now, whatever the pane prints later.",
        Role.VIEWER,
        {"pane": _PANE},
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
        {"still": _STILL, **SOUGHT},
        "count, matches: [[row, cell, last row, last cell]], the last 5,000",
    ),
    "still/drop": Method("Let go of a still.", Role.VIEWER, {"still": _STILL}),
}
