"""The methods on what agents use: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import WORKSPACE, Method, maybe
from hiveui.gateway.schema import COUNT, TEXT
from hiveui.model.seat import Role

USAGE: Mapping[str, Method] = {
    "budget/allow": Method(
        "Let an agent, or a whole workspace, use more than its budget.",
        Role.OWNER,
        {
            "workspace": WORKSPACE,
            "role": maybe(TEXT, "name of the agent; the workspace's own budget without one"),
            "cents": maybe(COUNT, "US cents more, from now on; as much as its layout says"),
        },
        "budget: USD that it may use, all together",
    ),
    "usage/list": Method(
        "Tell what agents used, those that are gone too.",
        Role.VIEWER,
        {"workspace": maybe(TEXT, "id of a workspace; all")},
        "prices: their date, day, agents: [{workspace, name, role, kind, model, here, context, budget, said: what its "
        "program says that it cost, …sums}], days: [{day, …sums}], models: [{model, …sums}], total: sums; sums are "
        "input, output, cache_read, cache_write, cache_write_hour, usd: null where unknown, today, unpriced: tokens",
    ),
    "usage/processes": Method(
        "Tell what the process trees of running agents take; two answers give a rate.",
        Role.VIEWER,
        {"workspace": maybe(TEXT, "id of a workspace; all")},
        "agents: [{name, role, kind, pid, processes, memory: bytes, cpu: seconds}]",
    ),
}
