"""What every supervisor of one hive shares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from hiveui.agents.hooks.injection import Injection
from hiveui.agents.hooks.spool import Spool
from hiveui.hive.attention import Reader
from hiveui.hive.bus import Bus
from hiveui.hive.hosts import Hosts
from hiveui.hive.identity import Tokens
from hiveui.hive.mirrors import Mirrors
from hiveui.machine import Machine
from hiveui.model.agent import Agent
from hiveui.paths import Paths
from hiveui.tmux.server import Server


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The one of each that there is."""

    bus: Bus
    server: Server
    hosts: Hosts
    machine: Machine
    tokens: Tokens
    paths: Paths
    hive_socket: Path
    ssh_agent_link: Path
    log_file: Path
    reader: Callable[[Agent], Reader | None]
    """What reads the screen of an agent's program; None where nothing does."""
    injection: Injection
    spool: Spool
    spawn: Callable[[Awaitable[None]], None]
    """Run a task that nobody waits for; its failure is logged and ends nothing."""
    mirrors: Mirrors
    begins: Callable[[Agent], Awaitable[None]]
    """Hear that an agent's program is about to be started: it waits for that."""
