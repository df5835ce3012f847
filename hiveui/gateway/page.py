"""What is made from the method table: its JSON Schema, and docs/gateway.md (`python -m hiveui.gateway.page`)."""

from pathlib import Path
from typing import Any

from hiveui.gateway.method import Param
from hiveui.gateway.methods import METHODS, NOTIFICATIONS
from hiveui.gateway.protocol import PROTOCOL

_HEAD = """# The gateway

Made by `python -m hiveui.gateway.page`; `hive schema` prints the parameters as JSON Schema.

JSON-RPC 2.0, one JSON object a line, over `<state>/run/hive.sock`; only processes of the same user are served.
Parameters go by name. Batches, frames over 1 MiB and frames deeper than 64 are refused; `initialize` comes first.

## Methods

"""


def schema_document() -> dict[str, Any]:
    """Make the document that `hive schema` prints: each method's parameters as JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "HiveUI gateway",
        "version": 1,
        "protocol": list(PROTOCOL),
        "methods": {
            name: {
                "description": method.help,
                "role": method.role.value,
                "params": method.schema,
                "result": method.result or None,
            }
            for name, method in METHODS.items()
        },
        "notifications": dict(NOTIFICATIONS),
    }


def _table() -> str:
    lines = ["| method | needs | params | result | |", "|---|---|---|---|---|"]
    for name, method in METHODS.items():
        params = ", ".join(f"{p}{'' if param.required else '?'}{_more(param)}" for p, param in method.params.items())
        needs = f"{method.role}, or an agent" if method.agents else method.role
        cells = (f"`{name}`", needs, params and f"`{params}`", method.result, method.help)
        lines.append("| " + " | ".join(cell or " " for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _more(param: Param) -> str:
    return f" ({param.role})" if param.role is not None else ""


def page() -> str:
    """Make the whole page."""
    news = "".join(f"| `{name}` | {fields} |\n" for name, fields in NOTIFICATIONS.items())
    return f"{_HEAD}{_table()}\n## Notifications\n\n| notification | fields |\n|---|---|\n{news}"


if __name__ == "__main__":
    Path("docs/gateway.md").write_text(page(), encoding="utf-8")
