"""The command that runs a service, where its own folder names one. Commands are given and never run here."""

import re
from collections.abc import Callable, Sequence

from hiveui.foreign import data
from hiveui.foreign.tree import Tree

Words = tuple[str, ...]
LONGEST = 2000
"""Characters of a command that are taken."""

SCRIPTS = ("dev", "start", "serve")
"""What people call the script that runs a service, the likeliest first."""
TARGETS = ("dev", "run", "serve", "start")


def command_in(tree: Tree, folder: str) -> Words:
    """Give the command that runs what is in a folder; empty where the folder names none."""
    for name, command in RUNS:
        found = command(tree, folder) if tree.has(folder, name) else ()
        if found and all(word.isprintable() and len(word) <= LONGEST for word in found):
            return found
    return ()


def _script(tree: Tree, folder: str) -> Words:
    scripts = data.fields(data.at(tree.read(folder, "package.json", data.from_json), "scripts"))
    return next(((_runner(tree), "run", name) for name in SCRIPTS if name in scripts), ())


def _runner(tree: Tree) -> str:
    """Name the program that the repository's lock file belongs to."""
    return next((program for lock, program in LOCKS if tree.has(".", lock)), "npm")


def _procfile(tree: Tree, folder: str) -> Words:
    lines = re.findall(r"(?m)^([A-Za-z0-9_-]+):[ \t]*(\S.*?)\s*$", tree.text(folder, "Procfile") or "")
    chosen = [line for name, line in lines if name == "web"] or [line for _, line in lines]
    return ("sh", "-c", chosen[0]) if chosen else ()


def _target(tree: Tree, folder: str) -> Words:
    targets = set(re.findall(r"(?m)^([A-Za-z0-9_-]+)\s*:(?!=)", tree.text(folder, "Makefile") or ""))
    return next((("make", name) for name in TARGETS if name in targets), ())


def _binary(tree: Tree, folder: str) -> Words:
    found = tree.read(folder, "Cargo.toml", data.from_toml)
    runs = tree.has(f"{folder}/src", "main.rs") or bool(data.at(found, "bin"))
    return ("cargo", "run") if runs and data.at(found, "package") else ()


def _module(tree: Tree, folder: str) -> Words:
    if tree.has(folder, "main.go"):
        return ("go", "run", ".")
    mains = [path for path in tree.folders(f"{folder}/cmd") if tree.has(path, "main.go")]
    return ("go", "run", f"./cmd/{mains[0].rpartition('/')[2]}") if len(mains) == 1 else ()


def _entry(tree: Tree, folder: str) -> Words:
    """Give the only script of a project that uv runs (pyproject.toml, `project.scripts`)."""
    names = list(data.fields(data.at(tree.read(folder, "pyproject.toml", data.from_toml), "project", "scripts")))
    uv = tree.has(".", "uv.lock") or tree.has(folder, "uv.lock")
    return ("uv", "run", names[0]) if uv and len(names) == 1 and not names[0].startswith("-") else ()


RUNS: Sequence[tuple[str, Callable[[Tree, str], Words]]] = (
    ("package.json", _script),
    ("Procfile", _procfile),
    ("Makefile", _target),
    ("Cargo.toml", _binary),
    ("go.mod", _module),
    ("pyproject.toml", _entry),
)
"""By the file that names it, the most telling first."""
LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("pnpm-workspace.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
)
