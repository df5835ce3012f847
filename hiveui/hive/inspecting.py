"""The verbs on hosts: what each has and what is missing, and trying again those that are lost."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import catalog
from hiveui.errors import HostError, UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.hosts import Hosts
from hiveui.hive.opening import chosen
from hiveui.hive.remote import Remote
from hiveui.hosts.survey import Survey, obstacle, survey
from hiveui.model.hosts import HostSpec, Standing
from hiveui.model.names import nearest, quoted
from hiveui.model.text import visible
from hiveui.paths import Paths

WITHIN = 15.0
"""Seconds in which a host has to be reached."""
RECOMMENDED = (3, 7)
"""Of tmux, as here."""


class _Guest:
    """Somebody who only looks."""

    async def arrive(self) -> None:
        """Do nothing."""

    def depart(self) -> None:
        """Do nothing."""


class Inspecting:
    """Looks at hosts. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, paths: Paths, bus: Bus, hosts: Hosts) -> None:
        self._paths = paths
        self._bus = bus
        self._hosts = hosts
        self._alone = asyncio.Lock()
        """Held while hosts are looked at: two who look at one that nobody uses would connect by the same socket."""

    async def check(self, *, folder: str = "", names: Sequence[str] = ()) -> dict[str, Any]:
        """Look at hosts that are used, or known in a folder: at all, or at those of `names`."""
        settings = await asyncio.to_thread(chosen, self._paths, Path(folder) if folder else self._paths.config)
        used = {name: facts.spec for name, facts in self._bus.state.hosts.items()}
        specs = {**settings.hosts, **used}
        for name in names:
            if name not in specs:
                raise UsageError(f"There is no host {quoted(name)}.", nearest(name, specs))
        kinds = await asyncio.to_thread(catalog, self._paths.kinds)
        programs = {kind.name: kind.argv[0] for kind in kinds.values() if kind.install}
        wanted = [spec for name, spec in sorted(specs.items()) if not names or name in names]
        async with self._alone:
            return {"hosts": await asyncio.gather(*(self._look(spec, programs) for spec in wanted))}

    def retry(self, *, names: Sequence[str] = ()) -> dict[str, Any]:
        """Try again at once the hosts that are not reached, or those of `names`, whatever became of them."""
        hosts = self._bus.state.hosts
        down = {n for n in hosts if self._hosts.find(n).used and hosts[n].link.standing is not Standing.UP}
        for name in names or sorted(down):
            self._hosts.find(name).retry(refused=True)
        return {"tried": sorted(down & set(names) if names else down)}

    async def _look(self, spec: HostSpec, programs: Mapping[str, str]) -> dict[str, Any]:
        """Look at one host. One that is lost is not waited for."""
        kinds = Counter(
            agent.kind for w in self._bus.state.workspaces.values() for agent in w.agents if agent.host == spec.name
        )
        about = {"name": spec.name, "way": spec.way, "argv": list(spec.argv), "agents": kinds.total()}
        guest = _Guest()
        host = self._hosts.lent(spec)
        if not host.used:
            host.join(guest)
        try:
            if host.link.standing is Standing.OPENING:
                await host.reached(WITHIN)
            found = (
                await survey(host.line, self._hosts.folder, sorted({"git", *programs.values()})) if host.up else None
            )
        except HostError as error:
            return about | _stands(host, error) | {"checks": []}
        finally:
            host.leave(guest)
        needed = {programs[kind] for kind in kinds if kind in programs}
        checks = [] if found is None else list(_checks(spec.name, found, needed, set(programs.values())))
        return about | _stands(host) | {"checks": checks}


def _stands(host: Remote, error: HostError | None = None) -> dict[str, Any]:
    link = host.link
    if error is not None and host.up:
        return {"standing": Standing.LOST, "note": str(error), "hint": error.hint, "since": link.since}
    return {"standing": link.standing, "note": link.note, "hint": link.hint, "since": link.since}


def _checks(name: str, found: Survey, needed: set[str], known: set[str]) -> Sequence[dict[str, Any]]:
    """Say what a host has, and what is missing, with the mend."""
    without = obstacle(name, found)
    old = found.version is not None and found.version < RECOMMENDED
    better = f"{'.'.join(map(str, RECOMMENDED))} is best." if old else ""
    git = found.programs.get("git", "")
    there = sorted(known & found.programs.keys())
    lacking = sorted(needed - found.programs.keys())
    home = "Its home has to be a folder with room that it may write: `--env HOME=/work` names a container's."
    rows = (
        ("shell", True, found.system or "POSIX", ""),
        ("tmux", without is None, found.tmux or "not found", without.hint if without else better),
        ("terminal", True, found.terminal, ""),
        ("folder", not found.folder.trouble, found.folder.trouble or found.folder.path, home),
        ("git", bool(git), git or "not found", "Install git there: changes cannot be seen without it."),
        ("programs", not lacking, ", ".join(there) or "none", f"Install there: {', '.join(lacking)}."),
    )
    always = {"tmux"}
    return [
        {"name": row, "ok": ok, "found": visible(said), "mend": mend if not ok or row in always else ""}
        for row, ok, said, mend in rows
    ]
