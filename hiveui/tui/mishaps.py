"""What a merge stopped at: both sides of a conflict, what a check printed, and asking the agent to mend it."""

from collections.abc import Coroutine
from typing import Any

from hiveui.model.conflicts import sides
from hiveui.model.merging import Status, Step, Train, newest
from hiveui.model.text import visible
from hiveui.tui import merges
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.merging import Merging

FILES = 10
"""Files in conflict that are shown at once."""


class Mishaps:
    """What went wrong with the agent that is chosen on the card (`commands.integrating.Mishaps`)."""

    def __init__(self, ground: Ground, merging: Merging) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._merging = merging

    def look(self) -> None:
        """Show both sides of what is in conflict, or what the check printed."""
        number, step = self._step
        if step is None or not (step.conflicts or step.output):
            self._ground.screen.notice("There is no conflict and no output of a check to look at.")
        elif step.conflicts:
            self._ground.run("reading…", self._look(number, step))
        else:
            self._ground.run("reading…", self._read(number, step))

    async def _look(self, number: int, step: Step) -> None:
        train = self._train
        files = []
        for one in step.conflicts[:FILES] if train is not None else ():
            words = {"train": train.id, "step": number, "path": one.path} if train is not None else {}
            told = await self._call("merge/conflict", **words)
            files.append((one.path, one.what, sides(told["text"])))
        into = train.into if train is not None else ""
        if self._overlay.chooses(Place.MERGE):
            self._overlay.read(merges.conflict(step, into, files, self._ground.screen.size.width), Place.MERGE_READ)

    async def _read(self, number: int, step: Step) -> None:
        train = self._train
        told = await self._call("merge/output", train=train.id if train is not None else "", step=number)
        if self._overlay.chooses(Place.MERGE):
            self._overlay.read(merges.output(step, told["text"]), Place.MERGE_READ)
            self._overlay.page.scroll_lines(1 << 30)

    def stop(self) -> None:
        """End the check that runs for the merge."""
        self._ground.run("stopping its check…", self._call("merge/stop"))

    def tell(self) -> None:
        """Ask the agent of the step in conflict to rebase."""
        number, step = self._step
        train = self._train
        if step is None or train is None or step.status is not Status.CONFLICT:
            self._ground.screen.notice("It is in no conflict.")
            return
        self._ground.run("asking it…", self._tell(train, number, step))

    async def _tell(self, train: Train, number: int, step: Step) -> None:
        await self._call("merge/ask", train=train.id, step=number)
        said = f"{visible(step.role)} is asked to rebase, once it is at rest; then r goes on with it."
        self._ground.screen.notice(said)

    @property
    def _step(self) -> tuple[int, Step | None]:
        """The step of the last merge that the chosen agent has."""
        train = self._train
        steps = train.steps if train is not None and not train.undone else ()
        return next(((i, step) for i, step in enumerate(steps) if step.role == self._merging.role), (0, None))

    @property
    def _train(self) -> Train | None:
        return newest(self._ground.workspace.trains)

    def _call(self, method: str, **params: Any) -> Coroutine[Any, Any, Any]:
        return self._ground.link.call(method, workspace=self._ground.workspace.id, **params)
