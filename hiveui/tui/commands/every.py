"""Every command, in the order of help and of the status line."""

from hiveui.config.settings import Settings
from hiveui.tui.commands import (
    agents,
    attention,
    checkpoints,
    copying,
    feed,
    go,
    helping,
    layouts,
    memory,
    merging,
    morning,
    outbox,
    owners,
    palette,
    people,
    proof,
    radar,
    review,
    shape,
    summary,
    views,
    workspaces,
)
from hiveui.tui.commands.chosen import check, chosen
from hiveui.tui.commands.rights import with_rights
from hiveui.tui.commands.table import Command, Keymap

_ROWS: tuple[Command, ...] = (
    *go.GOING,
    *attention.ATTENTION,
    *workspaces.SWITCH,
    *people.PEOPLE,
    *agents.PROMPT,
    *outbox.PROMPTS,
    *copying.BEGIN,
    *views.VIEWS,
    *shape.JUMPING,
    *shape.SHAPE,
    *agents.AGENT,
    *feed.FEED,
    *radar.RADAR,
    *review.OPENING,
    *checkpoints.CHECKPOINTS,
    *proof.PROOF,
    *merging.MERGE,
    *owners.OWNERS,
    *memory.REMEMBER,
    *summary.SUMMARY,
    *layouts.LAYOUT,
    *copying.ANYWHERE,
    *palette.PALETTE,
    *copying.MOUSE,
    *views.LAST,
    *go.TYPING,
    *copying.HISTORY,
    *copying.PICKING,
    *copying.FINDING,
    *views.CARDS,
    *agents.WRITING,
    *views.READING,
    *palette.FINDING,
    *shape.MOVING,
    *shape.PRESETS,
    *shape.NAMING,
    *shape.LETTERS,
    *layouts.SAVING,
    *layouts.CHOOSING,
    *attention.QUEUE,
    *attention.WRONG,
    *layouts.ASKING,
    *layouts.NAMING,
    *morning.MORNING,
    *workspaces.LISTED,
    *people.PRESENT,
    *feed.FILES,
    *outbox.WAITING,
    *proof.CHECKED,
    *memory.REMEMBERED,
    *outbox.ADDRESSING,
    *radar.SWEEP,
    *checkpoints.KEPT,
    *review.REVIEW,
    *merging.MERGING,
    *owners.LISTED,
    *helping.HELP,
)


_TABLE = with_rights(_ROWS)


def commands(settings: Settings) -> tuple[Command, ...]:
    """Give the table with the keys that the person chose."""
    return chosen(_TABLE, settings)


def keymap(settings: Settings) -> Keymap:
    """Give the keymap of settings. Raises ConfigError, about the settings, where they do not go together."""
    return check(_TABLE, settings)


COMMANDS = commands(Settings())
TITLES = {command.id: command.title for command in _TABLE}
"""What can be bound: the title of every command by its id."""
