"""The terminal: bytes in through our own decoder, safe text out."""

import asyncio
import os
import re
import select
import signal
import termios
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from hiveui.model.terminal import told_pace
from hiveui.tui.colours import depth, is_light, reduced
from hiveui.tui.decoder import Decoder, Input, ReplyInput

READ_SIZE = 1 << 16
POLL = 0.1
"""Seconds after which a quiet input thread looks whether it should end."""
AHEAD = 16
"""Messages that wait for the screen at most, before more is read of what is typed."""
AGAIN = 0.002
"""Seconds between looks whether it has taken them."""
KITTY_DISAMBIGUATE = "\x1b[=1u\x1b[?u"
"""Sets the flags that Textual pushed to "disambiguate escape codes" alone, and asks for them (kitty, "Keyboard
protocol"): a terminal that answers never sends a bare Escape, so that none is waited for."""
ASK_BACKGROUND = "\x1b]11;?\x1b\\"
"""Which a terminal may leave unanswered."""
KEEP_TITLE, TITLE_AS_BEFORE = "\x1b[22;2t", "\x1b]2;\x07\x1b[23;2t"
"""A terminal that keeps no titles has an empty one after, which shells write anew (xterm, XTWINOPS 22 and 23)."""
CURSOR_DEFAULT = "\x1b[0 q"
CONTROLS = re.compile("[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STRAY = re.compile("\x1b(?![\\[78=>])")
STRINGS = re.compile("\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?")
"""What never reaches the terminal, whatever widget it came from: controls, bidi, escapes but CSI, OSC."""


def harmless(data: str) -> str:
    """Take out what is not for the terminal. 4 ns a character where there is nothing."""
    if CONTROLS.search(data) or STRAY.search(data):
        return CONTROLS.sub("", STRAY.sub("", STRINGS.sub("", data)))
    return data


class TerminalInput(Message):
    """What the person did, in order: the items of one read."""

    def __init__(self, items: Sequence[Input]) -> None:
        super().__init__()
        self.items = tuple(items)


class BackgroundSaid(Message):
    """The terminal told its background (xterm, OSC 11)."""

    def __init__(self, light: bool) -> None:
        super().__init__()
        self.light = light


class Paced(Message):
    """Whoever serves this screen told how many frames a second its line takes."""

    def __init__(self, frames: int) -> None:
        super().__init__()
        self.frames = frames


class HungUp(Message):
    """The terminal is gone, or the process that restores it."""


class TerminalDriver(LinuxDriver):
    """Textual's driver with our decoder in front of it; Textual's parser sees the terminal's replies only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        self._parent = 0 if os.getsid(0) == os.getpid() else os.getppid()
        """Who restores the terminal; nobody where it is this process's own, which the kernel tells of a hang-up."""
        self._colours = depth(os.environ)
        self._handed: Future[bool] = Future()
        """The last message, done once it waits for the screen."""
        self._handed.set_result(True)

    def write(self, data: str) -> None:
        """Write text, less what is forbidden, in colours that the terminal has."""
        super().write(reduced(harmless(data), self._colours))

    def hand_on(self, sequence: str) -> None:
        """Write a sequence of HiveUI's own making that `write` would not let through, such as OSC 52."""
        super().write(sequence)

    def hand_mouse(self, *, away: bool) -> None:
        """Give the mouse to the terminal, whose own selecting works then, or take it back."""
        if away:
            self._disable_mouse_support()
        else:
            self._enable_mouse_support()

    def start_application_mode(self) -> None:
        """Enter the alternate screen, with mouse, focus reports, bracketed paste and kitty's keys."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.write(KITTY_DISAMBIGUATE + ASK_BACKGROUND + KEEP_TITLE)

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was found."""
        self.write(CURSOR_DEFAULT)
        self.hand_on(TITLE_AS_BEFORE)
        super().stop_application_mode()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal, whatever `COLUMNS` says."""
        try:
            size = os.get_terminal_size(self.fileno)
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    def run_input_thread(self) -> None:
        """Read until told to end; a lone Escape is held for as long as the decoder says."""
        decoder = Decoder()
        replies = XTermParser()
        while self._room():
            wait = decoder.hold if decoder.pending else POLL
            if select.select([self.fileno], [], [], wait)[0]:
                data = self._read()
                if not data:
                    self.send_message(HungUp())
                    return
                self._hand_on(decoder.feed(data), replies)
            elif decoder.pending:
                self._hand_on(decoder.flush(), replies)
            elif self._parent and os.getppid() != self._parent:
                self.send_message(HungUp())
                return

    def send_message(self, message: Message) -> None:
        """Hand a message to the screen."""
        post = self._app._post_message(message)  # noqa: SLF001  as Textual's own driver does
        self._handed = asyncio.run_coroutine_threadsafe(post, loop=self._loop)

    def _room(self) -> bool:
        """Wait until the screen has taken what was read: a flood is not kept. False where it is time to end."""
        while not self.exit_event.is_set():
            if self._handed.done() and self._app.message_queue_size < AHEAD:
                return True
            self.exit_event.wait(AGAIN)
        return False

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_SIZE)
        except OSError:
            return b""

    def _hand_on(self, items: Sequence[Input], replies: XTermParser) -> None:
        mine = [item for item in items if not isinstance(item, ReplyInput)]
        if mine:
            self.send_message(TerminalInput(mine))
        for item in items:
            if isinstance(item, ReplyInput):
                if (light := is_light(item.raw)) is not None:
                    self.send_message(BackgroundSaid(light))
                    continue
                if (frames := told_pace(item.raw)) is not None:
                    self.send_message(Paced(frames))
                    continue
                for message in replies.feed(item.raw.decode("ascii", "replace")):
                    self.process_message(message)

    def _query_in_band_window_resize(self) -> None:
        """Leave sizes to SIGWINCH: with in-band sizes Textual would count the mouse in pixels."""

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again after a stop: raw mode, and every line anew."""
        try:
            mode = termios.tcgetattr(self.fileno)
            mode[3] = self._patch_lflag(mode[3])
            mode[0] = self._patch_iflag(mode[0])
            termios.tcsetattr(self.fileno, termios.TCSANOW, mode)
        except termios.error:
            return
        loop: asyncio.AbstractEventLoop = self._loop
        loop.call_soon_threadsafe(self._app.refresh)
