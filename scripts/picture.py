"""`python scripts/picture.py`: the README's pictures, docs/demo.svg and docs/morning.svg.

The first is the demo on a terminal of 120×32; the second follows it: an agent asks and is answered, the machine starts
anew, and everything is brought back.
"""

import os
import signal
from pathlib import Path

import drawing
from stage import Stage

DOCS = Path(__file__).resolve().parents[1] / "docs"
BUSY = "HiveUI: four agents at work, one of which needs an answer"
MORNING = "HiveUI: an agent asks and is answered; after a reboot all agents are brought back"


def is_busy(screen: str) -> bool:
    """Tell whether one agent asks, its question stands there, and the others work (one line each, and the first)."""
    working = sum(screen.count(f"{glyph} working") for glyph in "◐◓◑◒")
    return "▲ approval" in screen and "Run this command?" in screen and working == 3


def still() -> str:
    """Draw the demo when it is worth a picture."""
    with Stage() as stage:
        stage.opens("demo", HIVE_THEME="dark")
        stage.until(is_busy, "A busy demo")
        return drawing.svg(stage.lines(), stage.columns, title=BUSY)


def morning() -> str:
    """Draw a day and the morning after it."""
    with Stage(columns=100, rows=28) as stage:
        frames: list[tuple[list[str], float]] = []

        def hold(seconds: float) -> None:
            frames.append((stage.lines(), seconds))

        stage.opens("demo", HIVE_THEME="dark")
        stage.until(is_busy, "A busy demo")
        hold(3)
        stage.press("3", "Enter")
        stage.waits("typing into 3 frontend")
        hold(2)
        stage.press("Enter")
        stage.waits("No library is needed", "!▲ approval")
        hold(3)
        stage.hang_up()
        socket = stage.home / ".local/state/hive/run/tmux.sock"
        os.kill(int(stage.done("tmux", "-N", "-S", str(socket), "display-message", "-p", "#{pid}")), signal.SIGKILL)
        stage.opens("attach", "demo", HIVE_THEME="dark")
        stage.until(lambda screen: "tmux is gone" in screen or "Restore demo" in screen, "The end of tmux")
        stage.press("r")
        stage.waits("Restore demo", "resume")
        hold(4)
        stage.until(lambda screen: restored(stage, screen), "The demo, restored")
        stage.waits("▲ question", "◐ working")
        hold(4)
        return drawing.film(frames, stage.columns, title=MORNING)


def restored(stage: Stage, screen: str) -> bool:
    """Say yes to the plan until it is taken: one that comes as it opens is not."""
    if "Restore demo" in screen:
        stage.press("Enter")
        return False
    return True


def main() -> None:
    """Write the pictures."""
    for name, draw in (("demo", still), ("morning", morning)):
        (DOCS / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
