"""What the payloads of programs' hooks and event streams mean.

Names and fields as measured on Claude Code 2.1.329, Codex 0.169, Gemini CLI 0.61, Qwen Code 0.24, OpenCode 1.18 and
Copilot CLI 1.0. The programs' names of events do not clash, so one table has them all.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from hiveui.model.names import CONVERSATION, one_line
from hiveui.model.reach import reach
from hiveui.model.signs import Choice, Dialog
from hiveui.model.turns import Happening, Hooked

TEXT = 512
"""Characters that are kept of what a program says."""

HAPPENINGS: Mapping[str, Happening] = {
    # Claude Code, Qwen Code, Codex
    "SessionStart": Happening.SESSION,
    "UserPromptSubmit": Happening.PROMPT,
    "PreToolUse": Happening.TOOL,
    "PostToolUse": Happening.TOOL_OVER,
    "PostToolUseFailure": Happening.TOOL_OVER,
    "PermissionRequest": Happening.APPROVAL,
    "Stop": Happening.DONE,
    "StopFailure": Happening.FAILED,
    "Interrupt": Happening.INTERRUPTED,
    "SubagentStart": Happening.TASK,
    "SubagentStop": Happening.TASK_OVER,
    "SessionEnd": Happening.ENDED,
    # Gemini CLI
    "BeforeAgent": Happening.PROMPT,
    "BeforeTool": Happening.TOOL,
    "AfterTool": Happening.TOOL_OVER,
    "AfterAgent": Happening.DONE,
    # Copilot CLI
    "sessionStart": Happening.SESSION,
    "userPromptSubmitted": Happening.PROMPT,
    "preToolUse": Happening.TOOL,
    "postToolUse": Happening.TOOL_OVER,
    "agentStop": Happening.DONE,
    "errorOccurred": Happening.ENDED,  # or it tries again: the screen is to tell
    "sessionEnd": Happening.ENDED,
    # Rehearsals
    "UseBegins": Happening.USE,
    "UseEnds": Happening.USE_OVER,
    # OpenCode
    "session.created": Happening.SESSION,
    "session.updated": Happening.SESSION,
    "permission.asked": Happening.APPROVAL,
    "permission.replied": Happening.ANSWERED,
    "question.asked": Happening.QUESTION,
    "question.replied": Happening.ANSWERED,
    "question.rejected": Happening.ANSWERED,
    "session.idle": Happening.REST,
    "session.error": Happening.FAILED,
}
REFINED: Mapping[tuple[str, str], Mapping[str, Happening]] = {
    ("Notification", "notification_type"): {"idle_prompt": Happening.REST, "ToolPermission": Happening.APPROVAL},
    ("Notification", "details.type"): {"ask_user": Happening.QUESTION},
    ("PermissionRequest", "tool_name"): {
        "AskUserQuestion": Happening.QUESTION,
        "ask_user_question": Happening.QUESTION,
    },
    ("notification", "notification_type"): {"permission_prompt": Happening.APPROVAL},
    ("StopFailure", "error"): {"rate_limit": Happening.LIMITED},
    # An API error and a turn without words are the same to Gemini CLI's hooks: what it is, others are to tell.
    ("AfterAgent", "prompt_response"): {"[no response text]": Happening.ENDED},
    ("session.status", "status.type"): {"busy": Happening.BUSY, "retry": Happening.RETRY},
    ("session.error", "error.name"): {"MessageAbortedError": Happening.INTERRUPTED},
}
"""What an event means where a field of its payload has one of these values; a dot leads into the field."""
_RESETS = re.compile(r"\bresets?\s+(?:at\s+|in\s+)?([^.\n·|]{1,40})", re.IGNORECASE)
_SUBJECTS = ("command", "file_path", "filePath", "filepath", "path", "url", "query", "pattern", "plan", "description")
"""Fields of a tool's input that say best what it is about, the best first."""


def read_payload(event: str, payload: bytes, *, cut: bool = False, waits: bool = False) -> Hooked | None:
    """Read one payload of the event that the hook was told; None where it is no JSON object.

    Of a `cut` one the fields are read that are whole. `waits`: prompts given while a turn runs wait behind it (Hooked).
    """
    text = payload.decode("utf-8", "replace")
    found = _first_fields(text) if cut else _object(text)
    if found is None:
        return None
    nested = found.get("properties")
    fields: Mapping[str, Any] = nested if "hook_event_name" not in found and isinstance(nested, dict) else found
    event = event or _str(found, "hook_event_name") or _str(found, "type")
    happening = HAPPENINGS.get(event, Happening.NOTE)
    for (name, key), meanings in REFINED.items():
        if name == event:
            happening = meanings.get(_str(fields, key), happening)
    if happening is Happening.SESSION and _str(fields, "info.parentID"):
        happening = Happening.NOTE
    digest = hashlib.sha256(payload).hexdigest()[:16]
    return _hooked(happening, event, digest, fields, cut=cut, waits=waits)


