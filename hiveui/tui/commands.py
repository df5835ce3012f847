"""Every key that means something, in one table. Bindings, the status line, help and docs/keys.md come from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from hiveui.errors import ConfigError
from hiveui.model.agent import Agent
from hiveui.model.keys import Key, Mods, parse_chord
from hiveui.model.state import Workspace
from hiveui.tui import desk as places
from hiveui.tui.desk import Desk
from hiveui.tui.settings import Settings


class Place(StrEnum):
    """Where a key is pressed; the value is its heading in help."""

    SUPERVISE = "Supervise"
    BACK = "Right after the key that leads back"
    INTERACT = "Interact"
    HISTORY = "Looking back"
    ASK = "A question"
    WRITE = "Writing a prompt"
    READ = "Reading"


class At(Protocol):
    """What a command acts on: the screen of one workspace."""

    @property
    def desk(self) -> Desk:
        """Where the person is."""

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""

    @property
    def agent(self) -> Agent | None:
        """The agent that has the focus."""

    def move(self, desk: Desk) -> None:
        """Go to another place."""

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""

    def look_back(self, lines: int | None) -> None:
        """Scroll by lines of history, up if negative; a whole page at a time by `page`. None: no more."""

    def page(self) -> int:
        """Lines that a page has."""

    def ask(self, question: str, title: str, method: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""

    def answer(self, yes: bool) -> None:
        """Answer the question."""

    def write(self, text: str) -> None:
        """Open the composer with a text."""

    def send(self) -> None:
        """Send what the composer holds."""

    def newline(self) -> None:
        """Break the line in the composer."""

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""

    def help(self) -> None:
        """Show every key."""

    def performance(self) -> None:
        """Show or hide the performance display."""

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""

    def close(self) -> None:
        """Close what lies over the panes."""

    def leave(self) -> None:
        """End the TUI; the agents go on."""


Run = Callable[[At, str], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that keys do in one place."""

    id: str
    place: Place
    keys: tuple[str, ...]
    """Chords, the first of which is shown."""
    title: str
    """What it does, as help says it."""
    run: Run
    hint: str = ""
    """One word for the status line; '' keeps it out."""
    shown: str = ""
    """How the keys are named where the first chord would not do."""


DIGITS = tuple("1234567890")
_ALT_DIGITS = tuple(f"alt+{digit}" for digit in DIGITS)


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
    at.move(places.go(at.workspace, at.desk, at.desk.last))


def _waiting(at: At, _: str) -> None:
    others = [agent.role for agent in places.waiting(at.workspace) if agent.role != at.desk.role]
    if others:
        at.move(places.go(at.workspace, at.desk, others[0]))


def _interact(at: At, _: str) -> None:
    at.move(replace(at.desk, typing=True))


def _send_back_chord(at: At, chord: str) -> None:
    at.move(replace(at.desk, typing=True))
    at.type(parse_chord(chord))


