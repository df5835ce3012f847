"""The prompts that wait for one agent, shown over the panes."""

from collections.abc import Coroutine
from typing import Any

from hiveui.errors import HiveError
from hiveui.model.budget import exhausted
from hiveui.model.delivering import holding
from hiveui.model.prompts import Prompt, Queue
from hiveui.model.text import visible
from hiveui.model.usage import dollars
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.prompt import Prompt as Writing
from hiveui.tui.widgets.card import Ends, Page


class Outbox:
    """One agent's queue (`commands.sending.Outbox`)."""

    def __init__(self, ground: Ground, writing: Writing) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._writing = writing
        self._role = ""
        self._line = 0

    def open(self) -> None:
        """Show what waits for the agent with the focus."""
        if self._ground.agent is None:
            return
        self._role, self._line = self._ground.desk.role, 0
        if self._queue:
            self._show()
        else:
            self._ground.screen.notice(f"Nothing waits for {visible(self._role)}; s writes to it.")

    def choose(self, by: int) -> None:
        """Go to another prompt."""
        self._line = max(0, min(self._line + by, len(self._queue) - 1))
        self._show()

    def move(self, by: int) -> None:
        """Give the chosen prompt another place."""
        chosen, to = self._chosen, self._line + by
        if chosen is not None and 0 <= to < len(self._queue):
            self._line = to
            self._do("moving it…", self._call("prompt/move", chosen, place=to))

    def edit(self) -> None:
        """Have the chosen prompt written anew."""
        chosen = self._chosen
        if chosen is not None:
            self._do("reading it…", self._edit(chosen))

    def drop(self) -> None:
        """Delete the chosen prompt."""
        chosen = self._chosen
        if chosen is not None:
            self._do("deleting it…", self._call("prompt/drop", chosen))

    def release(self) -> None:
        """Have the chosen prompt typed now; one that needs the person is tried again."""
        chosen = self._chosen
        if chosen is not None:
            self._do("sending it…", self._call("prompt/release", chosen))

    def allow(self) -> None:
        """Let the agent go on whose queue a budget holds: its own, or its workspace's."""
        workspace = self._ground.workspace
        agent = workspace.role(self._role)
        found = exhausted(workspace, agent) if agent is not None else None
        if found is None:
            self._ground.screen.notice("No budget holds it.")
        else:
            self._do("raising its budget…", self._allow(found.role))

    async def _allow(self, role: str) -> None:
        workspace, named = self._ground.workspace, {"role": role} if role else {}
        budget = (await self._ground.link.call("budget/allow", workspace=workspace.id, **named))["budget"]
        name = visible(role or workspace.name)
        self._ground.screen.notice(f"{name} may use {dollars(budget)} now, all together.")

    def follow(self) -> None:
        """Keep the list up to date while it is shown; it goes with its last prompt."""
        if self._overlay.chooses(Place.OUTBOX):
            if self._queue:
                self.choose(0)
            else:
                while self._overlay.chooses(Place.OUTBOX):
                    self._overlay.close()

    @property
    def _queue(self) -> Queue:
        return self._ground.workspace.queues.get(self._role, ())

    @property
    def _chosen(self) -> Prompt | None:
        return self._queue[min(self._line, len(self._queue) - 1)] if self._queue else None

    def _show(self) -> None:
        agent = self._ground.workspace.role(self._role)
        why = holding(self._ground.workspace, agent, chrome.now()) if agent is not None else ""
        name = titled(self._ground.workspace, self._role)
        self._overlay.choose(page(name, self._queue, self._line, why), self._line, Place.OUTBOX)

    def _do(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        self._ground.run(title, work)

    async def _call(self, method: str, prompt: Prompt, **more: Any) -> Any:
        workspace = self._ground.workspace.id
        return await self._ground.link.call(method, workspace=workspace, role=self._role, prompt=prompt.id, **more)

    async def _edit(self, prompt: Prompt) -> None:
        text = (await self._call("prompt/text", prompt))["text"]
        heading = f" A prompt that waits for {visible(self._role)}"
        self._writing.ask(heading, text, lambda new: self._do("keeping it…", self._keep(prompt, new)))

    async def _keep(self, prompt: Prompt, text: str) -> None:
        """Give a prompt its new text, which becomes a draft where the prompt has left meanwhile."""
        try:
            await self._call("prompt/edit", prompt, text=text)
        except HiveError as error:
            self._writing.save(self._ground.workspace.id, self._role, text)
            error.hint = "What you wrote is kept: s opens it."
            raise


def page(name: str, queue: Queue, chosen: int, why: str) -> Page:
    """List prompts; the first says what it waits for."""
    body: list[Ends] = []
    for i, prompt in enumerate(queue):
        tone = "lit" if i == chosen else "plain"
        said = prompt.note or (prompt.step.value if not prompt.changeable else why if i == 0 else "")
        mark = "▲" if prompt.note else "▸" if i == chosen else " "
        left = ((f" {mark} ", "attention" if prompt.note else tone), (f"{i + 1}  {visible(prompt.preview)}", tone))
        body.append(((*left, (f"   {visible(said)}", "attention" if prompt.note else "quiet")), ()))
    return Page(((f" Waiting for {name}", "lit"),), body, wide=True)
