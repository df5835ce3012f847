"""A program with a composer that keeps each prompt it is given: `receiver.py FILE`, a line of JSON for each.

It reports its state by OSC 7501, takes bracketed pastes and shows what is typed behind a `❯`. At rest it says so again
each second: a daemon that was killed has not heard it, and tmux keeps no such report.
"""

import contextlib
import json
import sys

from hiveui.agents.rehearsal.cells import chop, clean
from hiveui.agents.rehearsal.terminal import HungUp, Terminal


class Exact:
    """A composer that changes nothing of what it is given."""

    def __init__(self) -> None:
        self.text = ""

    def feed(self, press) -> str | None:
        if press.name == "enter":
            submitted, self.text = self.text, ""
            return submitted
        if press.name == "backspace":
            self.text = self.text[:-1]
        elif press.name in {"text", "paste", "ctrl+j"}:
            self.text += "\n" if press.name == "ctrl+j" else press.text
        return None


def paint(terminal: Terminal, composer: Exact) -> None:
    columns, rows = terminal.size
    lines = [part for line in clean(composer.text).split("\n") for part in chop(line, columns - 3)]
    lines = ["  " + line if i else "❯ " + line for i, line in enumerate(lines)]
    terminal.write("\x1b[H\x1b[J" + "\r\n".join(lines[-(rows - 1) :]))


def report(terminal: Terminal, state: str) -> None:
    terminal.write(f"\x1b]7501;state={state}:app=receiver\x1b\\")


def main() -> None:
    composer = Exact()
    with Terminal() as terminal, open(sys.argv[1], "a", encoding="utf-8") as kept:
        paint(terminal, composer)
        report(terminal, "idle")
        while True:
            presses, _ = terminal.listen(1.0)
            if not presses:
                report(terminal, "done")
            for press in presses:
                submitted = composer.feed(press)
                if submitted:
                    report(terminal, "working")
                    kept.write(json.dumps(submitted) + "\n")
                    kept.flush()
                    paint(terminal, composer)
                    report(terminal, "done")
            paint(terminal, composer)


if __name__ == "__main__":
    with contextlib.suppress(HungUp):
        main()
