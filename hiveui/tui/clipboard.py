"""Where copied text goes: to a clipboard program, through the terminal (OSC 52), or into a file that is named.

A program is asked only where the clipboard that it serves is the one in front of the person: not over SSH. The
terminal is asked through whatever multiplexer stands between, if that lets the question through. What no route is
known to take stands in a file, with a sentence.
"""

import asyncio
import base64
import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hiveui.errors import StorageError
from hiveui.model.text import counted, visible

PATIENCE = 3.0
"""Seconds that a clipboard program may take."""
OSC_LIMIT = 74_994
"""Bytes that terminals take by OSC 52: 100,000 characters of base64 are the least that is common."""
SCREEN_PIECE = 512
"""Characters of a control string that GNU screen hands on at once (its limit is 768)."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_KNOW_OSC = ("kitty", "alacritty", "foot", "ghostty", "wezterm", "contour", "rio", "iterm", "mintty")
"""Parts of TERM, TERM_PROGRAM or LC_TERMINAL of terminals that take OSC 52 as they are delivered."""
_NO_OSC = ("linux", "dumb", "apple_terminal")


class Outside(Protocol):
    """The programs and the terminal around HiveUI."""

    def has(self, program: str) -> bool:
        """Tell whether a program is installed."""

    def run(self, argv: Sequence[str], text: str) -> bool:
        """Give a program a text; False where it fails or takes too long. Blocks."""

    def ask(self, argv: Sequence[str]) -> str:
        """Give what a program prints; '' where it fails or takes too long. Blocks."""


class Programs:
    """The real outside."""

    def has(self, program: str) -> bool:
        """Look on PATH."""
        return shutil.which(program) is not None

    def run(self, argv: Sequence[str], text: str) -> bool:
        """Run it in a session of its own: what serves the clipboard stays when HiveUI is gone."""
        return self._done(argv, text.encode(errors="replace"), subprocess.DEVNULL) is not None

    def ask(self, argv: Sequence[str]) -> str:
        """Run it and give its output, at most so much as fits."""
        said = self._done(argv, b"", subprocess.PIPE)
        return said.decode(errors="replace") if said else ""

    @staticmethod
    def _done(argv: Sequence[str], data: bytes, out: int) -> bytes | None:
        try:
            done = subprocess.run(
                argv,
                input=data,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return (done.stdout or b"") if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Program:
    """A program that keeps a clipboard."""

    name: str
    copy: tuple[str, ...]
    paste: tuple[str, ...]
    """Prints what the clipboard has, so that a try can put it back."""


WAYLAND = Program("wl-copy", ("wl-copy",), ("wl-paste", "--no-newline"))
X11 = (
    Program("xclip", ("xclip", "-selection", "clipboard", "-in"), ("xclip", "-selection", "clipboard", "-out")),
    Program("xsel", ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output")),
)
MACOS = Program("pbcopy", ("pbcopy",), ("pbpaste",))


def programs(environ: Mapping[str, str], outside: Outside, platform: str) -> list[Program]:
    """List the programs whose clipboard is the person's: none over SSH, where it is that of another machine."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return []
    listed = [MACOS] if platform == "darwin" else []
    listed += [WAYLAND] if environ.get("WAYLAND_DISPLAY") else []
    listed += X11 if environ.get("DISPLAY") else ()
    return [program for program in listed if outside.has(program.name)]


@dataclass(frozen=True, slots=True)
class Way:
    """How OSC 52 gets to the terminal."""

    wrap: Callable[[str], str]
    known: bool = True
    """The terminal is known to take it."""
    why: str = ""
    """What stands in the way, as a sentence with its mend; '' where nothing does."""


def osc52(text: str) -> str:
    """Write the sequence that puts a text on the clipboard (xterm, "Operating System Commands", 52)."""
    return f"\x1b]52;c;{base64.b64encode(text.encode(errors='replace')).decode()}\x07"


