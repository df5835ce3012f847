"""The hosts that agents are on, besides this one. `check` and `retry` are verbs (hive.hive.Hive)."""

import hashlib
import os
from collections.abc import Awaitable, Callable
from functools import partial

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.remote import Follower, Remote
from hiveui.hosts.line import line_to, surroundings
from hiveui.model.hosts import HostDeclared, HostForgotten, HostLink, HostSpec, HostStood
from hiveui.model.names import nearest, quoted
from hiveui.paths import Paths, master_socket, secure_folder

FOLDER = ".local/state/hive-hosts"
"""Below the home there: a folder for each hive whose agents are there, by a name that tells nothing of it."""


class Hosts:
    """Every host that some workspace has agents on."""

    def __init__(self, paths: Paths, bus: Bus, mark: str, spawn: Callable[[Awaitable[None]], None]) -> None:
        """`mark` is this hive's own and nobody else's."""
        self._paths = paths
        self._bus = bus
        self._spawn = spawn
        self.folder = f"{FOLDER}/{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
        """Ours on each of them, below the home there."""
        self._hosts: dict[str, Remote] = {}

    def declare(self, spec: HostSpec) -> None:
        """Take in how a host is reached. Raises UsageError where agents are on one of that name that is another."""
        known = self._bus.state.hosts.get(spec.name)
        if known is not None and known.spec == spec:
            return
        host = self._hosts.get(spec.name)
        if host is not None and host.used:
            raise UsageError(
                f"Agents are on a host called {spec.name} that is reached in another way.",
                "Call this one something else, or end them first: hive down.",
            )
        self._hosts.pop(spec.name, None)
        self._bus.publish(HostDeclared(spec))

    def known(self, name: str) -> bool:
        """Tell whether it was declared how a host is reached."""
        return name in self._bus.state.hosts

    def find(self, name: str) -> Remote:
        """Give a host. Raises UsageError for one that was not declared."""
        facts = self._bus.state.hosts.get(name)
        if facts is None:
            raise UsageError(f"There is no host {quoted(name)}.", nearest(name, self._bus.state.hosts))
        if name not in self._hosts:
            self._hosts[name] = self._made(facts.spec)
        return self._hosts[name]

    def lent(self, spec: HostSpec) -> Remote:
        """Give a host to look at: the one that is used, or one of which nobody is told."""
        host = self._hosts.get(spec.name)
        return host if host is not None and host.spec == spec else self._made(spec, "to be looked at")

    def _made(self, spec: HostSpec, why: str = "") -> Remote:
        env = surroundings(os.environ, self._paths.run / "ssh-agent")
        control = master_socket(self._paths, f"{spec.name} {why}")
        secure_folder(control.parent)
        line = line_to(spec, control, env)
        return Remote(spec, line, self.folder, partial(self._stood, spec.name), self._spawn)

    def _stood(self, name: str, link: HostLink) -> None:
        facts = self._bus.state.hosts.get(name)
        if facts is not None and facts.link != link:
            self._bus.publish(HostStood(name, link))

    def leave(self, name: str, follower: Follower) -> None:
        """Let go of a host for one workspace."""
        if name in self._hosts:
            self._hosts[name].leave(follower)

    def sweep(self) -> None:
        """Forget the hosts that no workspace has agents on, not even one that is down and can be restored."""
        used = {agent.host for workspace in self._bus.state.workspaces.values() for agent in workspace.agents}
        for name in self._bus.state.hosts.keys() - used:
            self._hosts.pop(name, None)
            self._bus.publish(HostForgotten(name))

    def close(self) -> None:
        """Let go of every host; agents go on."""
        for host in self._hosts.values():
            host.close()
