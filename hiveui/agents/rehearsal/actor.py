"""The agent: plays its script, then answers prompts, and says in what state it is."""

import base64
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from hiveui.agents.rehearsal.dialog import Dialog
from hiveui.agents.rehearsal.memory import Memory
from hiveui.agents.rehearsal.script import Reply, Script, Step
from hiveui.agents.rehearsal.stage import Interrupted, Left, Stage

WORDS_A_SECOND = 14
GO_ON = frozenset({"continue", "go on", "resume", "retry"})
LEAVE = frozenset({"/exit", "/quit", "exit", "quit"})


class Ending(NamedTuple):
    """How a turn ended: a state of the Program Status Protocol and its message."""

    state: str = "done"
    message: str = ""


class Actor:
    """One agent in its pane. Steps call its methods; `perform` runs until it leaves."""

    def __init__(self, stage: Stage, script: Script, memory: Memory, common: tuple[Reply, ...]) -> None:
        self.stage = stage
        self.prompt = ""
        """The prompt being answered, '' while the script plays."""
        self.allowed: set[str] = set()
        """Programs that the person allowed for good."""
        self._script = script
        self._memory = memory
        self._common = common
        self._said = ""
        self._waiting = False

    def say(self, look: str, text: str) -> None:
        """Print a block and remember it."""
        self._memory.say(look, text)
        self._memory.blocks.append((look, text))
        self.stage.say(look, text)

    def stream(self, text: str, pace: float = WORDS_A_SECOND) -> None:
        """Say text word by word, `pace` words a second, paragraph after paragraph."""
        self._said = text.strip()
        look = "say"
        for paragraph in self._said.split("\n\n"):
            words = paragraph.split(" ")
            shown = 0
            try:
                for shown in range(1, len(words) + 1):
                    self.stage.growing(look, " ".join(words[:shown]))
                    self.stage.wait(1 / pace if pace else 0)
            finally:
                self.say(look, " ".join(words[:shown]))
            look = "more"

    def choose(self, dialog: Dialog, kind: str, message: str) -> int:
        """Ask the person, reported as blocked; give the chosen index."""
        self.report("blocked", kind, message)
        chosen = self.stage.choose(dialog)
        self.report("working")
        return chosen

    def report(self, state: str, kind: str = "", message: str = "") -> None:
        """Say a state by OSC 7501 (Program Status Protocol, revision 0.3; at most 4096 bytes)."""
        encoded = base64.b64encode(message[:500].encode()).decode()
        parts = [f"state={state}", f"kind={kind}" if kind else "", "app=rehearsal"]
        fields = ":".join([part for part in parts if part] + ([f"msg={encoded}"] if encoded else []))
        self.stage.report(f"\x1b]7501;{fields}\x1b\\")

    def about_to_end(self) -> None:
        """Remember that this step was played, for it will not return."""
        if not self.prompt:
            self._memory.reached(self._memory.step + 1)
        self.stage.close()

    def perform(self) -> None:
        """Play the script from where it stood, then answer prompts until the person leaves."""
        with contextlib.suppress(Left):
            self._waiting = not self._steps_left
            if self._waiting:
                self.report("idle")
            else:
                self._turn(self._play_on)
            while True:
                self._answer(self.stage.next_prompt())
        self.stage.close()

    @property
    def _steps_left(self) -> bool:
        return self._memory.step < len(self._script.steps)

    def _answer(self, prompt: str) -> None:
        self.say("prompt", prompt)
        if prompt.lower() in LEAVE:
            raise Left
        reply = self._reply(prompt.lower())
        if self._steps_left and (self._waiting or prompt.lower() in GO_ON):
            self._turn(self._play_on)
        elif reply is not None:
            self._turn(lambda: self._play(reply.step, prompt))
        else:
            self._turn(lambda: self._echo(prompt))

    def _reply(self, prompt: str) -> Reply | None:
        replies = (*self._script.replies, *self._common)
        return next((reply for reply in replies if any(word in prompt for word in reply.words)), None)

    def _turn(self, play: Callable[[], Ending]) -> None:
        self._said = ""
        self.report("working")
        try:
            with self.stage.working():
                ending = play()
        except Interrupted:
            self.say("result", "Interrupted. Say what to do instead, or “continue”.")
            ending = Ending("idle")
        self.report(ending.state, message=ending.message or self._said)

    def _play_on(self) -> Ending:
        self._waiting = False
        while self._steps_left:
            ending: Ending | None = self._script.steps[self._memory.step].play(self)
            self._memory.reached(self._memory.step + 1)
            if ending is not None:
                self._waiting = True
                return ending
        return Ending()

    def _play(self, step: Step, prompt: str) -> Ending:
        self.prompt = prompt
        try:
            return step.play(self) or Ending()
        finally:
            self.prompt = ""

    def _echo(self, prompt: str) -> Ending:
        self.stream(f"This is a rehearsal, so nothing reads this but the script. You said: {prompt}")
        return Ending()
