"""The methods on checks: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import AGENT, WORKSPACE, Method, maybe
from hiveui.gateway.schema import COUNT, TEXT, YES
from hiveui.model.seat import Role

_LINE = "running: [roles], waiting: [roles, the next one first]; '' for a check that is none of this workspace's agents"

CHECKS: Mapping[str, Method] = {
    "check/run": Method(
        "Run an agent's check; what it comes to is an event. An agent may have its own run.",
        Role.DRIVER,
        {
            "workspace": maybe(TEXT, "id of the workspace; an agent's own"),
            "role": maybe(TEXT, "name of the agent in it; an agent itself"),
            "wait": maybe(YES, "answer once it is over"),
        },
        f"role, outcome: {{status, exit, seconds, output, commit, tree, time, why, stale, tries}}, {_LINE}",
        agents=True,
    ),
    "check/stop": Method("End an agent's check that is running.", Role.DRIVER, AGENT),
    "check/list": Method(
        "List the checks that run, and those that wait.", Role.VIEWER, {"workspace": WORKSPACE}, _LINE
    ),
    "check/output": Method(
        "Read the end of what an agent's last check printed, as it printed it.",
        Role.VIEWER,
        {**AGENT, "most": maybe(COUNT, "bytes, at most; 200,000")},
        "text, cut: whether something stands before it",
    ),
}
