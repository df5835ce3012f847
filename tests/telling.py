"""What a journey asks of a real agent: to be read as what it is, to take an answer, a key."""

import contextlib

import pytest

from hiveui.errors import HiveError
from hiveui.model.signs import Dialog
from tests.programs import SLOW
from tests.robot import World
from tests.waiting import until


def answers(world: World, role: str, label: str) -> None:
    """Give the answer whose label begins so from outside the pane, once its keys are read; a stale one is refused."""

    def asked() -> tuple[Dialog, int] | None:
        dialog = world.agent(role).reading.dialog
        choices = dialog.choices if dialog is not None else ()
        found = (n for n, choice in enumerate(choices, 1) if choice.label.startswith(label) and choice.keys)
        return next(((dialog, number) for number in found if dialog is not None), None)

    until(asked, SLOW, f"a dialog with {label!r}")
    found = asked()
    assert found is not None
    dialog, number = found
    at = {"workspace": world.workspace().id, "role": role, "choice": number}
    with pytest.raises(HiveError, match="something else"):
        world.ask("agent/answer", **at, dialog="0" * 16)
    given = {"answered": dialog.choices[number - 1].label, "gone": True}
    assert world.ask("agent/answer", **at, dialog=dialog.fingerprint) == given


def is_read(world: World, role: str, state: str) -> None:
    """Wait until an agent is read to be in a state."""
    try:
        until(lambda: world.agent(role).reading.state == state, SLOW, state)
    except AssertionError as error:
        raise AssertionError(f"{error}; {world.agent(role).reading}; {world.screen(role)}") from error


def presses(world: World, role: str, key: str, shown: str) -> None:
    """Press a key until a text is shown: a dialog that has only just opened takes none."""
    for _ in range(10):
        world.done("press", role, key)
        with contextlib.suppress(AssertionError):
            world.pane_sees(role, shown, SLOW / 10)
            return
    raise AssertionError(f"{key} brought no {shown!r}: {world.screen(role)}")


def begins_another(world: World, role: str, old: str | None) -> str:
    """Wait until an agent has another conversation; its id."""
    try:
        until(lambda: world.agent(role).conversation not in (None, old), SLOW, "another conversation")
    except AssertionError as error:
        queue = world.workspace().queues
        raise AssertionError(f"{error}; {world.agent(role)}; {queue}; {world.screen(role)}") from error
    return str(world.agent(role).conversation)


def interrupts(world: World, role: str, escapes: int) -> None:
    """Press escape, so many times, until an agent rests: a turn that has only just begun takes none."""

    def rests() -> bool:
        return world.agent(role).reading.state in {"idle", "done", "error"}  # the error of the turn before

    for _ in range(10):
        for _ in range(escapes):  # together they would be alt+escape
            world.done("press", role, "escape")
        with contextlib.suppress(AssertionError):
            until(rests, SLOW / 20, "rest")
            return
    raise AssertionError(f"escape brought no rest: {world.agent(role).reading}; {world.screen(role)}")


def is_heard(world: World, role: str, state: str, evidence: str) -> None:
    """Wait until an agent is in a state by its hooks."""

    def so() -> bool:
        reading = world.agent(role).reading
        return reading.state == state and reading.source == "hook" and evidence in reading.evidence

    try:
        until(so, SLOW, f"{state} with {evidence!r}")
    except AssertionError as error:
        raise AssertionError(f"{error}; {world.agent(role).reading}; {world.screen(role)}") from error
