"""Tells the hive of each use of a tool, as the hooks of a real agent do (hooks/hook.sh)."""

import contextlib
import json
import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

VARIABLE = "HIVE_HOOK"
"""The hook; where it is not set, nobody is told."""


class Used:
    """One use of a tool, while it goes on."""

    def __init__(self) -> None:
        self.failure = ""
        """What went wrong with it; '' where nothing did."""


@contextlib.contextmanager
def using(tool: str, given: Mapping[str, Any]) -> Iterator[Used]:
    """Tell that a tool is used, and when that is over; the tool does not begin before the first was told."""
    used, use = Used(), secrets.token_hex(8)
    said = {"tool_name": tool, "tool_input": given, "tool_use_id": use, "cwd": os.getcwd()}  # noqa: PTH109  a text
    _tell("UseBegins", said)
    try:
        yield used
    except BaseException:
        used.failure = used.failure or "it was interrupted"
        raise
    finally:
        _tell("UseEnds", said | ({"error": used.failure} if used.failure else {}))


def _tell(event: str, said: Mapping[str, Any]) -> None:
    script = os.environ.get(VARIABLE, "")
    if script:
        payload = json.dumps({"hook_event_name": event, **said}).encode()
        command = ["sh", script, event, os.environ.get("HIVE_AGENT_ID", "")]
        subprocess.run(command, input=payload, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
