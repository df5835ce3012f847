"""`python -m hiveui.gateway.page`: writes docs/gateway.md from the method table."""

from pathlib import Path

from hiveui.gateway.methods import NOTIFICATIONS, markdown

_HEAD = """# The gateway

Made by `python -m hiveui.gateway.page`; `hive schema` prints the parameters as JSON Schema.

JSON-RPC 2.0, one JSON object a line, over `<state>/run/hive.sock`; only processes of the same user are served.
Parameters go by name. Batches, frames over 1 MiB and frames deeper than 64 are refused; `initialize` comes first.

## Methods

"""


def page() -> str:
    """Make the whole page."""
    news = "".join(f"| `{name}` | {fields} |\n" for name, fields in NOTIFICATIONS.items())
    return f"{_HEAD}{markdown()}\n## Notifications\n\n| notification | fields |\n|---|---|\n{news}"


if __name__ == "__main__":
    Path("docs/gateway.md").write_text(page(), encoding="utf-8")
