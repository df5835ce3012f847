"""The methods on who is here: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, Method, Param, maybe
from hiveui.gateway.schema import COUNT, YES
from hiveui.model.seat import Role

_SCREENS = (
    "screens: [{id, seat: {role, person, where}, since, workspace, tab, role: the agent with its focus, zoomed, "
    "typing: the agent that its person types into just now, or '', follows: a screen's id, or 0, "
    "sizes: it gives the panes their sizes}]"
)

PEOPLE: Mapping[str, Method] = {
    "people/look": Method(
        "Say where this client's screen is: it is among the people then, and `people` tells it of all of them.",
        Role.VIEWER,
        {
            **AGENT,
            "tab": Param(COUNT, "tab shown, from 0"),
            "zoomed": Param(YES, "whether one pane fills the screen"),
            "follows": maybe(COUNT, "id of the screen that it goes along with"),
        },
    ),
    "people/watch": Method(
        "Tell whose screens show the hive; `people` tells it anew when that changes.",
        Role.VIEWER,
        result=f"you: the client's own screen, or 0, {_SCREENS}",
    ),
}
NEWS = f"you, {_SCREENS}"
"""The fields of the notification `people`."""
