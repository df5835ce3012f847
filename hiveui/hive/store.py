"""How the agents of a workspace are started again, kept where a later daemon finds it: in the tmux session.

Environments may hold secrets, so they stand in tmux's memory, as a hidden variable, and in no file.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hiveui.agents.launch import Launch
from hiveui.errors import StorageError
from hiveui.model.agent import AgentId
from hiveui.model.codec import from_json
from hiveui.tmux import commands

VARIABLE = "HIVE_STORE"


def keep(session: str, caller: Mapping[str, str], launches: Mapping[AgentId, Launch]) -> str:
    """Give the tmux command that keeps the caller's environment and all launches."""
    kept = {"caller": dict(caller), "launches": {id_: asdict(launch) for id_, launch in launches.items()}}
    return put(session, VARIABLE, kept)


def put(session: str, variable: str, value: object) -> str:
    """Give the tmux command that keeps a JSON value in a hidden variable of a session."""
    blob = base64.b64encode(json.dumps(value).encode()).decode()
    return f"set-environment -h -t ={commands.checked_id(session)} {variable} {blob}"


def ask(session: str, variable: str = VARIABLE) -> str:
    """Give the tmux command that asks for what was kept."""
    return f"show-environment -h -t ={commands.checked_id(session)} {variable}"


def value(line: bytes) -> Any:
    """Read the JSON value in the answer to `ask`. Raises ValueError where it is none."""
    return json.loads(base64.b64decode(line.partition(b"=")[2], validate=True))


def read(line: bytes) -> tuple[dict[str, str], dict[AgentId, Launch]]:
    """Read the answer to `ask`. Raises StorageError where an older or newer HiveUI kept it, or nobody did."""
    try:
        kept = value(line)
        launches = {AgentId(id_): from_json(Launch, fields) for id_, fields in kept["launches"].items()}
        return from_json(Mapping[str, str], kept["caller"]), launches
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError("How the agents were started cannot be read any more.", "Run `hive up` again.") from error
