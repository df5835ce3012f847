"""The price table: USD for a million tokens, by model, as looked up on a day."""

import tomllib
from functools import cache
from pathlib import Path

from hiveui.model.codec import from_json
from hiveui.model.usage import Prices

TABLE = Path(__file__).parent.parent / "prices.toml"


@cache
def prices() -> Prices:
    """Read the table that came with HiveUI."""
    data = tomllib.loads(TABLE.read_text("utf-8"))
    table: Prices = from_json(Prices, data)
    return table
