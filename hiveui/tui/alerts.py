"""What the person's terminal does when they are called: it pops up what it is known to take, or rings.

Sources: iTerm2, "Proprietary Escape Codes" (OSC 9); foot-ctlseqs(7) (OSC 777, which rxvt-unicode has by an extension);
kitty, "Desktop notifications" (OSC 99).
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hiveui.model.alerts import Alert
from hiveui.model.text import visible
from hiveui.tui.clipboard import Outside, lets_through, through_screen, through_tmux
from hiveui.tui.ground import Ground
from hiveui.tui.settings import Settings

BELL = "\x07"
LONGEST = 500
"""Characters of an alert's text that a terminal is given."""
KNOWN: Mapping[str, str] = {
    "kitty": "osc99",
    "ghostty": "osc777",
    "wezterm": "osc777",
    "foot": "osc777",
    "rxvt": "osc777",
    "iterm": "osc9",
}
"""Parts of the names of terminals, with the sequence that they take."""
_serial = itertools.count(1)


def _osc9(alert: Alert) -> str:
    return f"\x1b]9;{alert.title}: {alert.text}{BELL}"


def _osc777(alert: Alert) -> str:
    return f"\x1b]777;notify;{alert.title};{alert.text}{BELL}"


def _osc99(alert: Alert) -> str:
    """Write title and body as one notification; its id is new, or it would take the place of an older one."""
    id_ = f"hive-{os.getpid()}-{next(_serial)}"
    return f"\x1b]99;i={id_}:d=0;{alert.title}{BELL}\x1b]99;i={id_}:p=body;{alert.text}{BELL}"


FORMS: Mapping[str, Callable[[Alert], str]] = {"osc9": _osc9, "osc777": _osc777, "osc99": _osc99}


@dataclass(frozen=True, slots=True)
class Speech:
    """How a terminal tells of an alert."""

    form: str = ""
    """Of `FORMS`; '' where it pops up nothing."""
    wrap: Callable[[str], str] = str
    rings: bool = True
    why: str = ""
    """What stands in the way of more, as a sentence with its mend; '' where nothing does."""

    def say(self, alert: Alert) -> str:
        """Write an alert for the terminal."""
        safe = Alert(*(visible(part).replace(";", ",")[:LONGEST] for part in alert))
        return (self.wrap(FORMS[self.form](safe)) if self.form else "") + BELL * self.rings


def speech(environ: Mapping[str, str], outside: Outside, chosen: str = "auto", *, bell: bool = False) -> Speech:
    """Tell how the terminal of an environment tells of alerts: `chosen` as in `notify_terminal`.

    Asks the tmux that HiveUI runs in what stands around it. A bell gets through whatever stands between.
    """
    if chosen in {"off", "bell"}:
        return Speech(rings=bell or chosen == "bell")
    form = chosen if chosen in FORMS else _known(_names(environ, outside))
    if not form:
        return Speech()
    if environ.get("TMUX"):
        if not lets_through(environ, outside):
            return Speech(why="`tmux set -g allow-passthrough on` lets your tmux hand notifications on.")
        return Speech(form, through_tmux, bell)
    return Speech(form, through_screen if environ.get("STY") else str, bell)


def blindness(environ: Mapping[str, str], outside: Outside) -> str:
    """Say why it is not known that the person went elsewhere, with the mend; '' where it is."""
    if environ.get("TMUX") and outside.ask(("tmux", "show-options", "-sv", "focus-events")).strip() == "off":
        return "`tmux set -s focus-events on` lets your tmux say that you went to another window."
    return ""


def _names(environ: Mapping[str, str], outside: Outside) -> str:
    """Give what the outermost terminal is called, as far as that is known."""
    if environ.get("TMUX"):
        pane = environ.get("TMUX_PANE", "")
        target = ("-t", pane) if pane else ()
        return outside.ask(("tmux", "display-message", "-p", *target, "#{client_termname} #{client_termtype}"))
    names = ("LC_TERMINAL",) if environ.get("STY") else ("TERM", "TERM_PROGRAM", "LC_TERMINAL")
    return " ".join(environ.get(name, "") for name in names)


def _known(names: str) -> str:
    return next((form for name, form in KNOWN.items() if name in names.lower()), "")


class Alerts:
    """Has the terminal tell what the daemon calls for; the daemon hears what that terminal is, and of its focus."""

    def __init__(
        self,
        ground: Ground,
        write: Callable[[str], None],
        environ: Mapping[str, str],
        outside: Outside,
        settings: Callable[[], Settings],
    ) -> None:
        """`write` sends a sequence to the terminal, `environ` says what it is, `settings` gives those that hold."""
        self._ground = ground
        self._write = write
        self._environ = environ
        self._outside = outside
        self._settings = settings
        self._speech: Speech | None = None

    def introduce(self) -> None:
        """Tell the daemon of this terminal."""
        self._ground.run("looking at the terminal…", self._learn())

    def look(self) -> None:
        """Tell the daemon that the terminal has the focus, or has it no more."""
        if self._speech is not None:
            focused, pops = self._ground.screen.outer_focus, bool(self._speech.form)
            self._ground.link.tell("alert/terminal", focused=focused, pops=pops)

    def take(self, params: Mapping[str, Any]) -> None:
        """Tell of an alert."""
        self._ground.run("ringing…", self._ring(Alert(str(params["title"]), str(params["text"]))))

    async def _ring(self, alert: Alert) -> None:
        before = self._speech
        learnt = await self._ask()
        self._write(learnt.say(alert))
        if before is None or before.form != learnt.form:
            self.look()

    async def _learn(self) -> None:
        await self._ask()
        self.look()

    async def _ask(self) -> Speech:
        settings = self._settings()
        self._speech = await asyncio.to_thread(
            speech, self._environ, self._outside, settings.notify_terminal, bell=settings.bell
        )
        return self._speech
