"""`python -m hiveui.agents.rehearsal [SCRIPT]`: a rehearsal agent, which plays a script in its pane.

SCRIPT is a shipped script's name or a file; `$REHEARSAL` where it is left out. `$REHEARSAL_SPEED` scales the
pace: 1 is reading speed, 2 twice as fast, 0 does not wait at all.
"""

import argparse
import os
import sys
from pathlib import Path

from hiveui.agents.rehearsal.actor import Actor
from hiveui.agents.rehearsal.memory import Memory
from hiveui.agents.rehearsal.script import Script, parse
from hiveui.agents.rehearsal.stage import Stage
from hiveui.agents.rehearsal.steps import STEPS
from hiveui.agents.rehearsal.terminal import HungUp, Terminal
from hiveui.errors import ConfigError, HiveError, UsageError

SHIPPED = Path(__file__).parent / "scripts"
HEAD = "Rehearsal agent: plays a script, no model, no key, no network"


def main() -> int:
    """Run one agent; give its exit status."""
    options = _options()
    try:
        memory = Memory(options.resume or options.session_id)
        if options.resume:
            memory.recall()
        script = load(options.script or memory.script or os.environ.get("REHEARSAL", ""))
        common = load("common")
        if not os.isatty(0) or not os.isatty(1):
            raise UsageError("A rehearsal agent needs a terminal.", "Start it in a pane.")
        return _play(options, script, memory, common)
    except HiveError as error:
        print(f"rehearsal: {error} {error.hint}".rstrip(), file=sys.stderr)  # noqa: T201  for the person
        return error.exit_code
    except OSError as error:
        print(f"rehearsal: {error.filename}: {error.strerror}.", file=sys.stderr)  # noqa: T201  same
        return 1


def load(name: str) -> Script:
    """Read a shipped script by name, or a file; '' is a script without steps. Raises ConfigError."""
    if not name:
        return Script()
    shipped = SHIPPED / f"{name}.toml"
    path = shipped if "/" not in name and shipped.exists() else Path(name)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise ConfigError(f"There is no script {name!r}.", f"Shipped: {known}; or give a file.") from error
    return parse(text, str(path), STEPS, path.stem)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rehearsal", description="A scripted agent, without a model.")
    parser.add_argument("script", nargs="?", default="", help="a shipped script's name, or a file")
    parser.add_argument("--session-id", default="", metavar="ID", help="the new conversation's id")
    parser.add_argument("--resume", default="", metavar="ID", help="go on with a conversation")
    parser.add_argument("--model", default="", help="shown, otherwise ignored")
    parser.add_argument("--brief", default="", help="shown, otherwise ignored")
    return parser.parse_args()


def _speed() -> float:
    try:
        speed = float(os.environ.get("REHEARSAL_SPEED") or 1)
    except ValueError:
        speed = -1.0
    if not 0 <= speed < 1e6:
        raise ConfigError("REHEARSAL_SPEED must be a number from 0 (no waiting) up.")
    return speed


def _play(options: argparse.Namespace, script: Script, memory: Memory, common: Script) -> int:
    speed = _speed()
    with Terminal() as terminal:
        stage = Stage(terminal, f"rehearsal · {script.name}", speed)
        actor = Actor(stage, script, memory, common.replies)
        try:
            _head(options, stage, script, memory)
            actor.perform()
            stage.report("\x1b]2;\x1b\\")
            actor.report("clear")
        except HungUp:
            return 0
        except SystemExit:
            actor.report("clear")
            raise
    return 0


def _head(options: argparse.Namespace, stage: Stage, script: Script, memory: Memory) -> None:
    facts = (script.name, options.model, str(Path.cwd()).replace(str(Path.home()), "~", 1))
    stage.report(f"\x1b]2;{script.name}\x1b\\")
    stage.say("head", HEAD)
    stage.say("note", " · ".join(fact for fact in facts if fact))
    if options.brief:
        stage.say("note", options.brief)
    if options.resume:
        stage.say("note", f"Resumed conversation {memory.conversation}")
        for look, text in memory.blocks:
            stage.say(look, text)
    else:
        memory.begin(options.script or os.environ.get("REHEARSAL", ""))
        stage.say("note", f"Conversation {memory.conversation}")


if __name__ == "__main__":
    sys.exit(main())
