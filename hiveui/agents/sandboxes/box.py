"""What stands in the sandbox of one agent, and the words that put its program there."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import hiveui
from hiveui.agents.reach import work_out
from hiveui.agents.sandboxes import gate, relay
from hiveui.agents.sandboxes.gate import FILTER, Plan
from hiveui.agents.sandboxes.templates import Mount, Template, filled
from hiveui.errors import MachineError
from hiveui.model.box import OPEN, Boxed
from hiveui.model.globs import Globs

GATE = os.path.dirname(relay.OUT)  # noqa: PTH120  it is a name in the sandbox
WAYS = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
OWN = ("localhost", "127.0.0.1", "::1")
"""What is the sandbox's own loopback, unless it is named."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where HiveUI keeps what belongs to the sandbox of one agent."""

    top: Path
    aside: str = ""
    """What its parts are called besides, where something else than its program is run: a check of its work."""

    @property
    def home(self) -> Path:
        """The home of its program: what it keeps outlives it."""
        return self.top / "home"

    @property
    def gate(self) -> Path:
        """The sockets that it sees."""
        return self.top / f"gate{self.aside}"

    @property
    def plan(self) -> Path:
        """What stands outside."""
        return self.top / f"plan{self.aside}.json"

    @property
    def refused(self) -> Path:
        """To whom it was refused the way."""
        return self.top / f"refused{self.aside}"


@dataclass(frozen=True, slots=True)
class Site:
    """Where an agent works, and what is not for it to see."""

    base: Path
    """Its checkout: it may write all of it."""
    git: Path | None
    """The repository's common folder; None where there is none."""
    folder: str
    """Where its program begins."""
    hidden: tuple[Path, ...]
    """What no sandbox may show: the person's home, HiveUI's own folders."""
    read: tuple[str, ...] = ()
    """What else it may read: HiveUI's hook and this agent's settings, what its worktree links to."""
    write: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    socket: str = ""
    """HiveUI's."""


def variables(boxed: Boxed, folders: Folders) -> dict[str, str]:
    """Give the variables that lead an agent's program to what it has."""
    ours = {"HOME": str(folders.home), "TMPDIR": "/tmp"}  # noqa: S108  a private one
    if boxed.box.socket:
        ours["HIVE_SOCKET"] = f"{GATE}/{gate.HIVE}"
    if boxed.hosts:
        named = {host.rpartition(":")[0] or host for host in boxed.hosts} | set(boxed.hosts)
        direct = ",".join(host for host in OWN if host not in named and f"[{host}]" not in named)
        way = f"http://127.0.0.1:{relay.PORT}"
        ours |= {**dict.fromkeys(WAYS, way), "NODE_USE_ENV_PROXY": "1", "NO_PROXY": direct, "no_proxy": direct}
    return ours


def plan_of(template: Template, boxed: Boxed, folders: Folders, site: Site, argv: Sequence[str]) -> Plan:
    """Say what stands outside of a sandbox, and what is run in it. Raises MachineError."""
    return Plan(
        env=_outer(template, boxed, folders),
        words=tuple(_words(template, boxed, folders, site, argv)),
        folder=str(folders.gate),
        refused=str(folders.refused),
        listed=bool(boxed.hosts),
        allow=boxed.hosts,
        hive=site.socket if boxed.box.socket else "",
        deaf=template.deaf,
    )


def opens(folders: Folders) -> list[str]:
    """Give the words that do what the plan says that is kept there."""
    return [sys.executable, "-E", "-P", "-m", gate.__name__, str(folders.plan)]


def _words(template: Template, boxed: Boxed, folders: Folders, site: Site, argv: Sequence[str]) -> list[str]:
    if template.image != bool(boxed.box.image):
        lacks = f"needs `image:`: sandbox: {{use: {template.name}, image: NAME}}" if template.image else "has no images"
        raise MachineError(f"the sandbox {template.name} {lacks}.")
    mounts = _mounts(template, boxed, folders, site, argv)
    said = [*filled(template.argv, uid=str(os.getuid()), gid=str(os.getgid()))]
    said += [] if folders.aside else filled(template.terminal, agent=folders.top.name)
    said += [*([] if boxed.box.network == OPEN else template.offline)]
    said += filled(template.filter, filter=FILTER)
    for mount in mounts:
        given = {"from": mount.source, "to": mount.to}
        if template.image and any(char in f"{mount.source}{mount.to}" for char in ',"\n'):
            raise MachineError(f"{mount.to} has a comma or a quote in its name, which {template.name} cannot take.")
        said += filled(template.write if mount.open else template.read, **given)
    ours = variables(boxed, folders)
    for name in site.env:
        value = f"{name}={ours[name]}" if name in ours else name  # others are handed over by name: some are secret
        said += filled(template.env, name=value) if name != "PATH" else ()  # an image has its own
    said += [*filled(template.folder, folder=site.folder), *filled(template.end, image=boxed.box.image)]
    python = template.python or os.path.realpath(sys.executable)
    way = str(relay.PORT) if boxed.hosts else "-"
    return [*said, python, "-I", "-S", relay.__file__, way, *argv]


