"""The verbs on prompts that wait: queue, read, edit, move, delete, release."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, named
from hiveui.hive.courier import Courier, text_name
from hiveui.hive.delivery import Receipt, cleaned
from hiveui.hive.panes import Panes, find
from hiveui.hive.session import now
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.delivering import holding, obstacle
from hiveui.model.events import PromptLeft, PromptQueued
from hiveui.model.prompts import Prompt, Queue, Step, described
from hiveui.model.state import Workspace
from hiveui.storage import library
from hiveui.storage.texts import Texts

MOST = 1000
"""Prompts that wait for one agent."""


class Prompts:
    """The queue of every agent. Its public methods are verbs, and work for agents that do not run as well."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        panes: Panes,
        courier: Courier,
        texts: Texts,
        *,
        places: Callable[[Path], Sequence[Path]],
    ) -> None:
        """`places` gives the folders of the library for a project's folder."""
        self._bus = bus
        self._supervisors = supervisors
        self._panes = panes
        self._courier = courier
        self._texts = texts
        self._places = places

    async def queue(self, *, workspace: str, role: str, text: str, place: int | None = None) -> dict[str, Any]:
        """Have a text typed and submitted when its agent is at rest; at once where nothing tells of its state."""
        kept, receipt = _whole(text)
        supervisor, agent = find(self._supervisors, workspace, role)
        if not supervisor.at(agent).census.told(agent):
            sent = await self._panes.send(workspace=workspace, role=role, text=text)
            return {"prompt": "", **sent, "ahead": 0, "why": ""}
        before = supervisor.workspace.queues.get(role, ())
        if len(before) >= MOST:
            raise UsageError(f"{MOST} prompts wait for {role} already.", "Delete those that are not needed any more.")
        prompt = described(secrets.token_hex(6), kept, now())
        await asyncio.to_thread(self._texts.keep, text_name(prompt), kept)
        before = supervisor.workspace.queues.get(role, ())
        self._bus.publish(PromptQueued(supervisor.id, role, prompt, _behind(before, place)))
        found = self._bus.workspace(supervisor.id)
        ahead = next(i for i, one in enumerate(found.queues[role]) if one.id == prompt.id)
        why = self._holding(found, agent)
        return {"prompt": prompt.id, "receipt": asdict(receipt), "ahead": ahead, "why": why}

    def list(self, *, workspace: str, role: str) -> dict[str, Any]:
        """List the prompts that wait for an agent, the next one first."""
        found = self._of(workspace, role)
        agent = found.role(role)
        waits = self._holding(found, agent) if agent is not None else ""
        return {
            "prompts": [
                asdict(prompt) | {"why": prompt.note or self._courier.why.get(prompt.id, waits)}
                for prompt in found.queues.get(role, ())
            ]
        }

    async def text(self, *, workspace: str, role: str, prompt: str) -> dict[str, Any]:
        """Give the text of a prompt."""
        found = self._prompt(workspace, role, prompt)
        return {"text": await asyncio.to_thread(self._texts.read, text_name(found))}

    async def edit(self, *, workspace: str, role: str, prompt: str, text: str) -> dict[str, Any]:
        """Give a prompt another text."""
        kept, receipt = _whole(text)
        told = described(prompt, kept, "")
        self._changeable(workspace, role, prompt)
        await asyncio.to_thread(self._texts.keep, text_name(told), kept)
        old = self._changeable(workspace, role, prompt)
        edited = replace(old, digest=told.digest, preview=told.preview, size=told.size, step=Step.WAITING, note="")
        self._bus.publish(PromptQueued(WorkspaceId(workspace), role, edited))
        if text_name(old) != text_name(edited):
            await asyncio.to_thread(self._texts.drop, text_name(old))
        return {"receipt": asdict(receipt)}

    def move(self, *, workspace: str, role: str, prompt: str, place: int) -> None:
        """Give a prompt another place, behind those that are on their way."""
        found = self._changeable(workspace, role, prompt)
        queue = self._of(workspace, role).queues[role]
        self._bus.publish(PromptQueued(WorkspaceId(workspace), role, found, _behind(queue, place)))

    async def drop(self, *, workspace: str, role: str, prompt: str) -> None:
        """Take a prompt out of the queue; what was typed of it stays in the pane."""
        found = self._prompt(workspace, role, prompt)
        if found.step is Step.ENTERING and not found.note:
            raise UsageError("It is being submitted at this moment.", "It leaves the queue by itself.")
        self._bus.publish(PromptLeft(WorkspaceId(workspace), role, prompt, delivered=False))
        await asyncio.to_thread(self._texts.drop, text_name(found))

    def release(self, *, workspace: str, role: str, prompt: str) -> None:
        """Type a prompt now, whatever its agent does; of a flagged one forget what was tried."""
        supervisor, agent = find(self._supervisors, workspace, role)
        found = self._changeable(workspace, role, prompt)
        why = obstacle(agent, forced=True)
        if why:
            raise UsageError(f"It was not sent to {role}: {why}.")
        self._courier.force(prompt)
        anew, queue = replace(found, step=Step.WAITING, note=""), supervisor.workspace.queues[role]
        self._bus.publish(PromptQueued(supervisor.id, role, anew, _behind(queue, 0)))

    async def library(self, *, workspace: str) -> dict[str, Any]:
        """List the prompts that a workspace's folder knows by name."""
        folder = Path(self._bus.workspace(WorkspaceId(workspace)).path)
        shelved = await asyncio.to_thread(library.every, self._places(folder))
        return {"prompts": [_shelved_to_json(one) for one in shelved]}

    def _holding(self, workspace: Workspace, agent: Agent) -> str:
        return holding(workspace, agent, self._courier.clock())

    def _of(self, workspace: str, role: str) -> Workspace:
        found = self._bus.workspace(WorkspaceId(workspace))
        if role not in found.queues:
            named(found, role)
        return found

    def _prompt(self, workspace: str, role: str, prompt: str) -> Prompt:
        queue = self._of(workspace, role).queues.get(role, ())
        found = next((one for one in queue if one.id == prompt), None)
        if found is None:
            raise UsageError("That prompt does not wait any more.", f"See what does: hive queue {role!r}.")
        return found

    def _changeable(self, workspace: str, role: str, prompt: str) -> Prompt:
        found = self._prompt(workspace, role, prompt)
        if not found.changeable:
            raise UsageError("It is on its way: it was typed into the pane already.")
        return found


def _behind(queue: Queue, place: int | None) -> int | None:
    """Give the nearest place behind those that are on their way."""
    return None if place is None else max(place, sum(not one.changeable for one in queue))


def _whole(text: str) -> tuple[str, Receipt]:
    """Clean a text that is to be sent. Raises UsageError where nothing of it is left."""
    kept, receipt = cleaned(text)
    if not kept.strip():
        raise UsageError("There is nothing to send: the text is empty, or holds nothing but control characters.")
    return kept, receipt


def _shelved_to_json(shelved: library.Shelved) -> dict[str, Any]:
    template = shelved.template
    return {
        "name": template.name,
        "description": template.description,
        "variables": [{"name": name, "default": template.defaults.get(name, "")} for name in template.variables],
        "text": template.text,
        "origin": shelved.origin,
        "file": str(shelved.file),
        "error": shelved.error,
    }
