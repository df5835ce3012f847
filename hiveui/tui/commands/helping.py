"""The key that shows the keys of a place: the same in every list that lies over the panes."""

from hiveui.tui.commands.table import Command, Place

HELPED = (
    Place.QUEUE,
    Place.FEED,
    Place.OUTBOX,
    Place.PROOF,
    Place.MEMORY,
    Place.RADAR,
    Place.CHECKPOINTS,
    Place.CHECKPOINT,
    Place.REVIEW,
    Place.MERGE,
    Place.OWNERS,
    Place.CONTRACTS,
)
"""Places that show their own keys."""


def _help(place: Place) -> Command:
    return Command(
        f"{place.name.lower()}.help", place, ("?",), "Show these keys", lambda at, _: at.dialog.keys(), "keys"
    )


HELP = tuple(map(_help, HELPED))
