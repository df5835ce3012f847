"""What commands do: to the desk here, and to history, prompts and dialogs in modules of their own."""

from collections.abc import Callable, Coroutine
from typing import Any

from hiveui.model.agent import Agent
from hiveui.model.attention import Need
from hiveui.model.keys import Key
from hiveui.model.state import Workspace
from hiveui.tui.attention import Attention
from hiveui.tui.broadcast import Broadcast
from hiveui.tui.checkpoints import Checkpoints
from hiveui.tui.commands.table import Command, Keymap
from hiveui.tui.company import Company
from hiveui.tui.contracts import ContractCard
from hiveui.tui.desk import Desk
from hiveui.tui.dialog import Dialog
from hiveui.tui.feed import Feed
from hiveui.tui.ground import Ground
from hiveui.tui.jump import Jump
from hiveui.tui.library import Library
from hiveui.tui.memory import Memory
from hiveui.tui.merging import Merging
from hiveui.tui.mishaps import Mishaps
from hiveui.tui.misreading import Misreading
from hiveui.tui.morning import Morning
from hiveui.tui.outbox import Outbox
from hiveui.tui.outer import Outer
from hiveui.tui.owners import Owners
from hiveui.tui.palette import Palette
from hiveui.tui.past import Past
from hiveui.tui.people import People
from hiveui.tui.phrases import Phrases
from hiveui.tui.picking import Picking
from hiveui.tui.premises import Premises
from hiveui.tui.prompt import Prompt
from hiveui.tui.proof import Proof
from hiveui.tui.proposing import Proposing
from hiveui.tui.radar import Radar
from hiveui.tui.review import Review
from hiveui.tui.rounds import Rounds
from hiveui.tui.search import Search
from hiveui.tui.shaping import Shaping
from hiveui.tui.summary import Summary
from hiveui.tui.switcher import Switcher
from hiveui.tui.typist import Typist
from hiveui.tui.unread import Unread
from hiveui.tui.verdicts import Verdicts


class Hand:
    """Carries out commands on one workspace's screen (`commands.at.At`)."""

    def __init__(
        self,
        ground: Ground,
        typist: Typist,
        keymap: Keymap,
        leave: Callable[[], None],
        *,
        rounds: Rounds,
        switcher: Switcher,
        premises: Premises,
    ) -> None:
        self.ground = ground
        self.leave = leave
        """End the TUI; the agents go on."""
        self.outer = Outer(ground.screen)
        premises.clipboard.terminal = self.outer.write
        self.past = Past(ground, premises.clipboard)
        self.search = Search(ground, self.past)
        self.prompt = Prompt(ground)
        self.outbox = Outbox(ground, self.prompt)
        self.broadcast = Broadcast(ground, self.prompt)
        self.proof = Proof(ground)
        self.memory = Memory(ground, self.prompt)
        self.phrases = Phrases(ground, self.prompt)
        self.dialog = Dialog(ground, keymap)
        self.merging = Merging(ground, self.prompt)
        self.mishaps = Mishaps(ground, self.merging)
        self.proposing = Proposing(ground, self.merging, self.prompt, premises)
        self.palette = Palette(self, ground.screen.overlay, keymap)
        self.shaping = Shaping(ground)
        self.company = Company(ground, self.dialog)
        self.picking = Picking(ground, self.past, premises, self.company.run)
        self.feed = Feed(ground, premises, self.company.run)
        self.jump = Jump(ground)
        self.library = Library(ground, premises.environ)
        self.morning = Morning(ground, premises.environ)
        self.summary = Summary(ground)
        self.checkpoints = Checkpoints(ground)
        self.review = Review(ground)
        self.verdicts = Verdicts(ground, self.review)
        self.owners = Owners(ground)
        self.contracts = ContractCard(ground)
        self.rounds = rounds
        self.radar = Radar(ground, rounds, self.company, premises)
        self.attention = Attention(ground, rounds, keymap, self._show)
        self.unread = Unread(ground)
        self.misreading = Misreading(ground, premises, self.company.run)
        self.switcher = switcher
        self.people = People(ground, lambda: rounds.state().workspaces, switcher.go_to)
        self.palette.sources.append(switcher.entries)
        self.palette.later.append(self.library.entries)
        self._typist = typist

    def do(self, command: Command, chord: str) -> None:
        """Carry a command out, if the person may."""
        if self.ground.allows(command.role, command.title):
            command.run(self, chord)

    def _show(self, need: Need) -> None:
        """Show what is between an agent and others: where it meets one, or wrote outside of what it owns."""
        if need.meets is not None:
            self.radar.open(need.meets.id)
        elif need.outside:
            self.owners.open(need.outside[-1].id)

    @property
    def desk(self) -> Desk:
        """Where the person is."""
        return self.ground.desk

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""
        return self.ground.workspace

    @property
    def agent(self) -> Agent | None:
        """The agent that has the focus."""
        return self.ground.agent

    def move(self, desk: Desk) -> None:
        """Go to another place, and remember it for the next time."""
        self.ground.move(desk)

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""
        agent = self.agent
        if agent is not None and agent.pane:
            self._typist.add(agent.pane, key)

    def work(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do work beside the screen; what goes wrong is said."""
        self.ground.run(title, work)

    def close(self) -> None:
        """Close what lies over the panes; a prompt is kept."""
        self.prompt.put_away()
        self.ground.screen.overlay.close()
