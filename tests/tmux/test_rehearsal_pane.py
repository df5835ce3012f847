"""Rehearsal agents in real panes of a real tmux."""

import base64
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hiveui.agents.scratch import make_scratch
from tests.waiting import until

ROOT = Path(__file__).parents[2]


class Pane:
    """One rehearsal agent in a pane of a private tmux, in a scratch repository."""

    def __init__(self, short: Path) -> None:
        self.folder = short / "shop"
        self._short = short
        make_scratch(self.folder)

    def start(self, script: str, *words: str, speed: float = 0, size: tuple[int, int] = (80, 30)) -> "Pane":
        """Start the agent with a script's text, in a server of its own."""
        (self._short / "play.toml").write_text(script)
        argv = [sys.executable, "-m", "hiveui.agents.rehearsal", *(words or (str(self._short / "play.toml"),))]
        self._server = self._short / f"{len(list(self._short.glob('*.sock')))}.sock"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._short),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "REHEARSAL_SPEED": str(speed),
        }
        gate = self._short / "gate"
        if not gate.exists():
            os.mkfifo(gate)
        session = ["new-session", "-d", "-x", str(size[0]), "-y", str(size[1])]
        then = f"ended=$?; stty -a >{self._short}/stty; echo $ended >{self._short}/status"
        program = ["sh", "-c", f"cat {gate} >/dev/null; {shlex.join(argv)}; {then}"]
        subprocess.check_call(
            ["tmux", "-S", self._server, "-f", "/dev/null", *session, *program], cwd=self.folder, env=env
        )
        self.tmux("set", "-g", "remain-on-exit", "on")
        self.tmux("pipe-pane", f"cat >> {self._short}/raw")
        gate.write_text("go")
        return self

    def tmux(self, *words: str) -> str:
        return subprocess.check_output(["tmux", "-S", str(self._server), *words], text=True).rstrip("\n")

    def screen(self, history: int = 200) -> str:
        return self.tmux("capture-pane", "-p", "-S", str(-history))

    def shows(self, *texts: str) -> str:
        """Wait until all of `texts` stand on the screen; give it."""

        def found() -> str:
            screen = self.screen()
            unwrapped = " ".join(screen.split())
            return screen if all(text in screen or text in unwrapped for text in texts) else ""

        try:
            return until(found, what=f"{texts} on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows\n{self.screen()}") from None

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def asks(self, prompt: str) -> None:
        self.tmux("send-keys", "-l", prompt)
        self.keys("Enter")

    def ended(self) -> int:
        """Wait for its end; give the exit status as a shell tells it: 128 and the number for a signal.

        tmux 3.3a does not always say it: a pane that ends while its pipe is not empty stays as if it lived.
        """
        status = self._short / "status"
        return int(until(lambda: status.exists() and status.read_text(), what="the end"))

    def reports(self) -> list[tuple[str, str]]:
        """What it said of its state: (state and kind, message)."""
        raw = (self._short / "raw").read_text("utf-8", "replace")
        found = re.findall(r"\x1b\]7501;(.*?)\x1b\\", raw)
        fields = [dict(part.split("=", 1) for part in report.split(":")) for report in found]
        return [
            (f"{f['state']} {f.get('kind', '')}".strip(), base64.b64decode(f.get("msg", "")).decode()) for f in fields
        ]

    def reported(self, *states: str) -> None:
        until(lambda: [state for state, _ in self.reports()] == list(states), what=f"{states}, not {self.reports()}")

    def close(self) -> None:
        for server in self._short.glob("*.sock"):
            subprocess.run(["tmux", "-S", str(server), "kill-server"], stderr=subprocess.DEVNULL)


@pytest.fixture
def pane(short: Path) -> Iterator[Pane]:
    pane = Pane(short)
    yield pane
    pane.close()


def step(do: str, **fields: Any) -> str:
    """Write one step; strings and lists of strings are the same in TOML as here, in JSON's quotes."""
    return "\n".join(["[[step]]", f'do = "{do}"', *(f"{k} = {json.dumps(v)}" for k, v in fields.items()), ""])


def test_the_first_line_says_that_it_is_a_rehearsal(pane: Pane) -> None:
    pane.start(step("say", text="Ready."))
    assert "Rehearsal agent" in pane.shows("Ready.", "❯").splitlines()[0]
    pane.reported("working", "done")


def test_permission_waits_for_the_key_and_the_command_then_runs(pane: Pane) -> None:
    pane.start(step("ask", command=["sh", "-c", "echo ran > proof"]) + step("say", text="After."))
    pane.shows("Run this command?", "3. No")
    assert not (pane.folder / "proof").exists()
    assert pane.reports()[-1] == ("blocked permission", "approve: sh -c 'echo ran > proof'")
    pane.keys("1")
    pane.shows("After.")
    assert (pane.folder / "proof").read_text() == "ran\n"
    pane.reported("working", "blocked permission", "working", "done")


