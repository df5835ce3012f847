"""Agents in sandboxes, as they are shown."""

from hiveui.model.agent import Agent
from hiveui.model.state import Workspace
from hiveui.tui.afar import where

BOX = "▣"
"""Stands for a sandbox; a number behind it counts the hosts to which the way was refused."""


def place(workspace: Workspace, agent: Agent | None) -> str:
    """Say where an agent is that is elsewhere, and that it is in a sandbox: ` @build ▣2`."""
    standing = workspace.boxes.get(agent.role) if agent is not None else None
    box = f" {BOX}{len(standing.refused) or ''}" if standing is not None else ""
    return where(agent) + box
