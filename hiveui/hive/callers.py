"""Who is meant by a call: what it names, or the agent that calls."""

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.state import Workspace


def caller(bus: Bus, by: AgentId) -> tuple[Workspace, Agent]:
    """Find the agent that calls. Raises UsageError where it is gone."""
    for workspace in bus.state.workspaces.values():
        agent = workspace.agent(by)
        if agent is not None:
            return workspace, agent
    raise UsageError("The agent of this token is gone.", "Start it again: hive restart ROLE.")


def where(bus: Bus, by: AgentId, workspace: str) -> Workspace:
    """Find the workspace that is named, or that of the agent which calls. Raises UsageError."""
    return caller(bus, by)[0] if by else bus.workspace(WorkspaceId(workspace))
