"""What an agent's word that it is done is worth: claimed, being checked, checked, or refuted."""

from collections.abc import Mapping
from dataclasses import dataclass

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.checks import Outcome, Status
from hiveui.model.signs import AgentState


@dataclass(frozen=True, slots=True)
class AgentChecked:
    """What is known of an agent's check changed."""

    workspace: WorkspaceId
    id: AgentId
    proof: Outcome


CLAIMS: Mapping[Status, str] = {
    Status.NONE: "claims done",
    Status.QUEUED: "check waits",
    Status.RUNNING: "checking",
    Status.PASSED: "done, checked",
    Status.FAILED: "check failed",
    Status.ENDED: "check ended",
}
"""What is said in place of "done"."""
_READ: Mapping[Status, str] = {**CLAIMS, Status.NONE: "", Status.PASSED: "checked"}
"""The same in place of "idle", of a turn whose end the person has seen; '' for "idle" itself."""
_WORDS: Mapping[AgentState, Mapping[Status, str]] = {AgentState.DONE: CLAIMS, AgentState.IDLE: _READ}


def standing(proof: Outcome) -> Status:
    """Give how far a check has come for the files as they are: what is stale was as good as never run."""
    return Status.NONE if proof.stale else proof.status


def claim(agent: Agent) -> str:
    """Say what the word of an agent at rest is worth; '' where it says nothing, or nothing could prove it."""
    checked = agent.spec is not None and bool(agent.spec.check)
    if not checked and agent.proof.status is Status.NONE:
        return ""
    return _WORDS.get(agent.reading.state, {}).get(standing(agent.proof), "")
