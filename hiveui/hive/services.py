"""Layouts made for a repository from what is found in it, and layouts whose agents are looked for there."""

import glob
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from hiveui.foreign.survey import Service, Survey, shell_name, survey
from hiveui.model.layout import AgentSpec, Layout, Tab, even_grid
from hiveui.model.names import one_line
from hiveui.storage import revise, shelf
from hiveui.storage.layouts import read_layout

KIND = "claude"
PANES = 6
"""Agents that stand on one tab."""


def read_for(folder: Path, file: Path, kinds: Iterable[str], kind: str = "shell") -> tuple[bytes, Layout]:
    """Read a layout's file as it is in a project's folder, where its services are looked for.

    `kind` is for agents that name none. Raises LayoutError.
    """
    return read_layout(file, kinds, partial(_services, folder), kind)


def looked_for(file: Path, text: bytes) -> bool:
    """Tell whether services were filled in where a file was read as `text`."""
    return shelf.read(file) != text


def draft(folder: Path, name: str) -> tuple[bytes, Survey]:
    """Write a layout with an agent for each service of a repository, and what the survey passed over."""
    found = survey(folder)
    specs, remarks = _agents(found.services)
    described = one_line(f"The services of {folder.name}.")
    head = (
        f"The services of {one_line(folder.name)}, as `hive init` found them. It is yours: take agents out,",
        "rename them, give them another `brief`, `kind` (claude, codex, gemini, opencode, shell, …) or `model`.",
        f"`hive up {name}` opens it. `hive layouts diff` shows what differs from what runs, `hive save` keeps that.",
    )
    return revise.fresh(Layout(name, specs, _tabs(found.services), described), head, remarks), found


def _services(folder: Path) -> str:
    """Write the fields that stand in place of `agents: services`."""
    found = survey(folder).services
    specs, remarks = _agents(found)
    return revise.agents(specs, remarks, {"kind": KIND}) + "\n" + revise.tabs(Layout("", specs, _tabs(found)))


def _agents(services: Iterable[Service]) -> tuple[tuple[AgentSpec, ...], dict[str, str]]:
    """Give an agent for each service, then a shell for each command that runs one; and where each is named."""
    specs: list[AgentSpec] = []
    remarks: dict[str, str] = {}
    for service in services:
        everything = service.dir == "."
        brief = f"You look after {service.name}, in {service.dir}. You change nothing outside it."
        owns = None if everything else (f"{glob.escape(service.dir)}/**",)
        specs.append(
            AgentSpec(service.name, KIND, dir=service.dir, brief="" if everything else brief, owns=owns),
        )
        remarks[service.name] = one_line(service.why)
    runs = [AgentSpec(shell_name(s.name), "shell", command=s.run, dir=s.run_dir) for s in services if s.run]
    return (*specs, *runs), remarks


def _tabs(services: Iterable[Service]) -> tuple[Tab, ...]:
    """Put the agents on tabs of a few each, and the shells on others."""
    agents = [service.name for service in services]
    shells = [shell_name(service.name) for service in services if service.run]
    return (*_pages("services", agents), *_pages("run", shells))


def _pages(title: str, roles: list[str]) -> Iterable[Tab]:
    pages = [tuple(roles[start : start + PANES]) for start in range(0, len(roles), PANES)]
    return (Tab(title if number == 1 else f"{title} {number}", even_grid(page)) for number, page in enumerate(pages, 1))
