"""Who is at the other end of a connection: the person, an agent by its token, or a program inside an agent's pane."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path

from hiveui.machine import Machine
from hiveui.model.agent import Agent, AgentId
from hiveui.storage import atomic

AGENT_VARIABLE = "HIVE_AGENT_ID"


class Tokens:
    """One token for each agent, derived from a key that only this user can read."""

    def __init__(self, key_file: Path) -> None:
        """Read the key, or make one where there is none yet. Raises StorageError."""
        try:
            key = key_file.read_bytes() if key_file.exists() else b""
        except OSError as error:
            raise atomic.cannot("read", key_file, error) from error
        if not key:
            key = secrets.token_hex(32).encode()
            atomic.write(key_file, key)
        self._key = key

    def token(self, agent: AgentId) -> str:
        """Give the token that an agent finds in its environment."""
        return f"{agent}.{hmac.new(self._key, agent.encode(), hashlib.sha256).hexdigest()}"

    def agent(self, token: str) -> AgentId | None:
        """Give the agent that a token belongs to."""
        name = AgentId(token.partition(".")[0])
        return name if token.isascii() and hmac.compare_digest(self.token(name), token) else None


def inside(machine: Machine, pid: int, agents: Iterable[Agent]) -> AgentId | None:
    """Find the agent that a process belongs to; None for the person, in a shell that is a pane of theirs too.

    A process that left its parents, or outlived its agent, is known by its environment. This stops mistakes and
    injected prompts, not a determined process of the same user: a sandbox is the boundary.
    """
    programs = {agent.id: agent.pid for agent in agents if agent.here and not agent.person}
    by_pid = {program: id_ for id_, program in programs.items() if program is not None}
    for ancestor in (pid, *machine.ancestors(pid)):
        if ancestor in by_pid:
            return by_pid[ancestor]
    marked = AgentId((machine.environ(pid) or {}).get(AGENT_VARIABLE, ""))
    return marked if marked in programs else None
