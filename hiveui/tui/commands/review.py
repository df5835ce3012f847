"""Commands that show what all agents together did and used."""

from hiveui.tui.commands.table import Command, Place

REVIEW = (
    Command(
        "review.cost", Place.SUPERVISE, ("$",), "Show what the agents use and cost", lambda at, _: at.review.cost()
    ),
    Command(
        "review.since",
        Place.SUPERVISE,
        ("H",),
        "Show what changed while you were away",
        lambda at, _: at.review.since(),
    ),
)
