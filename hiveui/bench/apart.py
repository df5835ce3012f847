"""Rows about agents on other hosts: sshds of the bench's own on this machine, each with a home of its own."""

import contextlib
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from hiveui.bench.figures import BenchError, Figure, at_most, median, noted, quantile
from hiveui.bench.load import cpu_seconds
from hiveui.bench.scale import Scale
from hiveui.bench.sshd import Sshd, ended, wait_for
from hiveui.bench.subjects import HIVE, Ours, Panes, Plain, grid, program, tree
from hiveui.hosts.line import Line, Local, Ssh

HOSTS = 10
AGENTS = 200
IN_A_LAYOUT = 100
"""Agents of one workspace: a layout has 128 at most."""
BEGINNING = 180.0
"""Seconds in which all agents have to have begun."""
REST = 5.0
"""Seconds after which nothing is under way any more."""


def trips(scale: Scale) -> list[Figure]:
    """Ask tmux something in control mode, here and by the line to a host, one after the other."""
    with Plain(Panes([program("idle")]), attach=False) as plain:
        environ, folder = plain.sandbox.environ, plain.sandbox.folder
        attach = (*plain.tmux, "-C", "attach-session")
        here = _asked(Local(environ), attach, scale.keys)
        with Sshd(folder / "host", environ) as host:
            words = ("-F", str(host.way.config), host.way.name)
            line = Ssh("host", words, folder / "line", environ)
            with ended(subprocess.Popen(line.ssh("-M", "-N"), env=environ)):
                wait_for(line.control.exists, "the connection to the host")
                there = _asked(line, attach, scale.keys)
    return [
        at_most("p50", median(there), 1, "ms", median(here)),
        noted("p95", quantile(there, 0.95), "ms", quantile(here, 0.95)),
    ]


def _asked(line: Line, attach: Sequence[str], count: int) -> list[float]:
    """Give the milliseconds from each question to its answer."""
    process = subprocess.Popen(line.argv(attach), env=dict(line.env), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    took = []
    with ended(process):
        to, back = process.stdin, process.stdout
        assert to is not None  # noqa: S101  both are pipes
        assert back is not None  # noqa: S101
        for number in range(count + 1):
            began = time.perf_counter()
            to.write(f"display-message -p A{number}A\n".encode())
            to.flush()
            mark = f"A{number}A\n".encode()
            while (said := back.readline()) != mark:
                if not said:
                    raise BenchError("tmux ended.")
            took.append((time.perf_counter() - began) * 1000)
        to.close()
    return took[1:]


class Spread(Ours):
    """A hive whose agents, which do nothing, are on hosts: a workspace for each hundred of them."""

    def __init__(self, count: int, hosts: int) -> None:
        super().__init__(Panes([]), attach=False)
        self._count = count
        self._wanted = hosts
        self._hosts: list[Sshd] = []

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            for number in range(1, self._count // IN_A_LAYOUT):
                self._open_another(number)
            wait_for(self.all_run, "all agents", BEGINNING)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take down what is on the hosts, then the hosts."""
        with contextlib.ExitStack() as closing:
            for host in self._hosts:
                closing.push(host)
            closing.callback(super().__exit__)
            with contextlib.suppress(BenchError, subprocess.TimeoutExpired):
                self.sandbox.run(*HIVE, "down", "--all", "--yes")

    def layout(self) -> Mapping[str, Any]:
        """Start the hosts, and give the layout that is opened."""
        for number in range(self._wanted):
            place = self.sandbox.folder / f"host{number}"
            self._hosts.append(Sshd(place, self.sandbox.environ, f"host{number}").__enter__())
        hosts = {host.way.name: {"ssh": ["-F", str(host.way.config), host.way.name]} for host in self._hosts}
        names = [f"p{number:03d}" for number in range(min(self._count, IN_A_LAYOUT))]
        agents = {
            name: {"kind": "shell", "command": ["sleep", "100000"], "host": self._hosts[i % self._wanted].way.name}
            for i, name in enumerate(names)
        }
        tabs = [{"title": f"t{i}", **grid(names[i : i + 10])} for i in range(0, len(names), 10)]
        return {"version": 1, "name": "bench", "hosts": hosts, "agents": agents, "tabs": tabs}

    def all_run(self) -> bool:
        """Tell whether every agent has begun."""
        with self.connection() as client:
            state = client.call("state/subscribe")["state"]
        agents = [agent for one in state["workspaces"].values() for agent in one["agents"]]
        return sum(agent["pid"] is not None for agent in agents) >= self._count

    def processes(self) -> list[int]:
        """The daemon and all that it started, which are connections; not the hosts."""
        return tree(self.status()["pid"])

    def _open_another(self, number: int) -> None:
        folder = self.sandbox.folder / f"project{number}"
        (folder / ".hive" / "layouts").mkdir(parents=True)
        source = self.sandbox.project / ".hive" / "layouts" / "bench.yaml"
        (folder / ".hive" / "layouts" / source.name).write_bytes(source.read_bytes())
        self.sandbox.run("git", "-C", str(folder), "init", "-q")
        self.sandbox.run("sh", "-c", f'cd "{folder}" && exec "$@"', "sh", *HIVE, "up", "bench", "--detach", "--yes")


def rest(scale: Scale) -> list[Figure]:
    """Leave two hundred agents on ten hosts alone."""
    count, hosts = (IN_A_LAYOUT, HOSTS // 2) if scale.quick else (AGENTS, HOSTS)
    with Spread(count, hosts) as spread:
        time.sleep(REST)
        pids = spread.processes()
        used, began = cpu_seconds(pids), time.monotonic()
        forks = spread.status()["forks"]
        time.sleep(2 * scale.seconds)
        ours = (cpu_seconds(pids) - used) / (time.monotonic() - began) * 100
        return [
            at_most(f"CPU, {count} agents on {hosts} hosts", ours, 5, "%"),
            noted("processes for it", len(pids), ""),
            at_most("forks", spread.status()["forks"] - forks, 0, ""),
        ]
