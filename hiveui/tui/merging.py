"""Bringing agents' work together: who goes in which order, and what came of it (`commands.integrating.Merging`)."""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from hiveui.model.merging import Train, Way, newest, undoable
from hiveui.model.text import visible
from hiveui.tui import merges
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.merges import Choice, Fact
from hiveui.tui.prompt import Prompt
from hiveui.tui.widgets.card import Page

Work = Callable[[], Coroutine[Any, Any, Any]]
"""What is done after a yes."""
NOTHING = Choice("", Way.MERGE.value, True, ())
"""What is chosen before anybody chose."""


class Merging:
    """The card on merging, and what is asked and read on the way."""

    def __init__(self, ground: Ground, writing: Prompt) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._writing = writing
        self._facts: Sequence[Fact] = ()
        self._choice = NOTHING
        self._whose = ""
        """The id of the workspace that all of this is about."""
        self._turn = 0
        """Counts looks at the branches: what an older one found is not wanted any more."""
        self.into = ""
        """The branch that the person named; '' for the one of the workspace's folder."""
        self.out: set[str] = set()
        """Who is left out, though they have something."""
        self._line = 0
        self._seen: Train | None = None
        self._agreed: Work = self.load
        """What a yes does."""

    # the card

    def open(self) -> None:
        """Show what each agent has to merge."""
        self._line = 0
        if self._whose != self._ground.workspace.id:
            self._whose = self._ground.workspace.id
            self._facts, self._choice, self.into = (), NOTHING, ""
            self.out.clear()
        self._ground.run("looking at the branches…", self.load(lay=True))

    def back(self) -> None:
        """Show it as it was."""
        self._show()
        self._ground.run("looking at the branches…", self.load())

    def choose(self, by: int) -> None:
        """Go to another agent."""
        self._line = max(0, min(self._line + by, len(self._facts) - 1))
        self._show()

    def take(self) -> None:
        """Take the chosen agent in, or leave it out."""
        role = self.role
        if role in self._choice.taken:
            self.out.add(role)
            self._choice = self._choice._replace(taken=[one for one in self._choice.taken if one != role])
        elif any(fact["role"] == role and fact["ahead"] and not fact["why"] for fact in self._facts):
            self.out.discard(role)
            self._choice = self._choice._replace(taken=[*self._choice.taken, role])
        else:
            self._ground.screen.notice(f"{visible(role)} has nothing to merge.")
            return
        self._again()

    def move(self, by: int) -> None:
        """Give the chosen agent another place in the order."""
        taken = list(self._choice.taken)
        if self.role in taken and 0 <= (to := taken.index(self.role) + by) < len(taken):
            role = self.role
            taken.remove(role)
            taken.insert(to, role)
            self._choice = self._choice._replace(taken=taken)
            self._again()

    def turn(self) -> None:
        """Choose another way to merge."""
        ways = [way.value for way in Way]
        self._choice = self._choice._replace(way=ways[(ways.index(self._choice.way) + 1) % len(ways)])
        self._show()

    def check(self) -> None:
        """Have the roles' checks run, or not."""
        self._choice = self._choice._replace(checked=not self._choice.checked)
        self._show()

    def name(self) -> None:
        """Have the branch written that is merged into."""
        self._writing.ask(" The branch to merge into", self._choice.into, self._named)

    def follow(self) -> None:
        """Keep the card up to date while it is shown; look at the branches anew once a merge has come to an end."""
        train = self._train
        if self._shown and train != self._seen:
            ended = self._seen is not None and self._seen.running and (train is None or not train.running)
            if ended and train is not None and train.trouble is not None:
                self._line = _place(self._facts, train.steps[train.trouble].role)
            self._seen = train
            self._show()
            if ended or train is None or train.undone:
                self._ground.run("looking at the branches…", self.load())

    @property
    def _shown(self) -> bool:
        return self._overlay.chooses(Place.MERGE)

    @property
    def _train(self) -> Train | None:
        return newest(self._ground.workspace.trains)

    @property
    def role(self) -> str:
        """The chosen agent's; '' for none."""
        return str(self._facts[self._line]["role"]) if self._facts else ""

    def _named(self, text: str) -> None:
        self.into = text.strip()
        self._ground.run("looking at the branches…", self.load(lay=True))

    def _again(self) -> None:
        """Look at what comes of what was chosen now."""
        self._ground.run("looking at the branches…", self.load(tuple(self._choice.taken)))

    async def load(self, taken: Sequence[str] = (), *, lay: bool = False) -> bool:
        """Ask how the branches stand; without an order of the person's, take all in the order that is proposed.

        Unless it is to be laid over the panes, the card is shown only where it lies there still. False where another
        look was begun meanwhile, or another workspace is shown: then nothing changes.
        """
        self._turn += 1
        turn, whose = self._turn, self._ground.workspace.id
        named = {"into": self.into} if self.into else {}
        role = self.role
        plan = await self._call("merge/plan", **named, **({"roles": list(taken)} if taken else {}))
        if turn != self._turn or whose != self._ground.workspace.id:
            return False
        chosen = [one for one in plan["chosen"] if one["role"] not in self.out]
        others = [one for one in plan["chosen"] if one not in chosen]
        self._facts = _in_order([*chosen, *others, *plan["left"]], self._train)
        self._choice = self._choice._replace(into=plan["into"], taken=[one["role"] for one in chosen])
        self._line = _place(self._facts, role)
        if lay or self._shown:
            self._show()
        return True

    def _show(self) -> None:
        self._seen = train = self._train
        columns = self._ground.screen.size.width
        page = merges.card(self._facts, self._choice, self._line, train, columns)
        self._overlay.choose(page, self._line + merges.above(train, columns), Place.MERGE)

    # merging

    def ask(self) -> None:
        """Show what merging would do, and ask."""
        train = self._train
        if train is not None and train.running:
            self._ground.screen.notice("A merge is under way here.")
        elif not self._choice.taken:
            self._ground.screen.notice("Nobody is taken in; space takes one in, c commits what one changed.")
        else:
            self._ground.run("looking ahead…", self._ask())

    async def _ask(self) -> None:
        if not await self.load(tuple(self._choice.taken)) or not self._shown:
            return
        choice = self._choice
        taken = [fact for fact in self._facts if fact["role"] in choice.taken]
        self.put(merges.question(taken, choice, self._ground.screen.size.width), partial(self._start, choice))

    def agree(self) -> None:
        """Do what was asked."""
        self._show()
        self._ground.run("doing it…", self._agreed())

    async def _start(self, choice: Choice) -> None:
        words = {"into": choice.into, "way": choice.way, "check": choice.checked}
        await self._call("merge/start", roles=list(choice.taken), **words)

    def resume(self, *, skip: bool) -> None:
        """Go on with the step that stopped, or without it."""
        self._ground.run("going on…", self._call("merge/resume", skip=skip))

    def undo(self) -> None:
        """Roll back to before, once the person said so."""
        train = undoable(self._ground.workspace.trains)
        if train is None:
            self._ground.screen.notice("Nothing was merged that could be rolled back.")
            return
        self.put(merges.taking_back(train), partial(self._call, "merge/undo", train=train.id))

    def put(self, page: Page, work: Work) -> None:
        """Put a question, and do `work` after a yes."""
        self._agreed = work
        self._overlay.read(page, Place.MERGE_ASK)

    def _call(self, method: str, **params: Any) -> Coroutine[Any, Any, Any]:
        return self._ground.link.call(method, workspace=self._ground.workspace.id, **params)


def _place(facts: Sequence[Fact], role: str) -> int:
    """Give the line of an agent; the first where it is not there."""
    return next((i for i, fact in enumerate(facts) if fact["role"] == role), 0)


def _in_order(facts: Sequence[Fact], train: Train | None) -> list[Fact]:
    """Put those first that the merge which is going on, or stopped, has, in its order."""
    live = train is not None and not train.undone and (train.running or train.trouble is not None)
    places = {step.role: i for i, step in enumerate(train.steps)} if train is not None and live else {}
    return sorted(facts, key=lambda fact: places.get(fact["role"], len(places)))
