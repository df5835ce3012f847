"""Budgets in USD, of agents and of workspaces: what is said when they are nearly used up, and when they are."""

from collections.abc import Iterator

from hiveui.model.agent import Agent
from hiveui.model.state import Workspace
from hiveui.model.usage import Spend, crossed, dollars, together


def warnings(workspace: Workspace, agent: Agent, spend: Spend) -> list[str]:
    """Say what an agent's new sum does to its budget and the workspace's: at 80 and at 100 per cent, each once."""
    others = together(other.spend for other in workspace.agents if other.id != agent.id).usd
    before = agent.spend.usd
    return [
        *_sentences(agent.role, before, spend.usd, own(agent)),
        *_sentences(workspace.name, others + before, others + spend.usd, workspace.budget),
    ]


def _sentences(name: str, before: float, after: float, budget: float | None) -> Iterator[str]:
    part = crossed(before, after, budget)
    if part and budget is not None:
        said = "has used up its budget" if part == 100 else "has used 80 % of its budget"
        yield f"{name} {said}: {dollars(after)} of {dollars(budget)}."


def used_up(workspace: Workspace, usd: float) -> int:
    """Tell which part of a workspace's budget a sum is, in per cent: 100 or more, 80 or more, or 0 for less."""
    return crossed(-1.0, usd, workspace.budget)


def own(agent: Agent) -> float | None:
    """Give an agent's own budget."""
    return agent.spec.budget if agent.spec is not None else None


def over_budget(workspace: Workspace, agent: Agent) -> str:
    """Say why an agent is to be sent nothing more unasked: its budget or its workspace's is used up; '' if neither."""
    sums = (
        (agent.role, agent.spend.usd, own(agent)),
        (workspace.name, together(other.spend for other in workspace.agents).usd, workspace.budget),
    )
    for name, usd, budget in sums:
        if budget is not None and usd >= budget:
            return f"{name} has used up its budget: {dollars(usd)} of {dollars(budget)}."
    return ""
