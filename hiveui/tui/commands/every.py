"""Every command, in the order of help and of the status line."""

from dataclasses import replace

from hiveui.tui.commands import agents, copying, go, layouts, morning, shape, views, workspaces
from hiveui.tui.commands.table import Command, label
from hiveui.tui.settings import Settings

_TABLE: tuple[Command, ...] = (
    *go.GOING,
    *workspaces.SWITCH,
    *agents.PROMPT,
    *copying.BEGIN,
    *views.VIEWS,
    *shape.JUMPING,
    *shape.SHAPE,
    *agents.AGENT,
    *layouts.LAYOUT,
    *copying.ANYWHERE,
    *copying.MOUSE,
    *views.LAST,
    *go.TYPING,
    *copying.HISTORY,
    *copying.PICKING,
    *copying.FINDING,
    *views.CARDS,
    *agents.WRITING,
    *views.READING,
    *shape.MOVING,
    *shape.PRESETS,
    *shape.NAMING,
    *shape.LETTERS,
    *layouts.SAVING,
    *layouts.CHOOSING,
    *morning.MORNING,
    *workspaces.LISTED,
)


def commands(settings: Settings) -> tuple[Command, ...]:
    """Give the table with the keys that the person chose."""
    chosen = {go.BACK: settings.back, go.SEND_BACK: settings.back}
    if not settings.alt_keys:
        chosen |= {"interact.number": (), "interact.waiting": ()}
    table = (replace(c, keys=chosen[c.id]) if c.id in chosen else c for c in _TABLE)
    return tuple(replace(c, shown=" or ".join(map(label, c.keys))) if c.id == go.BACK else c for c in table)


COMMANDS = commands(Settings())