def test_a_denied_command_does_not_run_and_the_script_goes_on(pane: Pane) -> None:
    pane.start(step("ask", command=["touch", "proof"], denied="Left out.") + step("say", text="After."))
    pane.shows("Run this command?")
    pane.keys("Escape")
    pane.shows("Not allowed", "Left out.", "After.")
    assert not (pane.folder / "proof").exists()


def test_a_command_allowed_for_good_is_not_asked_about_again(pane: Pane) -> None:
    asked = step("ask", command=["touch", "one"]) + step("ask", command=["touch", "two"])
    pane.start(asked + step("say", text="After."))
    pane.shows("2. Yes, and don't ask again for touch")
    pane.keys("2")
    pane.shows("After.")
    assert (pane.folder / "two").exists()


def test_a_question_is_answered_with_arrows(pane: Pane) -> None:
    pane.start(step("question", text="Keep it?", choices=["Keep", "Drop"], answers=["Kept.", "Dropped."]))
    pane.shows("❯ 1. Keep", "2. Drop")
    pane.keys("Down", "Enter")
    pane.shows("Dropped.")
    assert ("blocked question", "answer: Keep it?") in pane.reports()


def test_files_are_edited_and_committed_for_real(pane: Pane) -> None:
    pane.start(
        step("write", file="docs/a.md", text="one\ntwo\n")
        + step("edit", file="docs/a.md", old="two", new="2")
        + step("commit", message="Write a page", files=["docs/a.md"])
        + step("say", text="After.")
    )
    pane.shows("Write(docs/a.md)", "+1 −1", "- two", "+ 2", "After.")
    committed = subprocess.check_output(["git", "show", "HEAD:docs/a.md"], cwd=pane.folder, text=True)
    assert committed == "one\n2\n"


def test_a_locked_repository_is_waited_for(pane: Pane) -> None:
    lock = pane.folder / ".git/index.lock"
    lock.touch()
    edit = step("write", file="a.md", text="one\n") + step("commit", message="Wait", files=["a.md"])
    pane.start(edit + step("say", text="After."))
    pane.shows("Write(a.md)", "esc to interrupt")
    lock.unlink()
    assert "Wait" in pane.shows("After.")
    assert "exit" not in pane.screen()


def test_nothing_is_written_outside_a_scratch_repository(pane: Pane) -> None:
    outside = pane.folder.parent / "outside.md"
    subprocess.check_call(["git", "config", "--unset", "hiveui.scratch"], cwd=pane.folder)
    pane.start(
        step("write", file="a.md", text="no")
        + step("write", file=str(outside), text="no")
        + step("commit", message="No", files=["README.md"])
        + step("say", text="After.")
    )
    pane.shows("Left alone: outside the folder.", "Left alone: this is not a scratch repository", "After.")
    assert not (pane.folder / "a.md").exists()
    assert not outside.exists()


def test_a_command_shows_its_real_output_and_exit_status(pane: Pane) -> None:
    pane.start(step("run", command=["sh", "-c", "seq 20; exit 3"], lines=2) + step("say", text="After."))
    screen = pane.shows("After.")
    assert [line.strip() for line in screen.splitlines() if "⎿" in line or line.startswith("     ")] == [
        "⎿  … +18 lines", "19", "20", "exit 3",
    ]  # fmt: skip


def test_escape_interrupts_a_command_and_continue_plays_the_step_again(pane: Pane) -> None:
    pane.start(step("run", command=["sh", "-c", "echo $$ >> pids; [ -e go ] || exec sleep 600"]) + step("bell"))
    pids = pane.folder / "pids"
    until(lambda: pids.exists() and pids.read_text(), what="the command")
    pane.keys("Escape")
    pane.shows("Interrupted")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids.read_text()), 0)
    (pane.folder / "go").touch()
    pane.asks("continue")
    pane.reported("working", "idle", "working", "done")
    assert len(pids.read_text().split()) == 2


def test_a_failed_turn_is_an_error_and_the_next_prompt_goes_on(pane: Pane) -> None:
    pane.start(step("fail", text="Overloaded.") + step("say", text="After."))
    pane.shows("Overloaded.")
    pane.reported("working", "error")
    assert "After." not in pane.screen()
    pane.asks("again please")
    pane.shows("After.")


@pytest.mark.parametrize(
    ("last", "status"),
    [(step("exit", status=7), 7), (step("crash", signal=11), 128 + 11), (step("crash"), 128 + 9)],
)
def test_an_agent_ends_as_its_script_says(pane: Pane, last: str, status: int) -> None:
    pane.start(step("say", text="Before.") + last)
    assert pane.ended() == status
    assert "Before." in pane.screen()


