"""The conversations that agents are known to have had: how old they are, and what they are about."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.agents.titles import title
from hiveui.agents.transcripts import files, last_changes
from hiveui.hive.boxing import at_home
from hiveui.hive.bus import Bus, named
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.paths import Paths


class Conversations:
    """Looks them up; `listed` is a verb (hive.hive.Hive)."""

    def __init__(self, paths: Paths, bus: Bus, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._paths = paths
        self._bus = bus
        self._supervisors = supervisors

    async def listed(self, *, workspace: str, role: str = "") -> dict[str, Any]:
        """List the conversations of a workspace's agents, or of one of them; the newest of each first."""
        found = self._bus.workspace(WorkspaceId(workspace))
        agents = (named(found, role),) if role else found.agents
        supervisor = self._supervisors.get(found.id)
        envs = {agent.id: at_home(self._paths, agent, _env(supervisor, agent)) for agent in agents}
        kinds = catalog(self._paths.kinds)
        listed = [(agent, kinds.get(agent.kind), envs[agent.id]) for agent in agents if agent.conversations]
        return {"agents": await asyncio.to_thread(lambda: [_looked_up(*one) for one in listed])}


def _env(supervisor: Supervisor | None, agent: Agent) -> Mapping[str, str]:
    if supervisor is None:
        return dict(os.environ)
    return {variable.name: variable.value for variable in supervisor.environment(agent)}


def _looked_up(agent: Agent, kind: Kind | None, env: Mapping[str, str]) -> dict[str, Any]:
    changed = last_changes(kind.transcripts, agent.conversations, env) if kind is not None else {}
    return {
        "role": agent.role,
        "kind": agent.kind,
        "resumes": kind is not None and bool(kind.resume),
        "conversations": [
            {
                "id": id_,
                "current": id_ == agent.conversation,
                "changed": _stamp(changed[id_]) if id_ in changed else None,
                "title": next(_titles(kind, id_, env), ""),
                "kept": id_ in changed or kind is None or not kind.transcripts,
            }
            for id_ in agent.conversations
        ],
    }


def _titles(kind: Kind | None, conversation: str, env: Mapping[str, str]) -> Iterator[str]:
    if kind is not None and kind.usage is not None:
        for path in files(kind.transcripts or kind.usage.files, conversation, env):
            yield title(path, kind.usage.format, conversation)


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
