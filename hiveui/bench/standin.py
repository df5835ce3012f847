"""A stand-in for Claude Code: `claude [OPTION...]`. It draws its screen, runs its hooks and writes its transcript.

At work it draws its spinner eight times a second and says two lines a second, as Claude Code 2.1.329 does; its events
come a few seconds apart, and each is written down. `STANDIN_TURNS` says how many turns it does, `STANDIN_EVERY` the
seconds between its events. Standard library only.
"""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

VERSION = "2.1.329"
TURN = ("UserPromptSubmit", *("PreToolUse", "PostToolUse") * 3, "Stop")
"""The events of one turn."""
FRAMES = 8
"""Times a second that its spinner is drawn."""
LINES = 2
"""Lines that it says a second."""
SAID = "the tests of the parser pass, what is left is the printer and its table of forms "
STAR = "✻✽✶✳✢·"
BELOW = 4
"""Rows under the spinner: where one types between two edges, and a footer."""


class Conversation:
    """What is told of it: the hooks that its settings name, and its transcript."""

    def __init__(self, id_: str, settings: str) -> None:
        self._id = id_
        hooks: dict[str, Any] = json.loads(Path(settings).read_text()).get("hooks", {}) if settings else {}
        self._commands = {event: entries[-1]["hooks"][0]["command"] for event, entries in hooks.items()}
        self._transcript = Path.home() / ".claude" / "projects" / "bench" / f"{id_}.jsonl"
        self._transcript.parent.mkdir(parents=True, exist_ok=True)
        self._count = itertools.count(1)

    def tell(self, event: str, turn: int) -> None:
        """Write down that something happened, and run the event's hook until it ends."""
        number = next(self._count)
        usage = {"input_tokens": 900, "output_tokens": 80, "cache_read_input_tokens": 20_000}
        message = {"id": f"msg-{number}", "model": "claude-sonnet-4-5", "content": SAID * 20, "usage": usage}
        when = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        with self._transcript.open("a") as file:
            file.write(json.dumps({"type": "assistant", "message": message, "timestamp": when}) + "\n")
        payload = {"hook_event_name": event, "session_id": self._id, "prompt_id": str(turn), "number": number}
        payload["transcript_path"] = str(self._transcript)
        payload |= {"tool_name": "Bash", "tool_use_id": str(number // 2), "tool_input": {"command": SAID * 4}}
        if event in self._commands:
            argv = ["sh", "-c", self._commands[event]]
            subprocess.run(argv, input=json.dumps(payload).encode(), stdout=subprocess.DEVNULL, check=False)


class Screen:
    """What is drawn: what was said, and below it where one types."""

    def __init__(self) -> None:
        self._turns = itertools.count()
        self._written = itertools.count()
        _write(self._below("", "? for shortcuts"))

    def work(self, seconds: float) -> None:
        """Say something for so long."""
        end = time.monotonic() + seconds
        for frame in itertools.count():
            line = f"● {SAID[frame % 40 :]}" if frame % (FRAMES // LINES) == 0 else ""
            self.draw(f"{STAR[frame % len(STAR)]} Testing… ({frame // FRAMES}s · esc to interrupt)", line)
            if frame % FRAMES == 0:
                _write(f"\x1b]0;{'⠂⠐'[frame // FRAMES % 2]} Tests of the parser\x07")
            if time.monotonic() > end:
                return
            time.sleep(1 / FRAMES)

    def rest(self) -> None:
        """Show that the turn is over."""
        self.draw("✻ Tested for 9s", "")
        _write("\x1b]0;✳ Tests of the parser\x07")

    def draw(self, spinner: str, line: str) -> None:
        """Draw the spinner's row anew, or where a line is said all that is below it too."""
        if line:
            columns = _columns()
            footer = "esc to interrupt" if "…" in spinner else "? for shortcuts"
            _write(f"\r\x1b[{BELOW}A\x1b[J{line[:columns]}\r\n{self._below(spinner, footer)}")
        else:
            _write(f"\r\x1b[{BELOW}A{spinner[: _columns()]}\x1b[K\r\x1b[{BELOW}B")

    @staticmethod
    def _below(spinner: str, footer: str) -> str:
        edge = "─" * (_columns() - 1)
        return "\r\n".join((spinner[: _columns()], edge, "❯ ", edge, f"  {footer}"))


def _columns() -> int:
    return shutil.get_terminal_size().columns


def _write(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(1, data) :]


def _option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else ""


def main() -> None:
    """Do some turns, then rest."""
    if "--version" in sys.argv:
        print(f"{VERSION} (Claude Code)")  # noqa: T201  as it does
        return
    turns, every = int(os.environ["STANDIN_TURNS"]), float(os.environ["STANDIN_EVERY"])
    conversation, screen = Conversation(_option("--session-id"), _option("--settings")), Screen()
    conversation.tell("SessionStart", 0)
    for turn in range(turns):
        time.sleep(every * (os.getpid() % 97) / 97)
        for event in TURN:
            conversation.tell(event, turn)
            if event != TURN[-1]:
                screen.work(every)
        screen.draw("✻ Tested for 9s", f"● {SAID}")
        screen.rest()
        time.sleep(every)
    signal.pause()


if __name__ == "__main__":
    main()