def test_a_crashed_conversation_is_resumed_where_it_was(pane: Pane) -> None:
    script = step("say", text="First.") + step("crash") + step("say", text="Second.")
    pane.start(script, "--session-id", "talk-1", str(pane.folder.parent / "play.toml"))
    pane.ended()
    pane.start(script, "--resume", "talk-1")
    screen = pane.shows("Resumed conversation talk-1", "First.", "Second.")
    assert screen.count("First.") == 1


def test_a_page_on_the_alternate_screen_hides_and_gives_back_the_conversation(pane: Pane) -> None:
    pane.start(step("say", text="Before.") + step("page", text="A full page") + step("say", text="After."))
    until(lambda: pane.tmux("display", "-p", "#{alternate_on}") == "1", what="the alternate screen")
    assert "Before." not in pane.shows("A full page")
    pane.keys("q")
    assert "A full page" not in pane.shows("Before.", "After.")
    assert pane.tmux("display", "-p", "#{alternate_on}") == "0"


def test_titles_and_bells_reach_the_terminal(pane: Pane) -> None:
    pane.start(step("title", text="✳ plan it") + step("bell") + step("say", text="After."))
    pane.shows("After.")
    assert pane.tmux("display", "-p", "#{pane_title}") == "✳ plan it"
    assert "\a" in (pane.folder.parent / "raw").read_text()


def test_a_pasted_prompt_of_two_lines_is_one_prompt(pane: Pane) -> None:
    pane.start('[[reply]]\nmatch = "two"\ndo = "say"\ntext = "Got {prompt}"')
    pane.shows("❯")
    pane.reported("idle")
    pane.tmux("set-buffer", "one\ntwo")
    pane.tmux("paste-buffer", "-p", "-r")
    pane.keys("Enter")
    pane.shows("Got one", "  two")
    pane.reported("idle", "working", "done")


def test_a_prompt_typed_while_it_works_is_answered_afterwards(pane: Pane) -> None:
    pane.start(step("run", command=["sh", "-c", "until [ -e go ]; do sleep 0.02; done"]))
    pane.shows("esc to interrupt")
    pane.asks("hello")
    pane.shows("1 queued")
    (pane.folder / "go").touch()
    pane.shows("❯ hello", "Hello. I am a rehearsal")


def test_every_agent_can_be_asked_to_ask_for_approval(pane: Pane) -> None:
    pane.start("")
    pane.shows("❯")
    pane.asks("approve")
    pane.shows("$ git status --short --branch", "1. Yes")
    pane.keys("Enter")
    pane.shows("## main")


@pytest.mark.parametrize("columns", [30, 61, 200])
def test_a_dialog_and_a_prompt_fit_after_a_resize(pane: Pane, columns: int) -> None:
    pane.start(step("ask", command=["true"], text="A reason long enough for several lines " * 3))
    pane.shows("3. No")
    pane.tmux("resize-window", "-x", str(columns), "-y", "24")

    def fits() -> bool:
        boxes = [line for line in pane.screen(history=0).splitlines() if line[:1] in "╭│╰" and line]
        widths = {len(line) for line in boxes}
        return widths == {min(76, columns - 1)} and sum(line.startswith("╭") for line in boxes) == 1

    until(fits, what="one box as wide as the pane")
    pane.keys("1")
    pane.reported("working", "blocked permission", "working", "done")
    pane.tmux("send-keys", "-l", "x" * 70)
    pane.shows("❯ " + "x" * min(70, columns - 3))


def test_leaving_says_so_and_gives_the_terminal_back(pane: Pane) -> None:
    pane.start(step("say", text="Ready."))
    pane.shows("Ready.", "❯")
    pane.asks("/exit")
    assert pane.ended() == 0
    assert " icanon " in (pane.folder.parent / "stty").read_text()
    pane.reported("working", "done", "clear")


@pytest.mark.parametrize("name", ["planner", "backend", "frontend", "tests"])
def test_a_shipped_story_is_played_to_its_end(pane: Pane, name: str) -> None:
    pane.start("", name)
    last = {"planner": "tell backend to begin", "backend": "step 1 and 2", "frontend": "Step 3", "tests": "both pass"}
    if name in {"planner", "frontend"}:
        pane.shows("❯ 1. ")
        pane.keys("1")
    screen = pane.shows(last[name])
    if name == "backend":
        pane.asks("Your check failed.")
        screen = pane.shows("Mended and committed")
    assert "Left alone" not in screen
    assert ("exit 1" in screen) == (name == "tests")
    log = subprocess.check_output(["git", "log", "--oneline"], cwd=pane.folder, text=True)
    assert len(log.splitlines()) == 2
