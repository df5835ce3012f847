"""Who is at the other end of a connection: the person, an agent by its token, or a program inside an agent's pane."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from hiveui.machine import Machine
from hiveui.model.agent import AgentId

AGENT_VARIABLE = "HIVE_AGENT_ID"


class Tokens:
    """One token for each agent, derived from a key that only this user can read."""

    def __init__(self, key_file: Path) -> None:
        if not key_file.exists():
            key_file.touch(0o600)
            key_file.write_text(secrets.token_hex(32))
        self._key = key_file.read_text().strip().encode()

    def token(self, agent: AgentId) -> str:
        """Give the token that an agent finds in its environment."""
        return f"{agent}.{hmac.new(self._key, agent.encode(), hashlib.sha256).hexdigest()}"

    def agent(self, token: str) -> AgentId | None:
        """Give the agent that a token belongs to."""
        name, _, _ = token.partition(".")
        return AgentId(name) if hmac.compare_digest(self.token(AgentId(name)), token) else None


def inside(machine: Machine, pid: int, panes: Mapping[int, AgentId]) -> AgentId | None:
    """Find the agent that a process descends from; `panes` maps the pids of agents' programs.

    A process that left its parents is known by its environment. This stops mistakes and injected prompts, not a
    determined process of the same user: a sandbox is the boundary.
    """
    for ancestor in (pid, *machine.ancestors(pid)):
        if ancestor in panes:
            return panes[ancestor]
    marked = (machine.environ(pid) or {}).get(AGENT_VARIABLE)
    return next((agent for agent in panes.values() if agent == marked), None)
