"""The kinds of steps a script can have: each a function, its keyword parameters the step's fields."""

import os
import signal as signals
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hiveui.agents.rehearsal.actor import WORDS_A_SECOND, Actor, Ending
from hiveui.agents.rehearsal.dialog import Dialog
from hiveui.agents.rehearsal.hooks import using
from hiveui.agents.rehearsal.process import git, run, shown

OUTPUT_LINES = 6
DIFF_LINES = 12
NOT_SCRATCH = "Left alone: this is not a scratch repository (git config hiveui.scratch is not true)."


def say(actor: Actor, *, text: str) -> None:
    """Print text at once."""
    actor.say("say", text.replace("{prompt}", actor.prompt))


def stream(actor: Actor, *, text: str, pace: float = WORDS_A_SECOND) -> None:
    """Say text word by word, `pace` words a second."""
    actor.stream(text.replace("{prompt}", actor.prompt), pace)


def think(actor: Actor, *, seconds: float, text: str = "Thinking") -> None:
    """Spin for some seconds."""
    actor.stage.doing(text)
    actor.stage.wait(seconds)
    actor.stage.doing("Working")


def title(actor: Actor, *, text: str) -> None:
    """Set the terminal's title (OSC 2)."""
    printable = "".join(c for c in text if c.isprintable())
    actor.stage.report(f"\x1b]2;{printable}\x1b\\")


def bell(actor: Actor) -> None:
    """Ring."""
    actor.stage.report("\a")


def ask(actor: Actor, *, command: Sequence[str], text: str = "", denied: str = "Then I leave it.") -> None:
    """Ask permission for a command, and run it if it is given."""
    program, line = Path(shown(command[:1])).name, shown(command)
    if program not in actor.allowed:
        choices = ["Yes", f"Yes, and don't ask again for {program}", "No, go on without it (esc)"]
        words = {"y": 0, "yes": 0, "approve": 0, "ok": 0, "always": 1, "n": 2, "no": 2, "deny": 2}
        body = f"$ {line}" + (f"\n{text}" if text else "")
        dialog = Dialog("Run this command?", body, choices, words)
        chosen = actor.choose(dialog, "permission", f"approve: {line}")
        if chosen == 1:
            actor.allowed.add(program)
        if chosen == len(choices) - 1:
            actor.say("tool failed", f"Run({line})")
            actor.say("result", "Not allowed")
            actor.stream(denied)
            return
    run_command(actor, command=command)


def question(actor: Actor, *, text: str, choices: Sequence[str], answers: Sequence[str] = ()) -> None:
    """Ask a question with choices; the answer of the same number is then streamed."""
    words = {choice.lower(): i for i, choice in enumerate(choices)}
    chosen = actor.choose(Dialog(text, "", choices, words), "question", f"answer: {text}")
    actor.say("say", text)
    actor.say("result", choices[chosen])
    if chosen < len(answers):
        actor.stream(answers[chosen])


def write(actor: Actor, *, file: str, text: str) -> None:
    """Write a whole file."""
    _change(actor, "Write", file, lambda _old: text)


def edit(actor: Actor, *, file: str, old: str, new: str) -> None:
    """Replace `old` by `new` in a file."""
    _change(actor, "Edit", file, lambda text: text.replace(old, new, 1))


def commit(actor: Actor, *, message: str, files: Sequence[str]) -> None:
    """Commit files."""
    line = shown(["git", "commit", "-m", message])
    if not _is_scratch(actor):
        return _result(actor, f"Run({line})", 1, NOT_SCRATCH)
    with using("Bash", {"command": line}) as used:
        status, output = git(actor.stage, "add", "--", *files)
        if status == 0:
            status, output = git(actor.stage, "commit", "-m", message, "--", *files)
        used.failure = f"exit {status}" if status else ""
    return _result(actor, f"Run({line})", status, output)


def run_command(actor: Actor, *, command: Sequence[str], lines: int = OUTPUT_LINES) -> None:
    """Run a command and show its last lines."""
    actor.stage.doing(f"Running {shown(command)}")
    with using("Bash", {"command": shown(command)}) as used:
        status, output = run(actor.stage, command)
        used.failure = f"exit {status}" if status else ""
    actor.stage.doing("Working")
    _result(actor, f"Run({shown(command)})", status, output, lines)


def turn(actor: Actor) -> Ending:  # noqa: ARG001  every step takes the actor
    """End the turn; the next prompt goes on with the script."""
    return Ending()


def fail(actor: Actor, *, text: str) -> Ending:
    """End the turn with an error; the next prompt goes on with the script."""
    actor.say("error", text)
    return Ending("error", text)


def crash(actor: Actor, *, signal: int = signals.SIGKILL) -> None:
    """Die by a signal, with nothing put back."""
    actor.about_to_end()
    if signal != signals.SIGKILL:
        signals.signal(signal, signals.SIG_DFL)
    os.kill(os.getpid(), signal)


def leave(actor: Actor, *, status: int = 0) -> None:
    """End with an exit status."""
    actor.about_to_end()
    sys.exit(status)


def page(actor: Actor, *, text: str, seconds: float = 0) -> None:
    """Show text on the alternate screen until `q` is pressed, or for some seconds."""
    actor.stage.page(text, seconds)


STEPS: dict[str, Callable[..., Ending | None]] = {
    "say": say,
    "stream": stream,
    "think": think,
    "title": title,
    "bell": bell,
    "ask": ask,
    "question": question,
    "write": write,
    "edit": edit,
    "commit": commit,
    "run": run_command,
    "turn": turn,
    "fail": fail,
    "crash": crash,
    "exit": leave,
    "page": page,
}


def _result(actor: Actor, tool: str, status: int, output: str, lines: int = OUTPUT_LINES) -> None:
    actor.say("tool" if status == 0 else "tool failed", tool)
    found = output.split("\n") if output else ["(no output)"]
    shown_lines = found if len(found) <= lines else [f"… +{len(found) - lines} lines", *found[-lines:]]
    if status:
        shown_lines.append(f"exit {status}")
    actor.say("result", "\n".join(shown_lines))


def _is_scratch(actor: Actor) -> bool:
    status, output = git(actor.stage, "config", "--bool", "hiveui.scratch")
    return status == 0 and output == "true"


def _change(actor: Actor, verb: str, file: str, change: Callable[[str], str]) -> None:
    """Change a file below the current folder, and show what changed."""
    import difflib  # noqa: PLC0415  only where something is changed

    path = Path(file)
    inside = path.resolve().is_relative_to(Path.cwd())
    if not inside or not _is_scratch(actor):
        return _result(actor, f"{verb}({file})", 1, NOT_SCRATCH if inside else "Left alone: outside the folder.")
    old = path.read_text("utf-8") if path.exists() else ""
    new = change(old)
    given = {"content": new} if verb == "Write" else {"old_string": old, "new_string": new}
    with using(verb, {"file_path": str(path.resolve()), **given}):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(new, "utf-8")
    diff = [
        line
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    added, removed = (sum(line.startswith(sign) for line in diff) for sign in "+-")
    actor.say("tool", f"{verb}({file})")
    actor.say("result", f"+{added} −{removed}" if diff else "Nothing to change")
    for line in diff[:DIFF_LINES]:
        actor.say("added" if line.startswith("+") else "removed", f"{line[0]} {line[1:]}")
    if len(diff) > DIFF_LINES:
        actor.say("result more", f"… +{len(diff) - DIFF_LINES} lines")
    return None