def _hooked(
    happening: Happening, event: str, digest: str, fields: Mapping[str, Any], *, cut: bool, waits: bool
) -> Hooked:
    conversation = next((id_ for key in _SESSIONS if (id_ := _str(fields, key))), "")
    text = next((said for key in _SAID if (said := _str(fields, key))), "")
    limit = _RESETS.search(text) if happening is Happening.LIMITED else None
    return Hooked(
        happening,
        event=one_line(event, 64),
        digest=digest,
        conversation=conversation if CONVERSATION.fullmatch(conversation) else "",
        transcript=_str(fields, "transcript_path") or _str(fields, "transcriptPath"),
        turn=_str(fields, "prompt_id") or _str(fields, "turn_id"),
        task=_str(fields, "agent_id"),
        tool=_tool(fields),
        tool_input=_input(fields),
        folder=_str(fields, "cwd"),
        call=_str(fields, "tool_use_id")
        or _str(fields, "requestID")
        or (_str(fields, "id") if "sessionID" in fields else ""),
        prompt=_str(fields, "prompt") if happening is Happening.PROMPT else None,
        waits=waits,
        dialog=_DIALOGS[happening](fields) if happening in _DIALOGS else None,
        text=one_line(text, TEXT),
        written=_written(fields) if happening is Happening.TOOL_OVER else (),
        failure=one_line(_failure(fields), TEXT) if happening in _OVERS else "",
        tasks=_tasks(fields.get("background_tasks")),
        resets=one_line(limit[1].strip(), 40) if limit else "",
        cut=cut,
    )


_OVERS = frozenset({Happening.TOOL_OVER, Happening.USE_OVER})
_SESSIONS = ("session_id", "sessionID", "sessionId", "info.id")
"""What programs call the id of a conversation."""
_SAID = ("last_assistant_message", "error_details", "prompt_response", "error.data.message", "status.message", "error")
"""Where programs put what they say, in the order in which it is asked for."""


def _approval(fields: Mapping[str, Any]) -> Dialog:
    tool = _str(fields, "tool_name") or _str(fields, "permission") or _str(fields, "details.title")
    given = next((v for key in ("tool_input", "metadata", "details") if isinstance(v := fields.get(key), dict)), {})
    return Dialog(about(tool, given) or one_line(_str(fields, "message"), TEXT))


def about(tool: str, given: Mapping[str, Any]) -> str:
    """Say in one line what a tool's use is about: `Bash: make test`; '' where neither tool nor subject is known."""
    subject = next((said for key in _SUBJECTS if (said := _str(given, key))), "")
    if not subject and given:
        subject = json.dumps(given, ensure_ascii=False)
    return one_line(f"{tool}: {subject}" if subject else tool, TEXT)


def _failure(fields: Mapping[str, Any]) -> str:
    """Give the error of a tool's use: Claude Code tells it beside the input, Gemini CLI in the answer."""
    if fields.get("is_interrupt") is True:
        return ""
    places = ("error", "tool_response.error", "tool_response.error.message")
    return next((said for place in places if (said := _str(fields, place))), "")


def _tool(fields: Mapping[str, Any]) -> str:
    return _str(fields, "tool_name") or _str(fields, "toolName") or _str(fields, "permission")


def _input(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    given = fields.get("tool_input") or fields.get("toolArgs") or fields.get("metadata")
    return given if isinstance(given, dict) else {}


def _written(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the files that a tool has written; none where it failed, and for a command, which says so less surely."""
    found = reach(_tool(fields), _input(fields), _str(fields, "cwd")) if not _failure(fields) else None
    return tuple(found.names) if found is not None and not found.command else ()


def _question(fields: Mapping[str, Any]) -> Dialog:
    """Read the questions of a form; the choices are those of the first, which is shown first."""
    given = fields.get("tool_input")
    asked = (given if isinstance(given, dict) else fields).get("questions")
    questions = [q for q in asked if isinstance(q, dict)] if isinstance(asked, list) else []
    options = questions[0].get("options") if questions else None
    labels = [_str(o, "label") for o in options if isinstance(o, dict)] if isinstance(options, list) else []
    choices = tuple(Choice(one_line(label), ()) for label in labels[:_CHOICES] if label)
    asks = " / ".join(_str(q, "question") for q in questions) or _str(fields, "details.title")
    return Dialog(one_line(asks, TEXT), choices, free=True)


_CHOICES = 32
_DIALOGS: Mapping[Happening, Callable[[Mapping[str, Any]], Dialog]] = {
    Happening.APPROVAL: _approval,
    Happening.QUESTION: _question,
}


def _tasks(found: object) -> frozenset[str] | None:
    if not isinstance(found, list):
        return None
    running = (task for task in found if isinstance(task, dict) and task.get("status") == "running")
    return frozenset(id_ for task in running if (id_ := _str(task, "id")))


def _str(fields: Mapping[str, Any], key: str) -> str:
    """Give a text by its key, where a dot leads into an object; '' where there is none."""
    value: Any = fields
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _first_fields(text: str) -> dict[str, Any] | None:
    """Read the fields of an object that are whole, up to where it was cut; None where it is none."""
    decoder, found, at = json.JSONDecoder(), dict[str, Any](), 1
    text = text.lstrip()
    if not text.startswith("{"):
        return None
    try:
        while True:
            key, at = decoder.raw_decode(text, _skip(text, at, ","))
            found[str(key)], at = decoder.raw_decode(text, _skip(text, at, ":"))
    except (ValueError, RecursionError):
        return found


def _skip(text: str, at: int, mark: str) -> int:
    """Give the place behind white space and one mark."""
    at += len(text[at : at + 64]) - len(text[at : at + 64].lstrip())
    at += text.startswith(mark, at)
    return at + len(text[at : at + 64]) - len(text[at : at + 64].lstrip())
