"""The project's memory over the panes: read, written, and decided."""

import contextlib
from collections.abc import Mapping
from typing import Any

from textual.timer import Timer

from hiveui.errors import HiveError
from hiveui.model.memory import SOURCE
from hiveui.model.text import visible
from hiveui.tui.ground import Ground
from hiveui.tui.prompt import Prompt
from hiveui.tui.widgets.line import Words
from hiveui.tui.widgets.memo import Memo

Key = tuple[str, str]
"""A workspace, and a file of its memory."""
AGAIN = 1.5
"""Seconds between two looks at what others change, while it is shown."""


class Memory:
    """Shows it (`commands.proving.Memory`)."""

    def __init__(self, ground: Ground, writing: Prompt) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._writing = writing
        self._texts: dict[str, str] = {}
        """By file, as it stood there last."""
        self._name = SOURCE
        self._base = ""
        """What the person began to write on."""
        self._written: tuple[Key, Memo] | None = None
        """What is being written, and of which file: whatever takes its card away, it is still to be had there."""
        self._drafts: dict[Key, tuple[str, str]] = {}
        """By workspace and file: what was written and not saved, and what it was begun on."""
        self._shown: Memo | None = None
        """The card, though another lie above it."""
        self._looking: Timer | None = None

    def open(self) -> None:
        """Show it."""
        self._ground.run("reading…", self._open())

    def next(self) -> None:
        """Show the next file of it."""
        names = [*self._texts] or [SOURCE]
        at = names.index(self._name) if self._name in names else -1
        self._name = names[(at + 1) % len(names)]
        self._read()

    def write(self) -> None:
        """Write on the file that is shown."""
        card = self._card
        if card is not None:
            text, self._base = self._drafts.pop(self._key, (self._text, self._text))
            self._written = self._key, card
            card.write(self._heading(writing=True), text)
            self._changed()

    def save(self) -> None:
        """Save what was written."""
        card = self._card
        if card is not None and card.writing:
            key, base = self._key, self._base
            card.settle(lambda: self._ground.run("saving…", self._save(key, card.text, base)))

    def leave(self) -> None:
        """Read again; what was written and not saved is kept for the next time."""
        card = self._card
        if card is not None and card.writing:
            card.settle(self._leave)

    def decide(self) -> None:
        """Have a decision written down."""
        self._writing.ask(
            " A decision, for all who work here", "", lambda text: self._ground.run("…", self._decide(text))
        )

    def scroll(self, by: int) -> None:
        """Scroll what is read."""
        if self._card is not None:
            self._card.scroll_lines(by)

    @property
    def _card(self) -> Memo | None:
        card = self._overlay.card
        return card if isinstance(card, Memo) else None

    @property
    def _key(self) -> Key:
        return self._ground.workspace.id, self._name

    @property
    def _text(self) -> str:
        return self._texts.get(self._name, "")

    async def _open(self) -> None:
        whose = self._ground.workspace.id
        await self._load()
        if whose != self._ground.workspace.id:
            return
        self._keep()
        if self._name not in self._texts:
            self._name = next(iter(self._texts), SOURCE)
        self._shown = Memo(self._heading(), self._text)
        self._overlay.lay(self._shown)
        if self._looking is None:
            self._looking = self._ground.screen.set_interval(AGAIN, self._look)

    async def _load(self) -> None:
        found = await self._ground.link.call("memory/read", workspace=self._ground.workspace.id)
        self._texts = {file["name"]: file["text"] for file in found["files"]}

    def _look(self) -> None:
        """Look at what others change, while it is shown."""
        if self._card is not None:
            self._ground.screen.run_worker(self._look_again())
        elif self._looking is not None and (self._shown is None or not self._overlay.lies(self._shown)):
            self._looking.stop()
            self._looking = None

    async def _look_again(self) -> None:
        before = self._text
        with contextlib.suppress(HiveError):  # the connection says by itself that it is lost
            await self._load()
        card = self._card
        if card is None or before == self._text:
            return
        if card.writing:
            self._ground.screen.notice(f"{self._name} was changed meanwhile; saving brings both together.", "warning")
        else:
            self._read()

    def _read(self) -> None:
        card = self._card
        if card is not None:
            card.read(self._heading(), self._text)
            self._changed()

    def _changed(self) -> None:
        """Have the status line tell the keys of what is done now."""
        self._ground.screen.refresh_scene()

    def _leave(self) -> None:
        if self._card is not None:
            self._keep()
            self._read()

    def _keep(self) -> None:
        """Keep what is being written, or was when its card went, as far as it is not saved."""
        written, self._written = self._written, None
        if written is not None and written[1].text != self._base:
            self._drafts[written[0]] = (written[1].text, self._base)
            self._ground.screen.notice("What you wrote is kept and not saved: e goes on with it.")

    async def _save(self, key: Key, text: str, base: str) -> None:
        workspace, name = key
        answer = await self._ground.link.call("memory/save", workspace=workspace, name=name, text=text, base=base)
        card = self._written[1] if self._written is not None and self._written[0] == key else None
        if answer["saved"]:
            self._saved(key, text, answer)
        elif card is not None and card.text == text:
            self._base = answer["current"]
            card.write(self._heading(writing=True), answer["text"])
            said = f"{name} was changed in the same lines meanwhile: both stand here. Mend that, and save again."
            self._ground.screen.notice(said, "attention")
        else:
            said = f"{name} was changed in the same lines meanwhile and is not saved: save again to see both."
            self._ground.screen.notice(said, "attention")

    def _saved(self, key: Key, text: str, answer: Mapping[str, Any]) -> None:
        """Take over that a text was saved; what was written since goes on from that text."""
        workspace, name = key
        if workspace == self._ground.workspace.id:
            self._texts[name] = answer["text"]
        if self._written is not None and self._written[0] == key:
            if self._written[1].text != text:
                self._base = text
            else:
                self._written = None
        elif key in self._drafts and (written := self._drafts.pop(key)[0]) != text:
            self._drafts[key] = written, text
        if self._written is None:
            self._read()
        both = ", with what was changed there meanwhile" if answer["merged"] else ""
        self._ground.screen.notice(f"{name} is saved{both}.")

    async def _decide(self, text: str) -> None:
        call: dict[str, Any] = {"workspace": self._ground.workspace.id, "text": text}
        found = await self._ground.link.call("memory/decide", **call)
        await self._look_again()
        self._ground.screen.notice(f"Written down: {visible(found['entry'].splitlines()[0])}")

    def _heading(self, *, writing: bool = False) -> Words:
        names = list(self._texts) or [SOURCE]
        begun = "" if self._texts or writing else "   nothing stands here yet: e begins it"
        tabs = tuple((f" {visible(name)} ", "lit" if name == self._name else "quiet") for name in names)
        return ((" Writing " if writing else " What all are to know ", "strong"), *tabs, (begun, "quiet"))