_BACK = "interact.back"
_TABLE: tuple[Command, ...] = (
    Command("go.number", Place.SUPERVISE, DIGITS, "Go to the agent with that number", _go_number, "go", "1-9"),
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
    Command("agent.send", Place.SUPERVISE, ("s",), "Write a prompt and send it", lambda at, _: at.write(""), "send"),
    Command(
        "view.history",
        Place.SUPERVISE,
        ("pageup", "ctrl+u", "y"),
        "Look back over what the pane printed",
        lambda at, _: at.look_back(-at.page()),
        "look back",
        "pgup",
    ),
    Command(
        "view.zoom",
        Place.SUPERVISE,
        ("z",),
        "Show the pane alone, or all of them",
        lambda at, _: at.move(replace(at.desk, zoomed=not at.desk.zoomed)),
        "zoom",
    ),
    Command(
        "view.roster",
        Place.SUPERVISE,
        ("R",),
        "Show or hide the list of agents",
        lambda at, _: at.move(replace(at.desk, roster=not at.desk.roster)),
        "roster",
    ),
    Command("agent.why", Place.SUPERVISE, ("w",), "Tell why the agent has its state", lambda at, _: at.why(), "why"),
    Command(
        "agent.restart",
        Place.SUPERVISE,
        ("r",),
        "Restart the agent, or resume it",
        lambda at, _: at.ask("Restart", "restarting", "agent/restart"),
        "restart",
    ),
    Command(
        "agent.stop",
        Place.SUPERVISE,
        ("x",),
        "Stop the agent",
        lambda at, _: at.ask("Stop", "stopping", "agent/stop"),
        "stop",
    ),
    Command(
        "view.performance",
        Place.SUPERVISE,
        ("P",),
        "Show or hide the performance figures",
        lambda at, _: at.performance(),
    ),
    Command("help", Place.SUPERVISE, ("?",), "Show every key", lambda at, _: at.help(), "keys"),
    Command("leave", Place.SUPERVISE, ("q",), "Leave; the agents go on", lambda at, _: at.leave(), "leave"),
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
        "back.send",
        Place.BACK,
        (),
        "Type that key into the agent",
        _send_back_chord,
        "sends it",
        "same key again",
    ),
    Command(
        _BACK,
        Place.INTERACT,
        (),
        "Go back to Supervise",
        lambda at, _: at.move(replace(at.desk, typing=False)),
        "back",
    ),
    Command(
        "interact.number",
        Place.INTERACT,
        _ALT_DIGITS,
        "Go to that agent and keep typing",
        _go_number_typing,
        "go",
        "alt+1-9",
    ),
    Command(
        "interact.waiting",
        Place.INTERACT,
        ("alt+n", "alt+a"),
        "Go to who needs you and keep typing",
        _waiting,
    ),
    Command("history.down", Place.HISTORY, ("j", "down"), "Down a line", lambda at, _: at.look_back(1)),
    Command("history.up", Place.HISTORY, ("k", "up"), "Up a line", lambda at, _: at.look_back(-1), "up", "j k"),
    Command(
        "history.page_down",
        Place.HISTORY,
        ("ctrl+d", "pagedown"),
        "Down half a page",
        lambda at, _: at.look_back(at.page() // 2),
    ),
    Command(
        "history.page_up",
        Place.HISTORY,
        ("ctrl+u", "pageup"),
        "Up half a page",
        lambda at, _: at.look_back(-(at.page() // 2)),
        "half a page",
        "ctrl+u ctrl+d",
    ),
    Command(
        "history.first",
        Place.HISTORY,
        ("g", "home"),
        "To the first line",
        lambda at, _: at.look_back(-(1 << 31)),
        "first, last",
        "g G",
    ),
    Command("history.last", Place.HISTORY, ("G", "end"), "To the last line", lambda at, _: at.look_back(1 << 31)),
    Command("history.close", Place.HISTORY, ("escape", "q"), "Back to now", lambda at, _: at.look_back(None), "now"),
    Command("ask.yes", Place.ASK, ("enter",), "Yes", lambda at, _: at.answer(yes=True), "yes"),
    Command("ask.no", Place.ASK, ("escape",), "No", lambda at, _: at.answer(yes=False), "no"),
    Command("write.send", Place.WRITE, ("enter",), "Send it", lambda at, _: at.send(), "send"),
    Command("write.close", Place.WRITE, ("escape",), "Put it away, the text is kept", lambda at, _: at.close(), "back"),
    Command(
        "write.newline",
        Place.WRITE,
        ("ctrl+j", "alt+enter", "shift+enter", "ctrl+enter"),
        "New line",
        lambda at, _: at.newline(),
        "new line",
    ),
    Command("read.down", Place.READ, ("j", "down"), "Down a line", lambda at, _: at.scroll(1)),
    Command("read.up", Place.READ, ("k", "up"), "Up a line", lambda at, _: at.scroll(-1), "scroll", "j k"),
    Command(
        "read.page_down",
        Place.READ,
        ("ctrl+d", "pagedown", "space"),
        "Down a page",
        lambda at, _: at.scroll(at.page()),
    ),
    Command("read.page_up", Place.READ, ("ctrl+u", "pageup"), "Up a page", lambda at, _: at.scroll(-at.page())),
    Command("read.close", Place.READ, ("escape", "q", "enter", "?"), "Back", lambda at, _: at.close(), "back"),
)


_SHORT: Mapping[str, str] = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn"}


def label(chord: str) -> str:
    """Name a key as everything that a person reads does."""
    return _SHORT.get(chord, chord)


def commands(settings: Settings) -> tuple[Command, ...]:
    """Give the table with the keys that the person chose."""
    chosen = {_BACK: settings.back, "back.send": settings.back}
    if not settings.alt_keys:
        chosen |= {"interact.number": (), "interact.waiting": ()}
    table = (replace(c, keys=chosen[c.id]) if c.id in chosen else c for c in _TABLE)
    return tuple(replace(c, shown=" or ".join(map(label, c.keys))) if c.id == _BACK else c for c in table)


COMMANDS = commands(Settings())


class Keymap:
    """Which command a chord means in a place."""

    def __init__(self, table: Sequence[Command]) -> None:
        """Raises ConfigError where two commands of one place share a key."""
        self.table = tuple(table)
        self._bound: dict[tuple[Place, str], Command] = {}
        for command in table:
            for key in command.keys:
                other = self._bound.setdefault((command.place, key), command)
                if other is not command:
                    raise ConfigError(
                        f"Two commands are on the key {key} in {command.place}: {other.id} and {command.id}.",
                        "Give one of them another key.",
                    )

    def find(self, place: Place, key: Key) -> Command | None:
        """Find what a key means; a key that types a character is known by that character."""
        bound = self._bound.get((place, key.chord))
        if bound is None and key.text and not key.mods & ~Mods.SHIFT:
            bound = self._bound.get((place, key.text))
        return bound

    def hints(self, place: Place) -> list[tuple[str, str]]:
        """Give keys and words for the status line."""
        return [(name(c), c.hint) for c in self.table if c.place is place and c.hint and c.keys]


def name(command: Command) -> str:
    """Name a command's keys as the status line does."""
    return command.shown or label(command.keys[0])


def sheet(table: Sequence[Command] = COMMANDS) -> str:
    """Write docs/keys.md."""
    lines = ["# Keys", "", "Generated from the table in `hiveui/tui/commands.py`.", ""]
    for place in Place:
        lines += [f"## {place.value}", "", "| keys | what they do | command |", "|---|---|---|"]
        for command in table:
            if command.place is place and command.keys:
                keys = " ".join(f"`{label(key)}`" for key in command.keys)
                lines.append(f"| {keys} | {command.title} | `{command.id}` |")
        lines.append("")
    lines.append("In Interact every other key goes to the agent. Two commands on one key are refused at start.")
    return "\n".join(lines) + "\n"
