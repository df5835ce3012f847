"""The methods on hosts: rows of the gateway's table."""

from collections.abc import Mapping

from hiveui.gateway.method import Method, maybe
from hiveui.gateway.schema import TEXT, TEXTS
from hiveui.model.seat import Role

HOSTS: Mapping[str, Method] = {
    "host/check": Method(
        "Look at other hosts: whether each is reached, and what it has.",
        Role.DRIVER,
        {
            "folder": maybe(TEXT, "absolute path of a project, whose hosts are looked at too"),
            "names": maybe(TEXTS, "these hosts; all"),
        },
        "hosts: [{name, way, argv, agents, standing, note, hint, since, checks: [{name, ok, found, mend}]}]",
    ),
    "host/retry": Method(
        "Try hosts again at once that are not reached.",
        Role.DRIVER,
        {"names": maybe(TEXTS, "these hosts, those too that are not tried again unasked; all")},
        "tried: names",
    ),
}
