"""What the bench found, and whether it is what was to be reached. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hiveui.errors import HiveError

NO_BAR = "–"


class BenchError(HiveError):
    """A row could not be measured."""


class SkippedError(BenchError):
    """A row has nothing to be measured against here; that is no failure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure of a row."""

    name: str
    ours: float
    unit: str
    bar: str
    """What is to be reached, as people say it: `≤ tmux + 5 ms`."""
    reached: bool
    plain: float | None = None
    """The same of plain tmux in the same run; None where there is nothing to compare."""

    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, tmux, ours, to reach, reached."""
        reached = NO_BAR if self.bar == NO_BAR else "yes" if self.reached else "NO"
        return self.name, said(self.plain, self.unit), said(self.ours, self.unit), self.bar, reached


def at_most(name: str, ours: float, limit: float, unit: str, plain: float | None = None) -> Figure:
    """Give a figure with a fixed limit."""
    return Figure(name, ours, unit, f"≤ {limit:g} {unit}", ours <= limit, plain)


def at_least(name: str, ours: float, limit: float, unit: str, plain: float | None = None) -> Figure:
    """Give a figure that should be high."""
    return Figure(name, ours, unit, f"≥ {limit:g} {unit}", ours >= limit, plain)


def over_plain(name: str, ours: float, plain: float, more: float, unit: str) -> Figure:
    """Give a figure that may be so much over plain tmux's."""
    return Figure(name, ours, unit, f"≤ tmux + {more:g} {unit}", ours <= plain + more, plain)


def times_plain(name: str, ours: float, plain: float, times: float, unit: str) -> Figure:
    """Give a figure that may be so many times another's."""
    return Figure(name, ours, unit, f"≤ {times:g} × {said(plain, unit)}", ours <= plain * times, plain)


def noted(name: str, ours: float, unit: str, plain: float | None = None) -> Figure:
    """Give a figure that has no bar."""
    return Figure(name, ours, unit, NO_BAR, reached=True, plain=plain)


def quantile(values: Sequence[float], part: float) -> float:
    """Give the value that `part` (0 to 1) of all values do not exceed: the nearest rank, never between two.

    Raises BenchError where there is none.
    """
    if not values:
        raise BenchError("Nothing was measured.")
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Give the median. Raises BenchError where there is nothing."""
    if not values:
        raise BenchError("Nothing was measured.")
    return statistics.median(values)


def said(value: float | None, unit: str) -> str:
    """Write a figure with three digits that mean something."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Measured:
    """One row, measured: its figures, or why there are none."""

    row: str
    what: str
    figures: tuple[Figure, ...]
    failure: str = ""
    seconds: float = 0.0
    skipped: str = ""
    """Why it was not measured at all, where that is no failure."""

    @property
    def reached(self) -> bool:
        """Whether everything is reached."""
        return not self.failure and all(figure.reached for figure in self.figures)

    def lines(self) -> list[tuple[str, ...]]:
        """Give the row's lines of the table, the row's name only on the first."""
        if self.skipped:
            return [(self.row, f"skipped: {self.skipped}", "–", "–", "–", NO_BAR)]
        if self.failure:
            return [(self.row, "not measured", "–", "–", "–", f"NO: {self.failure}")]
        return [(self.row if i == 0 else "", *figure.cells()) for i, figure in enumerate(self.figures)]


HEADINGS = ("row", "what", "tmux", "ours", "to reach", "reached")


@dataclass(frozen=True, slots=True)
class Results:
    """One run of the bench."""

    machine: str
    rows: tuple[Measured, ...]

    @property
    def reached(self) -> bool:
        """Whether every row is reached."""
        return all(row.reached for row in self.rows)

    def table(self) -> str:
        """Write the table for people."""
        lines = [HEADINGS, *(line for row in self.rows for line in row.lines())]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
        return f"{self.machine}\n\n" + "\n".join(
            "  ".join(
                cell.rjust(width) if 2 <= i <= 3 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def document(self) -> dict[str, Any]:
        """Give the same for programs; figures in their units, None where there is nothing to compare."""
        return {
            "version": 1,
            "machine": self.machine,
            "rows": [
                {
                    "row": row.row,
                    "what": row.what,
                    "reached": row.reached,
                    "failure": row.failure or None,
                    "skipped": row.skipped or None,
                    "seconds": round(row.seconds, 1),
                    "figures": [
                        {
                            "name": figure.name,
                            "unit": figure.unit,
                            "tmux": figure.plain,
                            "ours": figure.ours,
                            "bar": figure.bar,
                            "reached": figure.reached,
                        }
                        for figure in row.figures
                    ],
                }
                for row in self.rows
            ],
        }


def markdown(results: Results, before: str, order: Mapping[str, str]) -> str:
    """Write docs/bench.md: the rows of this run, and of `before` those that this run did not measure.

    `order` gives every row's name, in order, with what it measures.
    """
    kept = _kept(before)
    for row in results.rows:
        if row.skipped and row.row in kept:
            continue
        kept[row.row] = ["| " + " | ".join((row.row, *line[1:])) + " |" for line in row.lines()]
    text = [
        "# The bench",
        "",
        "Written by `python -m hiveui.bench --write`: plain tmux beside ours in the same run.",
        "",
    ]
    text += [f"Last run on: {results.machine}.", ""]
    text += ["| " + " | ".join(HEADINGS) + " |", "|---|---|--:|--:|---|---|"]
    text += [line for name in order for line in kept.get(name, ())]
    text += ["", "## What the rows measure", ""]
    text += [f"- `{name}`: {what}" for name, what in order.items()]
    return "\n".join(text) + "\n"


def _kept(before: str) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for line in before.splitlines():
        if line.startswith("| ") and not line.startswith(f"| {HEADINGS[0]} |"):
            rows.setdefault(line.split("|")[1].strip(), []).append(line)
    return rows
