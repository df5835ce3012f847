"""A hive whose agents are on other hosts, and panes that may not be reached yet."""

import contextlib
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from hiveui.errors import HostError
from hiveui.hive.hive import Hive
from hiveui.model.hosts import HostLink
from tests.tmux.nest import Nest, shows
from tests.waiting import WITHIN, soon

ECHO = ["sh", "-c", "echo ready on $HIVE_HOST; while read -r line; do echo got:$line; done"]
"""A program that answers each line, and says which host it is on."""
SEEN = 7.0
"""Seconds within which a host is seen to be lost: 5, and what a busy machine takes."""


async def opened(
    nest: Nest, hive: Hive, hosts: Mapping[str, Any], agents: Mapping[str, Any], waited: float = 12.0
) -> dict[str, Any]:
    """Open a layout of agents on hosts, each of which is waited for: longer than a person would, on a busy machine."""
    nest.layout(agents, hosts=hosts)
    plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
    asked = {"folder": str(nest.project), "layout": "one", "env": nest.env, "hash": plan["hash"]}
    with patch("hiveui.hive.workspaces.WAITED", waited):
        return await hive.workspaces.open(**asked)


async def returns(hive: Hive, role: str, wanted: str, within: float = WITHIN) -> str:
    """Wait until an agent's pane shows something, whose host may not be reached yet."""

    async def shown() -> str:
        with contextlib.suppress(HostError):
            return await shows(hive, role, wanted, within)
        return ""

    return await soon(shown, within, wanted)


def link(hive: Hive, host: str) -> HostLink:
    """Give how the way to a host stands."""
    return hive.bus.state.hosts[host].link
