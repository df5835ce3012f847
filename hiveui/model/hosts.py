"""Hosts: where agents run that do not run here, and how they are reached. Host names also stand in panes' ids."""

import re
from dataclasses import dataclass
from enum import StrEnum

LOCAL = "local"
"""The host that HiveUI itself runs on."""
HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
"""What a host is called: it stands in panes' ids before `%`, and in paths."""


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


HERE = HostSpec(LOCAL)


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


def host_of(pane: str) -> str:
    """Give the host of a pane's id: `HOST%3`, or `%3` here."""
    return pane.partition("%")[0] or LOCAL


def pane_on(host: str, pane: str) -> str:
    """Name a pane of a host's tmux: `%3` is `HOST%3` unless the host is this one."""
    return pane if host == LOCAL else f"{host}{pane}"
