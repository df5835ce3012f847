"""The methods on collisions and reservations: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param, maybe
from hiveui.gateway.schema import COUNT, TEXT, TEXTS, YES
from hiveui.model.seat import Role

_ONE = {"workspace": WORKSPACE, "collision": Param(TEXT, "its id")}
_HERE = {"workspace": maybe(TEXT, "id of the workspace; an agent's own, where one asks")}

COLLISIONS: Mapping[str, Method] = {
    "collision/list": Method(
        "List where agents meet: what stands first, the worst first.",
        Role.VIEWER,
        _HERE,
        "collisions: [{id, path, sort, sides: [{party, agent, role, top, part, time, how, evidence, added, removed}], "
        "opened, grown, lines: [[first, last]], conflict, quiet, told, settled, why}]",
        agents=True,
    ),
    "collision/look": Method(
        "Give what each side of a collision changed, and the conflict that git foresees.",
        Role.VIEWER,
        _ONE,
        "sides: [{role, top, lines: [[number, sign, text]]}], conflict: [[number, sign, text]], owners: [role]",
    ),
    "collision/tell": Method(
        "Have each agent of a collision told of it, once it is at rest.", Role.DRIVER, _ONE, "told: [role]"
    ),
    "collision/settle": Method(
        "Take a collision as settled, until somebody writes there again.",
        Role.DRIVER,
        {**_ONE, "why": maybe(TEXT, "how it was settled")},
    ),
    "prompt/hold": Method(
        "Hold the prompts that wait for an agent, or let them go on.",
        Role.DRIVER,
        {**AGENT, "held": Param(YES, "whether they are to be held")},
    ),
    "reservation/make": Method(
        "Hold paths for a while: advisory, another's write there is a collision.",
        Role.DRIVER,
        {
            **_HERE,
            "paths": Param(TEXTS, "paths or globs, from that folder"),
            "folder": Param(TEXT, "absolute folder that they are given from"),
            "minutes": maybe(COUNT, "for how long, at most a day; 60"),
            "why": maybe(TEXT, "what for"),
            "turn": maybe(YES, "only until the agent's turn ends"),
        },
        "reservation: {id, globs, role, agent, made, ends, turn, why}",
        agents=True,
    ),
    "reservation/release": Method(
        "Let go of a reservation, else of all one's own.",
        Role.DRIVER,
        {**_HERE, "reservation": maybe(TEXT, "its id")},
        "released: [id]",
        agents=True,
    ),
    "reservation/list": Method("List what is held.", Role.VIEWER, _HERE, "reservations: [reservation]", agents=True),
}
