"""Prompts that wait for an agent: what the log says of them, and the rules of a queue. Their texts stand elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

PREVIEW = 120
"""Characters of a prompt that the log shows, with secrets masked."""


class Step(StrEnum):
    """How far a prompt has come. A step is written down before what it names is done."""

    WAITING = "waiting"
    """Nothing of it was typed."""
    TYPING = "typing"
    """It is typed, or will be in a moment: the pane's mark tells which (`hive.courier`)."""
    TYPED = "typed"
    """It was seen in the composer."""
    ENTERING = "entering"
    """Enter is pressed, or will be in a moment: the pane's mark tells which."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt in an agent's queue."""

    id: str
    digest: str
    """SHA-256 of its text, in hex."""
    preview: str
    """The beginning of its first line; hostile until shown through the sanitiser."""
    size: int
    """Characters."""
    queued: str
    """RFC 3339, UTC."""
    step: Step = Step.WAITING
    tries: int = 0
    """How often it was begun to be typed."""
    note: str = ""
    """Why it is not delivered unless the person wants it, in one sentence; '' while all is well."""

    @property
    def changeable(self) -> bool:
        """Nothing of it stands in a pane, as far as is known."""
        return self.step is Step.WAITING or bool(self.note)


Queue = tuple[Prompt, ...]


def digest_of(text: str) -> str:
    """Tell a text from any other."""
    return hashlib.sha256(text.encode()).hexdigest()


def described(id_: str, text: str, queued: str) -> Prompt:
    """Make the record of a text that begins to wait."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return Prompt(id_, digest_of(text), first.strip()[:PREVIEW], len(text), queued)


def placed(queue: Queue, prompt: Prompt, place: int | None) -> Queue:
    """Give a queue with a prompt at a place, from 0: at its own or at the end if None."""
    at = next((i for i, one in enumerate(queue) if one.id == prompt.id), len(queue))
    others = without(queue, prompt.id)
    at = at if place is None else min(place, len(others))
    return (*others[:at], prompt, *others[at:])


def stepped(queue: Queue, id_: str, step: Step, note: str) -> Queue:
    """Give a queue in which a prompt came to another step."""

    def changed(one: Prompt) -> Prompt:
        begun = one.step is Step.WAITING and step is Step.TYPING
        return replace(one, step=step, note=note, tries=one.tries + begun)

    return tuple(changed(one) if one.id == id_ else one for one in queue)


def without(queue: Queue, id_: str) -> Queue:
    """Give a queue without a prompt."""
    return tuple(one for one in queue if one.id != id_)


def waiting(queues: Mapping[str, Queue], role: str) -> int:
    """Count the prompts that wait for an agent."""
    return len(queues.get(role, ()))
