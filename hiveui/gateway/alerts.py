"""The rows of the method table on how the person is called."""

from collections.abc import Mapping

from hiveui.gateway.method import Method, Param, maybe
from hiveui.gateway.schema import YES
from hiveui.model.seat import Role

_WAYS = (
    "level, quiet: it is quiet hours, waiting: needs that wait for their end, terminals: that are told, "
    "focused: those of them that the person is at, "
    "ways: [{name, program, idle: why it is not used, or '', trouble: why the last one failed, or ''}]"
)

ALERTS: Mapping[str, Method] = {
    "alert/terminal": Method(
        "Say that this client is a terminal which tells the person of alerts; `alert` follows for each.",
        Role.VIEWER,
        {
            "focused": Param(YES, "whether it has the focus"),
            "pops": maybe(YES, "whether it pops alerts up, so that the desktop need not"),
        },
    ),
    "alert/ways": Method("Tell how the person is called when no terminal is in front of them.", Role.VIEWER, {}, _WAYS),
    "alert/test": Method("Try each of these ways.", Role.OWNER, {}, _WAYS),
}
