"""Budgets in USD, of agents and of workspaces: what is said when they are nearly used up, and held when they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from hiveui.model.agent import Agent
from hiveui.model.state import Workspace
from hiveui.model.usage import Spend, crossed, dollars, together


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A budget that is used up."""

    role: str
    """The agent's whose it is; '' for the workspace's."""
    why: str
    """That it is, in one sentence."""


def warnings(workspace: Workspace, agent: Agent, spend: Spend) -> list[str]:
    """Say what an agent's new sum does to its budget and the workspace's: at 80 and at 100 per cent, each once."""
    others = together(other.spend for other in workspace.agents if other.id != agent.id).usd
    before = agent.spend.usd
    return [
        *_sentences(agent.role, before, spend.usd, own(workspace, agent)),
        *_sentences(workspace.name, others + before, others + spend.usd, whole(workspace)),
    ]


def _sentences(name: str, before: float, after: float, budget: float | None) -> Iterator[str]:
    part = crossed(before, after, budget)
    if part and budget is not None:
        said = "has used up its budget" if part == 100 else "has used 80 % of its budget"
        yield f"{name} {said}: {dollars(after)} of {dollars(budget)}."


def used_up(workspace: Workspace, usd: float) -> int:
    """Tell which part of a workspace's budget a sum is, in per cent: 100 or more, 80 or more, or 0 for less."""
    return crossed(-1.0, usd, whole(workspace))


def own(workspace: Workspace, agent: Agent) -> float | None:
    """Give an agent's own budget, as it was declared or raised."""
    return _raised(workspace, agent.role, agent.spec.budget if agent.spec is not None else None)


def whole(workspace: Workspace) -> float | None:
    """Give a workspace's budget, as it was declared or raised."""
    return _raised(workspace, "", workspace.budget)


def _raised(workspace: Workspace, role: str, declared: float | None) -> float | None:
    return None if declared is None else max(declared, workspace.raised.get(role, 0.0))


def exhausted(workspace: Workspace, agent: Agent) -> Exhausted | None:
    """Give the budget for which an agent is to be sent nothing more unasked: its own, its workspace's, or None."""
    sums = (
        (agent.role, agent.role, agent.spend.usd, own(workspace, agent)),
        ("", workspace.name, together(other.spend for other in workspace.agents).usd, whole(workspace)),
    )
    for role, name, usd, budget in sums:
        if budget is not None and usd >= budget:
            return Exhausted(role, f"{name} has used up its budget: {dollars(usd)} of {dollars(budget)}")
    return None


def over_budget(workspace: Workspace, agent: Agent) -> str:
    """Say that an agent's budget or its workspace's is used up; '' if neither."""
    found = exhausted(workspace, agent)
    return f"{found.why}." if found is not None else ""


def held(workspace: Workspace) -> list[Agent]:
    """List the agents whose prompts wait because a budget is used up."""
    return [agent for agent in workspace.agents if workspace.queues.get(agent.role) and exhausted(workspace, agent)]


def more(workspace: Workspace, role: str, usd: float | None) -> float | None:
    """Give what a budget has to be for so much more to be used from now on, by default as much as was declared.

    `role` is '' for the workspace's own. None where there is no such budget.
    """
    agent = workspace.role(role)
    declared = workspace.budget if not role else agent.spec.budget if agent is not None and agent.spec else None
    if declared is None:
        return None
    spends = [agent.spend] if agent is not None else [other.spend for other in workspace.agents]
    return max(together(spends).usd, _raised(workspace, role, declared) or 0.0) + (usd or declared)