def through_tmux(sequence: str) -> str:
    """Wrap a sequence so that tmux hands it on (tmux(1), allow-passthrough)."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """Wrap a sequence so that GNU screen hands it on, in pieces; it may hold no ST."""
    pieces = [sequence[at : at + SCREEN_PIECE] for at in range(0, len(sequence), SCREEN_PIECE)]
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def lets_through(environ: Mapping[str, str], outside: Outside) -> bool:
    """Ask the tmux that HiveUI runs in whether it hands on what is wrapped."""
    pane = environ.get("TMUX_PANE", "")
    asked = ("tmux", "show-options", "-Apv", *(("-t", pane) if pane else ()), "allow-passthrough")
    return outside.ask(asked).strip() in ("on", "all")


def way(environ: Mapping[str, str], outside: Outside) -> Way:
    """Tell how the terminal is reached by OSC 52. Asks the tmux that HiveUI runs in for two options."""
    if environ.get("TMUX"):
        if outside.ask(("tmux", "show-options", "-sv", "set-clipboard")).strip() == "on":
            return Way(str)
        if lets_through(environ, outside):
            return Way(through_tmux, known=False)
        return Way(str, known=False, why="`tmux set -s set-clipboard on` lets your tmux take it.")
    if environ.get("STY"):
        return Way(through_screen, known=False)
    term = " ".join(environ.get(name, "").lower() for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL"))
    if any(name in term for name in _NO_OSC):
        return Way(str, known=False, why="This terminal cannot be asked to copy.")
    return Way(str, known=any(name in term for name in _KNOW_OSC) or "WT_SESSION" in environ)


class Clipboard:
    """Takes copied text to wherever it can be pasted from."""

    def __init__(
        self,
        environ: Mapping[str, str],
        file: Path | None,
        outside: Outside | None = None,
        platform: str = sys.platform,
    ) -> None:
        """`file` takes what cannot be taken elsewhere; without one, nothing does."""
        self.terminal: Callable[[str], object] = lambda _: None
        """Writes a sequence to the terminal."""
        self._environ = environ
        self._file = file
        self._outside = outside or Programs()
        self._platform = platform

    async def copy(self, text: str) -> str:
        """Copy a text, and say in a sentence where it is. Raises StorageError where it could be put nowhere."""
        text = _CONTROLS.sub("", text)
        if not text:
            return "Nothing to copy: only blanks are selected."
        name = await asyncio.to_thread(self._by_program, text)
        if name:
            return f"Copied {amount(text)} ({name})."
        way_ = await asyncio.to_thread(way, self._environ, self._outside)
        large = len(text.encode(errors="replace")) > OSC_LIMIT
        if not way_.why and not large:
            self.terminal(way_.wrap(osc52(text)))
            if way_.known:
                return f"Copied {amount(text)} (OSC 52)."
        if self._file is None:
            return self._only_asked(text, way_, large=large)
        self._keep(text, self._file)
        place = visible(self._place(self._file))
        if way_.why or large:
            return f"Copied {amount(text)} into {place}. {way_.why or 'That is more than a terminal takes.'}"
        return f"Copied {amount(text)} (OSC 52; should your terminal not take it: {place})."

    @staticmethod
    def _only_asked(text: str, way_: Way, *, large: bool) -> str:
        """Say where a text is that is kept nowhere."""
        if way_.why or large:
            return f"Not copied. {way_.why or f'{amount(text)} are more than a terminal takes.'}"
        return f"Copied {amount(text)} (OSC 52), if your terminal takes it."

    def open_link(self, link: str) -> bool:
        """Have the desktop open a link of the web; False where there is no desktop here, or it refuses. Blocks."""
        opener = "open" if self._platform == "darwin" else "xdg-open"
        here = self._platform == "darwin" or self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY")
        far = self._environ.get("SSH_CONNECTION") or self._environ.get("SSH_TTY")
        if far or not here or not link.startswith(("https://", "http://")) or not self._outside.has(opener):
            return False
        return self._outside.run((opener, link), "")

    def _by_program(self, text: str) -> str:
        """Have the first program that can take a text; gives its name, or ''."""
        listed = programs(self._environ, self._outside, self._platform)
        return next((program.name for program in listed if self._outside.run(program.copy, text)), "")

    def _place(self, file: Path) -> str:
        """Name the file, as short as a shell takes it."""
        home = self._environ.get("HOME", "")
        inside = home and file.is_relative_to(home)
        return f"~/{file.relative_to(home)}" if inside else str(file)

    @staticmethod
    def _keep(text: str, place: Path) -> None:
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                place.unlink()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(place, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
        except OSError as error:
            raise StorageError(
                f"{place} cannot be written: {error.strerror}.", "Free some space, or set XDG_STATE_HOME."
            ) from error


def amount(text: str) -> str:
    """Say how much a text is."""
    return counted(text.count("\n") + 1, "line") if "\n" in text else counted(len(text), "character")


def attempt(environ: Mapping[str, str], outside: Outside, platform: str = sys.platform) -> tuple[bool, str, str]:
    """Try what `copy` would do: whether it works, the route, and the mend. The clipboard keeps what it has.

    A program is given what it says the clipboard holds, and asked again; where that is no text, it is not tried.
    """
    listed = programs(environ, outside, platform)
    for program in listed:
        held = outside.ask(program.paste)
        if not held:
            return True, f"{program.name}, not tried: the clipboard holds no text", ""
        if outside.run(program.copy, held) and outside.ask(program.paste) == held:
            return True, f"{program.name}, tried", ""
    failed = f"{listed[0].name} does not answer; " if listed else ""
    way_ = way(environ, outside)
    if way_.why:
        return False, f"{failed}a file", way_.why
    known = "" if way_.known else ", which this terminal may not take; also a file"
    return True, f"{failed}OSC 52{known}", ""
