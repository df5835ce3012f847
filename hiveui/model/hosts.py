"""Hosts: where agents run that do not run here, and how they are reached. Host names also stand in panes' ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

LOCAL = "local"
"""The host that HiveUI itself runs on."""
HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?")
"""What a host is called: it stands in panes' ids before `%`, in ids of agents, and in paths."""


class Way(StrEnum):
    """How a host is reached."""

    LOCAL = "local"
    SSH = "ssh"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One entry of `hosts`."""

    name: str
    way: Way = Way.LOCAL
    argv: tuple[str, ...] = ()
    """`ssh`: words of ssh(1), the destination last. `command`: what gives a shell there when words follow it."""
    dir: str = ""
    """The folder there that agents' `dir` is below; '' for the home there."""


class Standing(StrEnum):
    """How the way to a host stands."""

    OPENING = "opening"
    """It was not reached yet."""
    UP = "up"
    LOST = "lost"
    """It was reached, or never could be, and is tried again."""
    REFUSED = "refused"
    """It is not tried again unasked: its key is unknown, or ours is."""


@dataclass(frozen=True, slots=True)
class HostLink:
    """What is known of the way to a host."""

    standing: Standing = Standing.OPENING
    note: str = ""
    """Why it is not up, a sentence."""
    hint: str = ""
    since: str = ""
    """RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """A host that agents are on."""

    spec: HostSpec
    link: HostLink = field(default_factory=HostLink)


@dataclass(frozen=True, slots=True)
class HostDeclared:
    """A layout, or the person's configuration, says how a host is reached on which agents are to run."""

    spec: HostSpec


@dataclass(frozen=True, slots=True)
class HostStood:
    """The way to a host opened, broke, or was found shut."""

    name: str
    link: HostLink


@dataclass(frozen=True, slots=True)
class HostForgotten:
    """No workspace has agents on a host any more."""

    name: str


HostEvent = HostDeclared | HostStood | HostForgotten
Hosts = Mapping[str, HostFacts]
"""Hosts that agents are on, by name; this one is not among them."""


def fold(hosts: Hosts, event: HostEvent) -> Hosts:
    """Give the hosts after an event."""
    match event:
        case HostDeclared():
            known = hosts.get(event.spec.name)
            return {**hosts, event.spec.name: HostFacts(event.spec, known.link if known else HostLink())}
        case HostStood():
            known = hosts.get(event.name)
            return {**hosts, event.name: replace(known, link=event.link)} if known is not None else hosts
        case HostForgotten():
            return {name: facts for name, facts in hosts.items() if name != event.name}


def folder_on(host: str, folder: str) -> str:
    """Name a folder of another host as people do: `HOST:FOLDER`. Nothing of this host is called so."""
    return folder if host == LOCAL else f"{host}:{folder}"


def folder_there(host: str, place: str) -> str:
    """Invert `folder_on`."""
    return place if host == LOCAL else place.removeprefix(f"{host}:")


def host_of(pane: str) -> str:
    """Give the host of a pane's id: `HOST%3`, or `%3` here."""
    return pane.partition("%")[0] or LOCAL


def pane_on(host: str, pane: str) -> str:
    """Name a pane of a host's tmux: `%3` is `HOST%3` unless the host is this one."""
    return pane if host == LOCAL else f"{host}{pane}"
