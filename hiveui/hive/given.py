"""What HiveUI itself puts into the environment of an agent."""

from hiveui.agents.launch import Launch
from hiveui.hive.identity import AGENT_VARIABLE
from hiveui.hive.surroundings import Surroundings
from hiveui.hosts.spools import spool_there
from hiveui.model.agent import Agent


def given(around: Surroundings, agent: Agent, launch: Launch | None, *, agent_forwarded: bool) -> dict[str, str]:
    """Name an agent to itself and to what it calls; `agent_forwarded`: the person's shell has an SSH agent."""
    ours = {AGENT_VARIABLE: agent.id, "HIVE_ROLE": agent.role}
    if not agent.person:
        ours["HIVE_TOKEN"] = around.tokens.token(agent.id)
    return ours | (
        _here(around, agent, launch, agent_forwarded=agent_forwarded) if agent.here else _there(around, agent, launch)
    )


def _here(around: Surroundings, agent: Agent, launch: Launch | None, *, agent_forwarded: bool) -> dict[str, str]:
    ours = {"HIVE_SOCKET": str(around.hive_socket)}
    if launch is not None and launch.hooks is not None:
        ours["HIVE_SPOOL"] = str(around.spool.file(agent.id))
    if agent_forwarded:
        ours["SSH_AUTH_SOCK"] = str(around.ssh_agent_link)
    return ours


def _there(around: Surroundings, agent: Agent, launch: Launch | None) -> dict[str, str]:
    """Nothing of this host's is there: neither its sockets nor its files. Its hooks write into a spool there."""
    host = around.hosts.find(agent.host)
    ours = {"HIVE_HOST": agent.host, "TERM": host.terminal}
    if launch is not None and launch.hooks is not None and host.found is not None:
        ours["HIVE_SPOOL"] = f"{spool_there(host.found.folder.path)}/{agent.id}.seq"
    return ours
