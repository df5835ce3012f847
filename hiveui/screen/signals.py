"""What the sequences that a pane printed mean. They are an untrusted program's words: bounded, decoded, never run."""

import base64
import binascii
from dataclasses import dataclass

from hiveui.model.signs import AgentState

MAX_TEXT = 512

_STATES = {
    ("working", ""): AgentState.WORKING,
    ("blocked", "permission"): AgentState.APPROVAL,
    ("blocked", "auth"): AgentState.APPROVAL,
    ("blocked", "question"): AgentState.QUESTION,
    ("blocked", ""): AgentState.QUESTION,
    ("done", ""): AgentState.DONE,
    ("error", ""): AgentState.ERROR,
    ("idle", ""): AgentState.IDLE,
}


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """One OSC 7501 report."""

    state: AgentState | None
    """None where the program withdraws its report."""
    message: str = ""


def read_status(body: bytes) -> ProgramStatus | None:
    """Read a report of the Program Status Protocol, rev 0.3: `state=S[:kind=K][:msg=BASE64]…`; None if it is none."""
    fields = dict(part.split("=", 1) for part in body.decode("ascii", "replace").split(":") if "=" in part)
    said = fields.get("state", "")
    if said not in ("working", "blocked", "done", "error", "idle", "clear"):
        return None
    kind = fields.get("kind", "") if said == "blocked" else ""
    state = _STATES.get((said, kind), _STATES.get((said, "")))
    return ProgramStatus(state, _text(fields.get("msg", "")))


def _text(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace")[:MAX_TEXT]
    except (binascii.Error, ValueError):
        return ""
