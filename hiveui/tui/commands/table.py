"""What a command is, and which command a key means. Bindings, status line, help and docs/keys.md come from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hiveui.errors import ConfigError
from hiveui.model.keys import Key, Mods
from hiveui.model.seat import Role
from hiveui.tui.commands.at import At


class Place(StrEnum):
    """Where a key is pressed; the value is its heading in help."""

    SUPERVISE = "Supervise"
    BACK = "Right after the key that leads back"
    PREFIX = "Right after the prefix, if there is one"
    INTERACT = "Interact"
    HISTORY = "Looking back"
    PICK = "Picking up what has a label"
    OPEN = "Opening a link"
    FIND = "Searching"
    FOUND = "What was found"
    ASK = "A question"
    WRITE = "Writing a prompt"
    PALETTE = "The palette"
    READ = "Reading"
    MOVE = "Moving a pane (M)"
    PRESET = "Arranging the panes (=)"
    NAME = "Naming a tab"
    JUMP = "Jumping to a letter"
    SAVE = "Saving a layout"
    LAYOUTS = "Layouts"
    QUEUE = "The attention queue"
    ANSWER = "Answering an agent"
    REMARK = "Adding a text to an answer"
    WRONG = "Saying what an agent really does"
    LAYOUT = "Opening or deleting a layout"
    LAYOUT_NAME = "Naming a layout"
    MORNING = "Restoring a workspace"
    WORKSPACES = "Choosing a workspace"
    OUTBOX = "Prompts that wait"
    PROOF = "What a check found"
    MEMORY = "The project's memory"
    MEMORY_WRITE = "Writing on the memory"
    AUDIENCE = "Choosing who gets a prompt"
    PREVIEW = "What each would get"
    RADAR = "Where agents meet"
    CHECKPOINTS = "Checkpoints of an agent"
    CHECKPOINT = "What changed since a checkpoint"
    ROLLBACK = "Rolling an agent back"
    REVIEW = "The review desk"
    COMMENT = "Commenting on a line"
    SEEK = "Searching the changes"
    FEED = "What agents change in files"
    MERGE = "Merging agents' work (I)"
    MERGE_ASK = "Before merging"
    MERGE_READ = "What went wrong with a merge"
    OWNERS = "Who owns what"
    CONTRACTS = "Contracts"
    PEOPLE = "Who is here"


Run = Callable[[At, str], None]
"""Does it; the second argument is the chord that was pressed."""


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
    listed: bool = True
    """The palette has it."""
    option: str = ""
    """The setting that has its keys where that is not `keys`."""
    role: Role = Role.OWNER
    """What the person must at least be (`commands.rights`)."""

    @property
    def setting(self) -> str:
        """What a person sets to give it other keys."""
        return self.option or f"keys.{self.id}"


DIGITS = tuple("1234567890")
_SHORT: Mapping[str, str] = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn"}


def label(chord: str) -> str:
    """Name a key as everything that a person reads does."""
    return _SHORT.get(chord, chord)


class Keymap:
    """Which command a chord means in a place."""

    def __init__(self, table: Sequence[Command]) -> None:
        """Raises ConfigError where two commands of one place share a key."""
        self.table: tuple[Command, ...] = ()
        self.role = Role.OWNER
        """What the person is."""
        self._bound: dict[tuple[Place, str], Command] = {}
        self.bind(table)

    def bind(self, table: Sequence[Command]) -> None:
        """Take other keys. Raises ConfigError where two commands of one place share one; then nothing changes."""
        bound: dict[tuple[Place, str], Command] = {}
        for command in table:
            for key in command.keys:
                other = bound.setdefault((command.place, key), command)
                if other is not command:
                    error = ConfigError(
                        f"Two commands are on the key {key} in {command.place}: {other.id} and {command.id}.",
                        "Give one of them another key.",
                    )
                    error.about = (other.setting, command.setting)
                    raise error
        self.table, self._bound = tuple(table), bound

    def find(self, place: Place, key: Key) -> Command | None:
        """Find what a key means; a key that types a character is known by that character."""
        bound = self._bound.get((place, key.chord))
        if bound is None and key.text and not key.mods & ~Mods.SHIFT:
            bound = self._bound.get((place, key.text))
        return bound

    def hints(self, place: Place) -> list[tuple[str, str]]:
        """Give keys and words for the status line, of what the person may do."""
        return [(name(c), c.hint) for c in self.table if c.place is place and c.hint and c.keys and self.allows(c)]

    def allows(self, command: Command) -> bool:
        """Tell whether the person may do it."""
        return self.role.may(command.role)


def name(command: Command) -> str:
    """Name a command's keys as the status line does."""
    return command.shown or label(command.keys[0])


def places(table: Sequence[Command]) -> list[Place]:
    """Give the places in which any key does anything."""
    keyed = {command.place for command in table if command.keys}
    return [place for place in Place if place in keyed]


def sheet(table: Sequence[Command]) -> str:
    """Write docs/keys.md."""
    lines = ["# Keys", "", "Generated from the tables in `hiveui/tui/commands/`.", ""]
    for place in places(table):
        lines += [f"## {place.value}", "", "| keys | what they do | command | for |", "|---|---|---|---|"]
        for command in table:
            if command.place is place and command.keys:
                keys = " ".join(f"`{label(key)}`" for key in command.keys)
                lines.append(f"| {keys} | {command.title} | `{command.id}` | {command.role} |")
        lines.append("")
    lines.append("A bar between panes, or the title of a pane below another, is dragged by the mouse to resize both.")
    lines.append("")
    lines.append("In Interact every other key goes to the agent. Two commands on one key are refused at start.")
    return "\n".join(lines) + "\n"
