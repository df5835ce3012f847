"""Agents on other hosts, as they are shown; and what is typed for one whose host is lost."""

import time
from collections.abc import Callable
from typing import Any

from hiveui.model.agent import Agent
from hiveui.model.hosts import HostLink, Hosts, Standing, host_of
from hiveui.model.text import visible
from hiveui.tui.words import Word, word

GLYPH = "⊗"
AGAIN = 1.0
"""Seconds between two times that keys have a host tried again."""


def where(agent: Agent | None) -> str:
    """Name the host of an agent that is not here: ` @build`; '' for one that is."""
    return f" @{visible(agent.host)}" if agent is not None and not agent.here else ""


def lost(agent: Agent | None, hosts: Hosts) -> HostLink | None:
    """Give how the way to an agent's host stands, where it is not reached."""
    facts = hosts.get(agent.host) if agent is not None and not agent.here else None
    return facts.link if facts is not None and facts.link.standing is not Standing.UP else None


def spoken(agent: Agent | None, hosts: Hosts, turn: int = 0, now: str = "") -> Word:
    """Say an agent's state (words.word); of one that was running on a host that is not reached, only that."""
    link = lost(agent, hosts)
    if agent is None or link is None or agent.pid is None:
        return word(agent, turn, now)
    return Word(GLYPH, f"host {link.standing}", "warning")


def began(agent: Agent, hosts: Hosts) -> str:
    """Tell since when that is so which `spoken` says."""
    link = lost(agent, hosts)
    return agent.reading.since if link is None or agent.pid is None else link.since


def why(agent: Agent | None, hosts: Hosts) -> str:
    """Say why an agent's host is not reached, and the mend; '' where it is."""
    link = lost(agent, hosts)
    return f"{link.note} {link.hint}".strip() if link is not None else ""


class Afar:
    """Stops what is typed for a pane whose host is not reached, and has that tried again."""

    def __init__(
        self, hosts: Callable[[], Hosts], tell: Callable[..., Any], notice: Callable[[str, str], None]
    ) -> None:
        self._hosts = hosts
        self._tell = tell
        self._notice = notice
        self._tried = 0.0

    def bars(self, pane: str) -> bool:
        """Tell whether nothing can be typed into a pane; the person is told so."""
        name = host_of(pane)
        facts = self._hosts().get(name)
        if facts is None or facts.link.standing is Standing.UP:
            return False
        refused = facts.link.standing is Standing.REFUSED
        goes_on = facts.link.hint if refused else "It is tried again now."
        self._notice(f"Nothing was typed: {name} is {facts.link.standing}. {goes_on}", "warning")
        if not refused and time.monotonic() - self._tried > AGAIN:
            self._tried = time.monotonic()
            self._tell("host/retry", names=[name])
        return True
