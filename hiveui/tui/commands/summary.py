"""Commands that show what all agents together did and used."""

from hiveui.tui.commands.table import Command, Place

SUMMARY = (
    Command(
        "summary.cost", Place.SUPERVISE, ("$",), "Show what the agents use and cost", lambda at, _: at.summary.cost()
    ),
    Command(
        "summary.since",
        Place.SUPERVISE,
        ("H",),
        "Show what changed while you were away",
        lambda at, _: at.summary.since(),
    ),
)
