"""Which services a repository has, by what is written in it: compose files, workspaces, folders of services."""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from hiveui.foreign import data
from hiveui.foreign.runs import command_in
from hiveui.foreign.tree import Tree
from hiveui.model.names import quoted

MOST = 24
"""Services that are named; a person can supervise no more agents than so many."""


@dataclass(frozen=True, slots=True)
class Service:
    """A part of a repository that an agent can look after."""

    name: str
    dir: str
    """Its folder, relative with slashes; '.' is the repository itself."""
    why: str
    """What names it, for a comment."""
    run: tuple[str, ...] = ()
    """The command that runs it, where the repository names one."""
    run_dir: str = "."


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found."""

    services: tuple[Service, ...]
    remarks: tuple[str, ...]
    """What was passed over, one sentence each."""


def survey(folder: Path) -> Survey:
    """Look at a repository; nothing in it is run. Without any service the repository itself is the one."""
    tree = Tree(folder)
    found: dict[str, Service] = {}
    for source in SOURCES:
        for service in source(tree):
            if _usable(tree, service.dir):
                old = found.setdefault(service.dir, service)
                if service.why not in {old.why, _FOLDER}:
                    found[service.dir] = replace(old, why=f"{old.why}; {service.why}"[:200])
    above = {parent for path in found for parent in _above(path)}
    services = [service for path, service in found.items() if path not in above or service.why != _FOLDER]
    if not services:
        services = [Service("", ".", "no service is named here: the whole repository")]
    if len(services) > MOST:
        left_out = ", ".join(quoted(service.dir) for service in services[MOST : MOST + 5])
        tree.remark(f"{len(services)} services were found; left out are {left_out} and what follows.")
    runs = [_with_run(tree, service) for service in services[:MOST]]
    return Survey(tuple(_named(runs, folder)), tree.remarks)


# sources


def _compose(tree: Tree) -> Iterator[Service]:
    """Services that a compose file builds from a folder (Compose Specification, `build`)."""
    for name in ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"):
        found = tree.read(".", name, data.from_yaml)
        if found is None:
            continue
        for service, body in data.fields(data.at(found, "services")).items():
            build = data.at(body, "build")
            context = build if isinstance(build, str) else data.at(build, "context")
            if isinstance(context, str) and "://" not in context and "@" not in context:
                run = ("docker", "compose", "up", service) if _COMPOSED.fullmatch(service) else ()
                yield Service(service, posixpath.normpath(context), name, run)
        return


def _npm(tree: Tree) -> Iterator[Service]:
    """Workspaces of npm, yarn and bun (package.json, `workspaces`)."""
    found = data.at(tree.read(".", "package.json", data.from_json), "workspaces")
    patterns = data.texts(data.at(found, "packages") if isinstance(found, dict) else found)
    yield from _members(tree, patterns, "package.json", "package.json: workspaces")


def _pnpm(tree: Tree) -> Iterator[Service]:
    """Workspaces of pnpm (pnpm-workspace.yaml, `packages`)."""
    patterns = data.texts(data.at(tree.read(".", "pnpm-workspace.yaml", data.from_yaml), "packages"))
    yield from _members(tree, patterns, "package.json", "pnpm-workspace.yaml")


def _uv(tree: Tree) -> Iterator[Service]:
    """Workspaces of uv (pyproject.toml, `tool.uv.workspace`)."""
    found = data.at(tree.read(".", "pyproject.toml", data.from_toml), "tool", "uv", "workspace")
    patterns = [*data.texts(data.at(found, "members")), *_without(found)]
    yield from _members(tree, patterns, "pyproject.toml", "pyproject.toml: tool.uv.workspace")


def _cargo(tree: Tree) -> Iterator[Service]:
    """Workspaces of cargo (Cargo.toml, `workspace`)."""
    found = data.at(tree.read(".", "Cargo.toml", data.from_toml), "workspace")
    patterns = [*data.texts(data.at(found, "members")), *_without(found)]
    yield from _members(tree, patterns, "Cargo.toml", "Cargo.toml: workspace")


def _go(tree: Tree) -> Iterator[Service]:
    """Modules of go.work, `use` (Go Modules Reference, Workspaces)."""
    text = re.sub(r"//[^\n]*", "", tree.text(".", "go.work") or "")
    uses = re.findall(r"(?m)^\s*use\s+(?:\(([^)]*)\)|(\S+))", text)
    paths = [path.strip('"`') for block, single in uses for path in (block or single).split()]
    yield from _members(tree, paths, "go.mod", "go.work")


def _folders(tree: Tree) -> Iterator[Service]:
    """Folders that stand where services do, or have what makes one a program of its own."""
    for group in GROUPS:
        for path in tree.folders(group):
            yield Service(posixpath.basename(path), path, _FOLDER)
    for path in tree.folders("."):
        if path not in GROUPS and any(tree.has(path, name) for name in MANIFESTS):
            yield Service(posixpath.basename(path), path, _FOLDER)


SOURCES: Sequence[Callable[[Tree], Iterator[Service]]] = (_compose, _npm, _pnpm, _uv, _cargo, _go, _folders)
GROUPS = ("services", "apps", "microservices")
MANIFESTS = (
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "Cargo.toml",
    "go.mod",
    "Dockerfile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "mix.exs",
)
_FOLDER = "a folder of its own"
_COMPOSED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a compose file may call a service; anything else is no word to give to docker."""


