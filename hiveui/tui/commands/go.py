"""Commands that go somewhere: to an agent, a tab, in and out of Interact."""

from dataclasses import replace

from hiveui.model.keys import parse_chord
from hiveui.tui import desk as places
from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import DIGITS, Command, Place, Run

BACK, SEND_BACK = "interact.back", "back.send"
PREFIXES = ("interact.prefix", "supervise.prefix", "prefix.send")
ALT_DIGITS = tuple(f"alt+{digit}" for digit in DIGITS)


def _go_number(at: At, chord: str) -> None:
    at.move(places.go_number(at.workspace, at.desk, _number(chord)))


def _go_number_typing(at: At, chord: str) -> None:
    at.move(replace(places.go_number(at.workspace, at.desk, _number(chord)), typing=True))


def _number(chord: str) -> int:
    return DIGITS.index(chord[-1]) + 1


def _toward(dx: int, dy: int) -> Run:
    return lambda at, _: at.move(places.go_toward(at.workspace, at.desk, dx, dy))


def _next(by: int) -> Run:
    return lambda at, _: at.move(places.go_next(at.workspace, at.desk, by))


def _tab(by: int) -> Run:
    return lambda at, _: at.move(places.go_tab(at.workspace, at.desk, by))


def _last(at: At, _: str) -> None:
    at.rounds.back()


def _interact(at: At, _: str) -> None:
    at.move(replace(at.desk, typing=True))


def _supervise(at: At, _: str) -> None:
    at.move(replace(at.desk, typing=False))


def _send_back_chord(at: At, chord: str) -> None:
    at.move(replace(at.desk, typing=True))
    at.type(parse_chord(chord))


def _send_prefix(at: At, chord: str) -> None:
    if at.desk.typing:
        at.type(parse_chord(chord))


def _nothing(_at: At, _: str) -> None:
    """Wait for the key that follows: `Reception` looks it up."""


GOING = (
    Command(
        "go.number", Place.SUPERVISE, DIGITS, "Go to the agent with that number", _go_number, "go", "1-9", listed=False
    ),
    Command("go.left", Place.SUPERVISE, ("h", "left"), "Go to the pane on the left", _toward(-1, 0)),
    Command("go.down", Place.SUPERVISE, ("j", "down"), "Go to the pane below", _toward(0, 1)),
    Command("go.up", Place.SUPERVISE, ("k", "up"), "Go to the pane above", _toward(0, -1)),
    Command("go.right", Place.SUPERVISE, ("l", "right"), "Go to the pane on the right", _toward(1, 0)),
    Command("go.next", Place.SUPERVISE, ("tab",), "Go to the next pane", _next(1)),
    Command("go.previous", Place.SUPERVISE, ("shift+tab",), "Go to the pane before", _next(-1)),
    Command("go.last", Place.SUPERVISE, (";",), "Go back to the pane you came from", _last),
    Command("tab.previous", Place.SUPERVISE, ("[",), "Go to the tab before", _tab(-1)),
    Command("tab.next", Place.SUPERVISE, ("]",), "Go to the next tab", _tab(1)),
    Command("agent.type", Place.SUPERVISE, ("enter", "i"), "Type into the agent (Interact)", _interact, "type"),
)
TYPING = (
    Command(
        "back.number",
        Place.BACK,
        DIGITS,
        "Go to that agent and keep typing",
        _go_number_typing,
        "go there and keep typing",
        "1-9",
    ),
    Command(
        SEND_BACK,
        Place.BACK,
        (),
        "Type that key into the agent",
        _send_back_chord,
        "sends it",
        "same key again",
        option="back",
    ),
    Command("prefix.send", Place.PREFIX, (), "Type that key into the agent", _send_prefix, option="prefix"),
    Command("prefix.back", Place.PREFIX, ("escape",), "Go back to Supervise", _supervise, option="prefix"),
    Command(BACK, Place.INTERACT, (), "Go back to Supervise", _supervise, "back", option="back"),
    Command("interact.prefix", Place.INTERACT, (), "Then any Supervise key works", _nothing, option="prefix"),
    Command(
        "supervise.prefix",
        Place.SUPERVISE,
        (),
        "Then any Supervise key works",
        _nothing,
        listed=False,
        option="prefix",
    ),
    Command(
        "interact.number",
        Place.INTERACT,
        ALT_DIGITS,
        "Go to that agent and keep typing",
        _go_number_typing,
        "go",
        "alt+1-9",
    ),
    Command(
        "interact.waiting",
        Place.INTERACT,
        ("alt+n", "alt+a"),
        "Go to the next that needs you and keep typing",
        lambda at, _: at.rounds.next(1),
    ),
)
