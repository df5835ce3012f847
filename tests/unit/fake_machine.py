"""An operating system with the processes that a test gives it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hiveui.machine import Peer, SocketOptions


@dataclass
class FakeProcess:
    parent: int = 1
    environ: dict[str, str] = field(default_factory=dict)
    cpu: float = 0.0
    memory: int = 0


@dataclass
class FakeMachine:
    """Fits `hiveui.machine.Machine`. `processes` by pid; `connected` answers for every socket."""

    processes: dict[int, FakeProcess] = field(default_factory=dict)
    connected: Peer = field(default_factory=lambda: Peer(1000, 1))
    socket_path_limit: int = 103
    watches_trees: bool = False

    def peer(self, sock: SocketOptions) -> Peer:
        return self.connected

    def ancestors(self, pid: int) -> Iterator[int]:
        while (process := self.processes.get(pid)) is not None:
            pid = process.parent
            yield pid

    def environ(self, pid: int) -> Mapping[str, str] | None:
        return self.processes[pid].environ if pid in self.processes else None

    def processes_with(self, name: str) -> Iterator[tuple[int, str]]:
        for pid, process in self.processes.items():
            if name in process.environ:
                yield pid, process.environ[name]

    def cpu_seconds(self, pid: int) -> float | None:
        return self.processes[pid].cpu if pid in self.processes else None

    def memory(self, pid: int) -> int | None:
        return self.processes[pid].memory if pid in self.processes else None

    def parents(self) -> Iterator[tuple[int, int]]:
        for pid, process in self.processes.items():
            yield pid, process.parent

    def open_to_write(self, pid: int) -> Iterator[str]:
        return iter(())

    def alive(self, pid: int) -> bool:
        return pid in self.processes

    def die_with_parent(self) -> None:
        pass

    def outside_session(self, argv: Sequence[str]) -> list[str]:
        return list(argv)

    def watch(self, folder: str) -> int | None:
        return None

    def file_system(self, path: str) -> str:
        return "ext4"