def _outer(template: Template, boxed: Boxed, folders: Folders) -> dict[str, str]:
    """Give what of the person's environment a sandbox's program has itself: it finds its images by their home."""
    if not template.env:
        return {}
    own = {name: value for name, value in os.environ.items() if any(kept(name, pattern) for pattern in template.own)}
    return own | {name: os.environ.get(name, "") for name in variables(boxed, folders)}


def _mounts(template: Template, boxed: Boxed, folders: Folders, site: Site, argv: Sequence[str]) -> list[Mount]:
    """List what is seen, an outer place before those in it."""
    places = {to: Mount(to, to, open=False) for to in _read(template, boxed, site, argv)}
    base = str(site.base)
    for hidden in site.hidden:
        if hidden.is_relative_to(base):
            raise MachineError(f"its checkout, {base}, holds {hidden}, which no sandbox may show: give it a worktree.")
    for step in work_out(site.base, [site.base], Globs(["**"]), site.git).steps:
        places[step.path] = Mount(step.path, step.path, step.open)
    for path in (*site.write, str(folders.home)):
        places[path] = Mount(path, path, open=True)
    places[GATE] = Mount(GATE, str(folders.gate), open=False)
    return sorted(places.values(), key=lambda mount: mount.to.count("/"))


def _read(template: Template, boxed: Boxed, site: Site, argv: Sequence[str]) -> Iterator[str]:
    """Name what may be read; nothing in which something hidden stands."""
    named = [str(Path(path).expanduser()) for path in boxed.box.read]
    for path in named:
        if not os.path.exists(path):  # noqa: PTH110  the person wrote it as text
            raise MachineError(f"`read: {path}` of its sandbox is not there.")
        if any(hidden.is_relative_to(os.path.realpath(path)) for hidden in site.hidden):
            raise MachineError(f"`read: {path}` of its sandbox holds what no sandbox may show.")
    usual = [*template.system, *site.read, relay.__file__]
    if not template.image:
        usual += [sys.prefix, sys.base_prefix, os.path.dirname(hiveui.__file__), *_programs(argv, site.env)]  # noqa: PTH120
    for path in usual:
        shows = any(hidden.is_relative_to(os.path.realpath(path)) for hidden in site.hidden)
        if os.path.isabs(path) and os.path.exists(path) and not shows:  # noqa: PTH110, PTH117
            yield path
    yield from named


def _programs(argv: Sequence[str], env: Mapping[str, str]) -> Iterator[str]:
    """Name the folders of programs: those of PATH and what stands beside them, and where the agent's own really is."""
    path = env.get("PATH", "")
    for folder in map(Path, filter(None, path.split(os.pathsep))):
        yield str(folder)
        if folder.name == "shims":  # of pyenv, asdf and the like, which look for the program beside them
            yield str(folder.parent)
        elif folder.name == "bin":
            yield from (str(folder.parent / name) for name in ("lib", "libexec"))
    found = shutil.which(argv[0], path=path)
    for program in filter(None, (found, _interpreter(found, path) if found else None)):
        real = Path(os.path.realpath(program))
        packages = next((place for place in reversed(real.parents) if place.name == "node_modules"), None)
        yield str(packages or real.parent)


def _interpreter(program: str, path: str) -> str | None:
    """Give what runs a script, by its first line."""
    try:
        with open(program, "rb") as file:  # noqa: PTH123
            line = file.readline(256)
    except OSError:
        return None
    said = line[2:].decode("utf-8", "replace").split() if line.startswith(b"#!") else []
    return shutil.which(said[-1] if said[0].endswith("/env") else said[0], path=path) if said else None


def kept(name: str, pattern: str) -> bool:
    """Tell whether a variable is one that a kind needs."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
