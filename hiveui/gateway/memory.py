"""The methods on the project's memory: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import TEXT
from hiveui.model.seat import Role

_OWN = maybe(TEXT, "id of the workspace; an agent's own")

MEMORY: Mapping[str, Method] = {
    "memory/read": Method(
        "Read the files of a project's memory, and the decisions that were taken.",
        Role.VIEWER,
        {"workspace": _OWN},
        "folder, files: [{name, text}]",
        agents=True,
    ),
    "memory/save": Method(
        "Save a file of the memory, merged with what was changed there meanwhile, or not at all where it cannot be.",
        Role.DRIVER,
        {
            "workspace": WORKSPACE,
            "name": Param(TEXT, "name of the file"),
            "text": Param(TEXT, "its new text"),
            "base": Param(TEXT, "its text as it was when writing began"),
        },
        "saved, merged: whether `text` is another than was sent, text, current: what stands there if not saved",
    ),
    "memory/decide": Method(
        "Write a decision down, with who took it and when.",
        Role.DRIVER,
        {"workspace": _OWN, "text": Param(TEXT, "the decision")},
        "file, entry",
        agents=True,
    ),
}
