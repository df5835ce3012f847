"""How sums of tokens and money are shown in tables, from the answer of `usage/list`."""

from collections.abc import Mapping
from typing import Any

from hiveui.model.usage import Spend, amount, dollars, money

HEAD = ("in", "out", "cached", "cost", "today")
"""Over the columns of `figures`."""


def figures(sums: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the columns of one line: tokens in (new and written to a cache), out, read from a cache; cost, today's."""
    written = sums["input"] + sums["cache_write"] + sums["cache_write_hour"]
    cost = money(Spend(usd=sums["usd"] or 0.0, unpriced=sums["unpriced"]))
    today = "?" if sums["today"] is None else dollars(sums["today"]) if sums["today"] else "-"
    return amount(written), amount(sums["output"]), amount(sums["cache_read"]), cost, today


def context(facts: Mapping[str, Any]) -> str:
    """Say how full an agent's context is; '' where that is unknown."""
    return f"{facts['context']} %" if facts["context"] is not None else ""


def bounded(facts: Mapping[str, Any]) -> str:
    """Say how much of an agent's budget is used; '' where it has none."""
    budget = facts["budget"]
    return f"{100 * (facts['usd'] or 0.0) / budget:.0f} % of {dollars(budget)}" if budget else ""
