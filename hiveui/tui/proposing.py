"""What else can be done with one agent's work: commit it, propose it as a pull request."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from hiveui.errors import UsageError
from hiveui.model.codec import from_json
from hiveui.model.proposals import Proposal, errands
from hiveui.model.text import counted, visible
from hiveui.tui import merges
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.merging import Merging
from hiveui.tui.premises import Premises
from hiveui.tui.prompt import Prompt


class Proposing:
    """The work of the agent that is chosen on the card (`commands.integrating.Proposing`)."""

    def __init__(self, ground: Ground, merging: Merging, writing: Prompt, premises: Premises) -> None:
        self._ground = ground
        self._premises = premises
        self._overlay = ground.screen.overlay
        self._merging = merging
        self._writing = writing

    def commit(self) -> None:
        """Have a message written, and commit what the chosen agent changed."""
        role = self._merging.role
        heading = f" Commit what {visible(role)} changed; say what and why"
        self._writing.ask(heading, "", lambda text: self._ground.run("committing…", self._commit(role, text)))

    async def _commit(self, role: str, message: str) -> None:
        made = await self._call("merge/commit", role=role, message=message)
        self._merging.out.discard(role)
        await self._merging.load(lay=self._overlay.card is None)
        self._ground.screen.notice(f"{visible(role)}: {counted(len(made['files']), 'file')} committed.")

    def propose(self) -> None:
        """Show what would push the chosen agent's branch and open a pull request, and ask."""
        self._ground.run("looking…", self._propose(self._merging.role))

    async def _propose(self, role: str) -> None:
        named = {"into": self._merging.into} if self._merging.into else {}
        found: Proposal = from_json(Proposal, await self._call("merge/proposal", role=role, **named))
        try:
            planned = errands(found, self._premises.program)
        except ValueError as error:
            raise UsageError(str(error), "git remote set-url origin ADDRESS gives it another.") from error
        shown = [(one.shown, one.given) for one in planned]
        if self._overlay.chooses(Place.MERGE):
            page = merges.commands(role, shown, self._ground.screen.size.width)
            self._merging.put(page, partial(self._run, found))

    async def _run(self, found: Proposal) -> None:
        """Run it as `hive pr` does, in the person's own environment."""
        where = ("-w", self._ground.workspace.id, "--into", found.into, "--tip", found.tip)
        done, printed = await self._premises.hive("pr", "--yes", *where, "--", found.role)
        lines = printed.split("\n")
        page = merges.printed(found.role, lines, done=done)
        if self._overlay.chooses(Place.MERGE):
            self._overlay.read(page, Place.MERGE_READ)
        else:
            said = "".join(text for text, _ in page.heading).strip()
            last = next((visible(line) for line in reversed(lines) if line.strip()), "")
            self._ground.screen.notice(f"{said}: {last}", "quiet" if done else "attention")

    def _call(self, method: str, **params: Any) -> Coroutine[Any, Any, Any]:
        return self._ground.link.call(method, workspace=self._ground.workspace.id, **params)