# parts


def _members(tree: Tree, patterns: Sequence[str], manifest: str, why: str) -> Iterator[Service]:
    """Give the folders that some globs mean and that have a manifest; a glob with `!` takes away."""
    without = [posixpath.normpath(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    for pattern in patterns:
        for path in [] if pattern.startswith("!") else tree.matching(pattern):
            if tree.has(path, manifest) and not any(fnmatchcase(path, pattern) for pattern in without):
                yield Service(posixpath.basename(path), path, why)


def _without(workspace: data.Data) -> list[str]:
    return [f"!{pattern}" for pattern in data.texts(data.at(workspace, "exclude"))]


def _usable(tree: Tree, path: str) -> bool:
    """Tell whether a layout can name a folder of the repository; say it where that cannot be."""
    if path.startswith(("/", "~", "../")) or path == "..":
        tree.remark(f"{quoted(path)} was passed over: it leads out of the repository.")
    elif not path.isprintable() or len(path) > 500:
        tree.remark(f"{quoted(path)} was passed over: a layout cannot hold such a name.")
    elif not tree.is_folder(path):
        tree.remark(f"{quoted(path)} was passed over: it is no folder here, or a link.")
    else:
        return True
    return False


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _with_run(tree: Tree, service: Service) -> Service:
    """Add the command that a service's own folder names; that of a compose file holds where there is none."""
    run = command_in(tree, service.dir)
    return replace(service, run=run, run_dir=service.dir) if run else service


def _named(services: Sequence[Service], folder: Path) -> Iterator[Service]:
    """Give each service a name of its own that a role can have."""
    taken: set[str] = set()
    for service in services:
        parent = posixpath.basename(posixpath.dirname(service.dir))
        base = service.name if service.dir != "." or service.name else folder.name
        first = role_name(base) or "service"
        second = role_name(f"{parent}-{base}") or first
        tries = (first, second, *(f"{first}-{number}" for number in range(2, MOST + 2)))
        name = next(name for name in tries if not {name, shell_name(name)} & taken)
        taken |= {name, shell_name(name)}
        yield replace(service, name=name)


def shell_name(service: str) -> str:
    """Name the shell in which a service runs."""
    return f"{service}-run"


def role_name(text: str) -> str:
    """Give the name of a role that is nearest to a text, '' where nothing of it can stand in one."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-").rstrip("-")[:48]
