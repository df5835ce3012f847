"""What everything that carries out commands stands on: one screen, the state it shows, and the way to the daemon."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from hiveui.errors import HiveError
from hiveui.model.agent import Agent
from hiveui.model.seat import Role
from hiveui.model.state import Workspace
from hiveui.tui.desk import Desk
from hiveui.tui.link import MALFORMED, NOT_UNDERSTOOD, Link
from hiveui.tui.rights import refusal
from hiveui.tui.screens.workspace import WorkspaceScreen

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds after which the person is told what is waited for."""


class Ground:
    """One workspace's screen and the daemon behind it."""

    def __init__(self, screen: WorkspaceScreen, link: Link) -> None:
        self.screen = screen
        self.link = link
        self.moved: Callable[[], None] = lambda: None
        """Hears of every place that the person goes to."""

    @property
    def desk(self) -> Desk:
        """Where the person is."""
        return self.screen.desk

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""
        workspace = self.screen.workspace
        assert workspace is not None  # noqa: S101  commands run once there is one
        return workspace

    @property
    def agent(self) -> Agent | None:
        """The agent that has the focus."""
        return self.screen.agent()

    def allows(self, need: Role, what: str) -> bool:
        """Tell whether the person may do something, named as commands are; where they may not, they are told."""
        may = self.link.role.may(need)
        if not may:
            self.screen.notice(refusal(self.link.role, need, what), "warning")
        return may

    def move(self, desk: Desk) -> None:
        """Go to another place, and remember it for the next time. Only who drives types into panes."""
        if desk.typing and not self.allows(Role.DRIVER, "Type into the agent"):
            desk = replace(desk, typing=False)
        before, self.screen.desk = self.screen.desk, desk
        if desk != before:
            self.moved()
        self.screen.refresh_scene()
        if (before.tab, before.role, before.zoomed) != (desk.tab, desk.role, desk.zoomed):
            self.link.tell(
                "workspace/view",
                workspace=self.workspace.id,
                tab=desk.tab,
                role=desk.role,
                zoomed=desk.zoomed,
            )

    def run(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do work beside the screen; what takes long is named, and what goes wrong is said."""
        self.screen.run_worker(self._watched(title, work))

    async def _watched(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        patience = asyncio.get_running_loop().call_later(PATIENCE, self.screen.notice, title)
        try:
            await work
        except HiveError as error:
            self.screen.notice(" ".join(filter(None, (str(error), error.hint))), "attention")
        except MALFORMED:
            log.exception("an answer was not understood: %s", title)
            self.screen.notice(NOT_UNDERSTOOD, "attention")
        else:
            if self.screen.noticed == title:
                self.screen.notice("")
        finally:
            patience.cancel()
