"""Boxes: what an agent in a sandbox may reach, as its layout says it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

OFF, OPEN = "off", "open"
"""Words for `network`: none at all, and this machine's own."""
HOST = re.compile(
    r"(?:(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*"
    r"|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?"
)
"""A name or address that may be reached, with a port where it is not 443 or 80: `*.example.org`, `[::1]:8080`."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a role may reach from its sandbox, besides its checkout."""

    network: str = ""
    """OFF, OPEN, or '': the hosts that its kind needs, and `hosts`."""
    hosts: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    """Folders and files, absolute or with `~`, that it may read."""
    image: str = ""
    """The container's, for a sandbox that has one."""
    socket: bool = False
    """HiveUI's own socket, where it is what its token allows."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a kind's program needs in a sandbox."""

    hosts: tuple[str, ...] = ()
    """Where its models are."""
    home: tuple[str, ...] = ()
    """Files below a home that it gets copies of."""
    env: tuple[str, ...] = ()
    """Secret variables that it is given from the person's shell; one that ends in `*` stands for all that begin so."""


@dataclass(frozen=True, slots=True)
class Boxed:
    """How one agent is put into a sandbox."""

    use: str
    """The sandbox's name."""
    box: Box = field(default_factory=Box)
    needs: Needs = field(default_factory=Needs)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Name all that it may reach; () for none, and where its network is this machine's own."""
        return () if self.box.network else tuple(dict.fromkeys((*self.needs.hosts, *self.box.hosts)))

    @property
    def sentence(self) -> str:
        """Say it."""
        if self.box.network == OPEN:
            reach = "this machine's own network, its loopback too"
        else:
            reach = f"of the network {', '.join(self.hosts)}" if self.hosts else "no network"
        return f"runs in the sandbox {self.use}: it writes its checkout alone, and has {reach}."


def box_of(given: str | Mapping[str, Any]) -> tuple[str, Box]:
    """Read what a layout says of a sandbox: its name, or fields of which `use` is that."""
    if isinstance(given, str):
        return given, Box()
    rest = {key: value for key, value in given.items() if key != "use"}
    network = rest.pop("network", "")
    listed = {"network": network} if isinstance(network, str) else {"hosts": tuple(network)}
    return given["use"], Box(**listed, **rest)


def written(use: str, box: Box) -> str | dict[str, Any]:
    """Invert `box_of`."""
    if not use or box == Box():
        return use
    said = {key: value for key, value in asdict(box).items() if value and key not in {"network", "hosts"}}
    network = box.network or box.hosts
    return {"use": use, **({"network": network} if network else {}), **said}
