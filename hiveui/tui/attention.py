"""The attention queue, and answering in place: what agents ask, and what the person says to it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hiveui.model.attention import Need, Overview, needs, overview, stamp
from hiveui.model.signs import NEEDS_PERSON, AgentState
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.asking import details, question, short
from hiveui.tui.commands.table import Keymap, Place, label
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.needs import INDENT, Seen, hushing, in_order, write
from hiveui.tui.reply import Reply
from hiveui.tui.rounds import Rounds
from hiveui.tui.widgets.card import Card, Page
from hiveui.tui.widgets.entry import Entry
from hiveui.tui.words import word

_READ = {AgentState.DONE: "is read", AgentState.STUCK: "goes on; of this nothing is said again in this turn"}
Lead = Callable[[Need], None]
EDGES = 4
"""Lines of the screen that an answer's card leaves free."""


class Answering(Card):
    """One agent's question and its answers."""

    place = Place.ANSWER


class Remark(Entry):
    """A text that goes with an answer."""

    place = Place.REMARK


class Attention:
    """Shows who needs the person, and takes answers (`commands.calls.Attention`)."""

    def __init__(self, ground: Ground, rounds: Rounds, keymap: Keymap, lead: Lead, reply: Reply | None = None) -> None:
        """`lead` shows what an agent is listed for where it asks nothing itself."""
        self._ground = ground
        self._lead = lead
        self._overlay = ground.screen.overlay
        self._rounds = rounds
        self._keymap = keymap
        self._reply = reply or Reply(ground)
        self._card = Answering()
        self._remark = Remark()
        self._listed: Sequence[Need] = ()
        self._line = 0
        self._from = Place.QUEUE
        """Where a text is written from."""

    # what is shown

    def open(self) -> None:
        """Show the queue, from the agent with the focus, else from the most urgent one."""
        found = self._overview()
        self._listed = in_order(found)
        self._reply.turn_to(None, asked=True)
        here = self._ground.agent
        self._line = next((i for i, need in enumerate(self._listed) if here and need.agent.id == here.id), 0)
        self._list(found, asked=True)

    def answer(self) -> None:
        """Ask for an answer to the agent with the focus, or to the most urgent one where that asks nothing."""
        need = self._focused()
        if need is None or need.agent.reading.state not in NEEDS_PERSON:
            need = next(iter(needs(self._rounds.state(), stamp(chrome.now()))), None)
        self._reply.turn_to(need, asked=True)
        if need is None:
            self._ground.screen.notice("Nobody needs you.")
        elif self._reply.dialog is None:
            self._go(need)
            self._ground.screen.notice(f"{_name(need)} cannot be answered from outside: enter types into it.")
        else:
            self._lay()

    def follow(self) -> None:
        """Keep what is shown up to date; a key on its way to what stood there before is no answer to what comes."""
        card = self._overlay.card
        if self._overlay.chooses(Place.QUEUE):
            self._list(self._overview(), asked=False)
        elif card is self._card or card is self._remark:
            self._reply.turn_to(self._again(), asked=False)
            if card is self._card and self._reply.dialog is not None:
                self._lay()
            elif card is self._card:
                self._overlay.close()

    def move(self, by: int) -> None:
        """Go to another agent of the queue."""
        self._line += by
        self._list(self._overview(), asked=True, moved=True)

    # what is answered

    def pick(self, digit: int) -> None:
        """Pick an answer."""
        self._reply.pick(digit)
        self._draw()

    def enter(self) -> None:
        """Give the answer that was picked; where none was, go to the agent."""
        reply = self._reply
        if reply.choice is not None:
            if reply.give() and self._overlay.card is self._card:
                self._overlay.close()
            else:
                self._draw()
        elif reply.need is not None and self._overlay.card is not self._card and reply.hears():
            need = reply.need
            self._go(need)
            if not need.asks:
                self._lead(need)

    def write(self) -> None:
        """Have a text written that goes with the answer that was picked."""
        reply = self._reply
        if reply.dialog is None:
            self._ground.screen.notice("Its answers cannot be read from here: enter goes to its pane.", "warning")
        elif reply.choice is None:
            self._ground.screen.notice("First the number of the answer that takes a text, then t.", "warning")
        elif self._overlay.card is not None:
            self._from = self._overlay.card.place
            self._overlay.lay(self._remark)
            self._remark.ask(((f" {short(reply.choice)}, and: ", "strong"),), "")

    def send(self) -> None:
        """Give the answer with the text that was written."""
        reply = self._reply
        if reply.choice is None:
            self._ground.screen.notice("It asks something else by now: nothing was sent. esc goes back.", "warning")
        elif reply.give(self._remark.text):
            self.leave_text()
        else:
            self._ground.screen.notice("This holds for times to come, not only for now: enter once more.", "attention")

    def leave_text(self) -> None:
        """Go back from the text to where it was written from."""
        self._overlay.close()
        if self._from is Place.QUEUE:
            self._list(self._overview(), asked=True)
        elif self._again() is not None and self._reply.dialog is not None:
            self._lay()

    # what is put off

    def hush(self) -> None:
        """Put an agent off for ten minutes; again: for an hour; again: not any more."""
        need = self._meant()
        if need is None or not need.asks or need.agent.reading.state not in NEEDS_PERSON:
            self._ground.screen.notice("It asks nothing now.")
            return
        minutes = hushing(need, chrome.now())
        said = f"is put off for {minutes} minutes" if minutes else "is not put off any more"
        self._tell("agent/hush", need, said, minutes=minutes)

    def mute(self) -> None:
        """Never hear of an agent, or hear of it again."""
        need = self._meant()
        if need is not None:
            muted = not need.agent.muted
            self._tell("agent/hush", need, "is muted" if muted else "is heard again", muted=muted)

    def read(self) -> None:
        """Mark what an agent did as read; let one go on that is stuck."""
        need = self._meant()
        if need is not None and need.outside:
            self._tell("owner/seen", need, "wrote outside of what it owns: taken as seen")
            return
        said = _READ.get(need.agent.reading.state) if need is not None else None
        if need is None or said is None:
            self._ground.screen.notice("There is nothing unread.")
        else:
            self._tell("agent/seen", need, said)

    def _tell(self, method: str, need: Need, said: str, **params: object) -> None:
        async def told() -> None:
            await self._ground.link.call(method, workspace=need.workspace.id, role=need.agent.role, **params)
            self._ground.screen.notice(f"{_name(need)} {said}.")

        self._ground.run("telling the daemon…", told())

    # who is meant

    def _overview(self) -> Overview:
        return overview(self._rounds.state(), stamp(chrome.now()))

    def _focused(self) -> Need | None:
        agent = self._ground.agent
        return Need(self._ground.workspace, agent) if agent else None

    def _meant(self) -> Need | None:
        """Give the agent of the chosen line while the queue is shown, else the one with the focus."""
        return self._reply.need if self._overlay.card is not None else self._focused()

    def _again(self) -> Need | None:
        """Give the agent that is being answered as it is now; None where it is gone."""
        need = self._reply.need
        workspace = self._rounds.state().workspaces.get(need.workspace.id) if need else None
        agent = workspace.agent(need.agent.id) if need and workspace else None
        return replace(need, workspace=workspace, agent=agent) if need and workspace and agent else None

    def _go(self, need: Need) -> None:
        self._overlay.close()
        self._rounds.go(need.workspace.id, need.agent.role)

    # how it is drawn

    def _draw(self) -> None:
        if self._overlay.card is self._card:
            self._lay()
        else:
            self._list(self._overview(), asked=True)

    def _list(self, found: Overview, *, asked: bool, moved: bool = False) -> None:
        """Draw the queue: the chosen line stays with its agent, wherever that stands now."""
        kept = self._reply.need.id if self._reply.need and not moved and self._listed else None
        self._listed = in_order(found)
        ids = [need.id for need in self._listed]
        most = len(ids) if moved or not found.needs else len(found.needs)
        self._line = ids.index(kept) if kept in ids else max(0, min(self._line, most - 1))
        self._reply.turn_to(self._listed[self._line] if self._listed else None, asked=asked)
        screen = self._ground.screen
        chosen = self._reply.need
        under = chosen is not None and (not chosen.asks or chosen.agent.reading.state in NEEDS_PERSON)
        lines = list(details(self._reply, self._enter, screen.size.width - 2 * INDENT)) if under else []
        seen = Seen(self._ground.workspace.id, chrome.now(), screen.size.width, self._reply.may)
        written = write(found, chosen, lines, seen)
        self._overlay.choose(written.page, written.first, Place.QUEUE, last=written.last)

    def _lay(self) -> None:
        """Draw the card of one answer, as high as it takes."""
        need = self._reply.need
        if need is None:
            return
        screen, said = self._ground.screen, word(need.agent)
        columns = screen.size.width - 2 * INDENT
        lines = [*question(need.agent, columns), *details(self._reply, self._enter, columns)]
        elsewhere = f"  {visible(need.workspace.name)}" if need.workspace.id != self._ground.workspace.id else ""
        heading = ((f" {_name(need)}", "lit"), (elsewhere, "quiet"), (f"  {said.glyph} {said.word}", said.tone))
        self._card.turn_to(Page(heading, [(((" " * 3, "plain"), *line), ()) for line in lines], wide=True))
        self._card.styles.height = min(len(lines) + 2, max(3, screen.size.height - EDGES))
        if self._overlay.card is not self._card:
            self._overlay.lay(self._card)

    @property
    def _enter(self) -> str:
        """Name the key that answers."""
        return next((label(command.keys[0]) for command in self._keymap.table if command.id == "queue.enter"), "enter")


def _name(need: Need) -> str:
    return titled(need.workspace, need.agent.role)
