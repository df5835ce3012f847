"""The one table of what can be asked over the gateway."""

from collections.abc import Mapping
from typing import Any

from hiveui.errors import GatewayError
from hiveui.gateway.alerts import ALERTS
from hiveui.gateway.bounds import BOUNDS
from hiveui.gateway.checkpoints import CHECKPOINTS
from hiveui.gateway.checks import CHECKS
from hiveui.gateway.collisions import COLLISIONS
from hiveui.gateway.files import FILES
from hiveui.gateway.hosts import HOSTS
from hiveui.gateway.memory import MEMORY
from hiveui.gateway.merging import MERGING
from hiveui.gateway.method import AGENT, WORKSPACE, Method, Param
from hiveui.gateway.method import maybe as _maybe
from hiveui.gateway.panes import PANES, SOUGHT
from hiveui.gateway.people import NEWS, PEOPLE
from hiveui.gateway.prompts import PROMPTS
from hiveui.gateway.protocol import Code
from hiveui.gateway.review import REVIEW
from hiveui.gateway.schema import COUNT, PAIR, TEXT, TEXT_BY_NAME, TEXTS, YES, Schema, mismatch
from hiveui.gateway.seat import SEAT
from hiveui.gateway.usage import USAGE
from hiveui.model.seat import Role

TABS: Schema = {"type": "array", "items": {"type": "object"}}

_WORKSPACE = WORKSPACE
_ROLE = AGENT
_FOLDER = "absolute path of the project"
_LAYOUT = {
    "layout": _maybe(TEXT, "name of a layout, or path of a file; the running one's, else `pair`"),
    "name": _maybe(TEXT, "name of the workspace; the folder's name"),
}

_SAVED = {
    "workspace": _WORKSPACE,
    "name": _maybe(TEXT, "name of the layout; the one it was opened from"),
    "project": _maybe(YES, "in the project's folder of layouts"),
}
_SHELVED = {"workspace": _WORKSPACE, "name": Param(TEXT, "its name"), "origin": Param(TEXT, "`project` or `yours`")}
_WISHES = {"wishes": _maybe(TEXT_BY_NAME, "otherwise than planned, by role: `anew`, `leave`, or a conversation")}

METHODS: Mapping[str, Method] = {
    "initialize": Method(
        "Introduce yourself; the first call of every connection.",
        Role.VIEWER,
        {
            "name": Param(TEXT, "program that calls"),
            "version": Param(TEXT, "its version"),
            "protocol": Param(PAIR, "oldest and newest protocol it speaks"),
            "token": _maybe(TEXT, "an agent's `HIVE_TOKEN`"),
            "seat": _maybe(SEAT, "no more than this: a role of the ladder, who it is, and the address they come from"),
        },
        "name, version, protocol, pid, role, epoch",
    ),
    "state/subscribe": Method(
        "Give the state as of event `seq`; every later event follows as a notification.",
        Role.VIEWER,
        result="seq, state",
    ),
    "workspace/plan": Method(
        "Say what opening a layout would run and change, and do nothing.",
        Role.OWNER,
        {"folder": Param(TEXT, _FOLDER), **_LAYOUT},
        "workspace, name, layout, file, hash, known, running, "
        "agents: [{role, kind, argv, dir, env, notes, "
        "worktree: {form, path, branch, exists: null on another host, copy, link, setup} or null}], "
        "hosts: [{name, way, argv}], overlaps: [{one, other, path}], changes: [{role, do}]",
    ),
    "workspace/open": Method(
        "Open a workspace, or bring a running one to its layout.",
        Role.OWNER,
        {
            "folder": _maybe(TEXT, f"{_FOLDER}; not with `scratch`"),
            **_LAYOUT,
            "env": Param(TEXT_BY_NAME, "environment that the agents get"),
            "hash": _maybe(TEXT, "the plan's hash that the person agreed to"),
            "size": Param(PAIR, "columns and rows of the person's terminal"),
            "remove": _maybe(YES, "end agents that the layout no longer has"),
            "scratch": _maybe(YES, "in a fresh repository of its own, which is removed with it"),
        },
        "workspace, started: [role], notes: [text]",
    ),
    "workspace/attach": Method(
        "Say from which environment a person looks on: its SSH agent serves from now on.",
        Role.DRIVER,
        {"env": Param(TEXT_BY_NAME, "SSH_AUTH_SOCK, if it is set")},
    ),
    "workspace/close": Method(
        "End a workspace's agents; it can be restored unless it is forgotten.",
        Role.OWNER,
        {"workspace": _WORKSPACE, "forget": _maybe(YES, "forget how it stood too; a scratch one always is")},
        "ended: [role], kept: whether it can be restored",
    ),
    "workspace/view": Method(
        "Remember where the person is.",
        Role.DRIVER,
        {
            **_ROLE,
            "tab": Param(COUNT, "tab shown, from 0"),
            "zoomed": Param(YES, "whether one pane fills the screen"),
        },
    ),
    "tabs/arrange": Method(
        "Put panes elsewhere, unless somebody else has meanwhile.",
        Role.DRIVER,
        {
            "workspace": _WORKSPACE,
            "before": Param(TABS, "tabs of the workspace as the client knows them"),
            "after": Param(TABS, "tabs as they are to be: `[{title, root}]`; a node is a role, or a split"),
        },
        "arranged: false where the tabs are not those of `before` any more, and nothing was done",
    ),
    "tabs/undo": Method(
        "Undo what was arranged, closed or stopped last, of the last 10 minutes.",
        Role.DRIVER,
        {"workspace": _WORKSPACE},
        "role: that came back, or '', resumed",
    ),
    "agent/add": Method(
        "Open a plain shell in the folder and environment of an agent.",
        Role.DRIVER,
        {
            "workspace": _WORKSPACE,
            "where": Param(TEXT, "`columns`: right of that agent, `rows`: below it, `tab`: in a tab of its own"),
            "beside": _maybe(TEXT, "the agent's role; without it, in the workspace's folder and a tab of its own"),
            "tab": _maybe(COUNT, "tab in which the agent is meant, from 0, where it stands in several"),
        },
        "role",
    ),
    "agent/close": Method(
        "End an agent and take its pane away; undoing brings it back.", Role.DRIVER, _ROLE, "undoable"
    ),
    "layout/list": Method(
        "List the layouts that a workspace's folder sees, nearest first.",
        Role.VIEWER,
        {"workspace": _WORKSPACE},
        "layouts: [{name, description, agents: [{role, kind}], tabs, origin, file, shadowed, error}]",
    ),
    "layout/diff": Method(
        "Say what saving a workspace as a layout would change, and do nothing.",
        Role.VIEWER,
        _SAVED,
        "name, file, new, same, diff: [line], hash",
    ),
    "layout/save": Method(
        "Write a workspace's tabs and roles to its layout's file, or to another.",
        Role.OWNER,
        {**_SAVED, "hash": _maybe(TEXT, "the hash of the difference that the person agreed to")},
        "name, file, new, same, diff: [line], hash, kept: the version before, or null; notes: [text]",
    ),
    "layout/move": Method(
        "Rename a layout of the project or the person, or take it away; what was in its file is kept.",
        Role.OWNER,
        {**_SHELVED, "to": _maybe(TEXT, "its new name; it is taken away without one")},
        "file: where it stands, or stood; kept: where what was in it is kept",
    ),
    "workspace/scroll": Method(
        "Remember how far back a pane is scrolled.",
        Role.DRIVER,
        {**_ROLE, "line": _maybe(COUNT, "line at its top, from the oldest; the present without one")},
    ),
    "workspace/draft": Method(
        "Remember a prompt that is not sent yet.",
        Role.DRIVER,
        {**_ROLE, "text": Param(TEXT, "the prompt as it is; empty forgets it")},
    ),
    "workspace/morning": Method(
        "Say what restoring a workspace would start, and do nothing.",
        Role.VIEWER,
        {"workspace": _WORKSPACE, "env": _maybe(TEXT_BY_NAME, "environment that the agents would get"), **_WISHES},
        "workspace, name, path, running, saved, generation, "
        "agents: [{role, kind, do, conversation, changed, conversations, why, obstacle, full}], notes: [text]",
    ),
    "workspace/restore": Method(
        "Rebuild a workspace whose tmux is gone as it was saved, and start its agents.",
        Role.OWNER,
        {
            "workspace": _WORKSPACE,
            "env": Param(TEXT_BY_NAME, "environment that the agents get"),
            "size": Param(PAIR, "columns and rows of the person's terminal"),
            **_WISHES,
        },
        "workspace, starting: [role], joined: it ran already, notes: [text]",
    ),
    "agent/restart": Method(
        "End an agent's program and start it again; it goes on with its conversation.",
        Role.DRIVER,
        {**_ROLE, "conversation": _maybe(TEXT, "another of its conversations; empty begins one")},
        "agent",
    ),
    "workspace/search": Method(
        "Find a text or a regular expression in all panes of a workspace.",
        Role.VIEWER,
        {"workspace": _WORKSPACE, **SOUGHT},
        "found: [{role, count, matches: [[row, cell, last row, last cell, text]]}], the last 50 of each",
    ),
    "agent/stop": Method("End an agent's program; its pane stays.", Role.DRIVER, _ROLE, "agent"),
    "agent/send": Method(
        "Put a text into an agent's prompt.",
        Role.DRIVER,
        {**_ROLE, "text": Param(TEXT, "the text"), "enter": _maybe(YES, "press enter after it")},
        "receipt: {sent, removed}",
    ),
    **PROMPTS,
    **BOUNDS,
    **MERGING,
    **CHECKS,
    **MEMORY,
    **REVIEW,
    **FILES,
    **HOSTS,
    "agent/keys": Method(
        "Press keys in an agent's pane.",
        Role.DRIVER,
        {**_ROLE, "keys": Param(TEXTS, "chords: `ctrl+c`, `enter`, `f5`, `a`")},
    ),
    "agent/read": Method(
        "Read what stands in an agent's pane.",
        Role.VIEWER,
        {
            **_ROLE,
            "lines": _maybe(COUNT, "last lines only"),
            "ansi": _maybe(YES, "with colours"),
            "history": _maybe(YES, "scrollback too"),
            "start": _maybe(COUNT, "`next` of the page before"),
        },
        "first, total, lines: [text], next: the following page's `start`, or null",
    ),
    "agent/answer": Method(
        "Answer what an agent asks, if it is still what the person saw.",
        Role.APPROVER,
        {
            **_ROLE,
            "dialog": Param(TEXT, "fingerprint of the dialog that was seen"),
            "choice": Param(COUNT, "the answer's number, from 1"),
            "text": _maybe(TEXT, "what is typed after it", Role.DRIVER),
            "lasting": _maybe(YES, "an answer that holds for times to come is meant so", Role.DRIVER),
        },
        "answered: the answer's label, gone: the dialog went",
    ),
    "agent/seen": Method("Take what an agent did as read; one that is stuck may go on.", Role.APPROVER, _ROLE),
    "agent/hush": Method(
        "Put off what an agent asks; without both, not any more.",
        Role.APPROVER,
        {
            **_ROLE,
            "minutes": _maybe(COUNT, "for so long"),
            "muted": _maybe(YES, "all that it asks, for good", Role.DRIVER),
        },
    ),
    "agent/why": Method(
        "Explain an agent's state, and on demand where its environment comes from.",
        Role.VIEWER,
        {
            **_ROLE,
            "env": _maybe(YES, "list the environment, secrets hidden"),
            "brief": _maybe(YES, "give what its program was given to read"),
        },
        "reading, agent, signs: [{source, state, evidence, since: seconds, last: seconds}], "
        "budget: why it is used up, or '', "
        "env?: [{name, value, origin, secret}], brief?: {text, way}",
    ),
    "agent/conversations": Method(
        "List the conversations that agents have had.",
        Role.VIEWER,
        {"workspace": _WORKSPACE, "role": _maybe(TEXT, "name of an agent in it; all")},
        "agents: [{role, kind, resumes, conversations: [{id, current, changed, title, kept}]}]",
    ),
    "agent/report": Method(
        "Report of oneself.",
        Role.AGENT,
        {
            "state": Param(TEXT, "a state's name"),
            "evidence": _maybe(TEXT, "what it rests on"),
            "conversation": _maybe(TEXT, "id by which the program resumes"),
        },
    ),
    "events/since": Method(
        "Tell what changed in the last minutes, or since the person was last away, in one sentence for each agent.",
        Role.VIEWER,
        {
            "minutes": _maybe(COUNT, "so many"),
            "workspace": _maybe(TEXT, "id of a workspace; all"),
            "words": _maybe(YES, "in the words of the model that the person chose, too, which costs", Role.DRIVER),
        },
        "since, whole: the log goes back as far, model: that the person chose, or '', agents: [{role, workspace, "
        "sentence, quiet, now, turns, asked, answered, files, errors, last_error, started, ended, usd, words?}], "
        "words?: {requests, input, output, usd: null where unknown, problem}",
    ),
    **ALERTS,
    **CHECKPOINTS,
    **COLLISIONS,
    **PANES,
    **PEOPLE,
    **USAGE,
    "events/list": Method(
        "Page through the event log.",
        Role.VIEWER,
        {"after": Param(COUNT, "events after this number"), "limit": Param(COUNT, "at most so many")},
        "records: [record], next: the following page's `after`, or null",
    ),
    "daemon/status": Method(
        "Tell how the daemon fares.",
        Role.VIEWER,
        result="pid, version, started, memory, cpu, forks, stall, clients, damage, tmux: {pid, version}",
    ),
    "daemon/stop": Method("End the daemon; agents go on.", Role.OWNER),
}

NOTIFICATIONS: Mapping[str, str] = {
    "event": "seq, time, trace_id, span_id, event: {type, …}",
    "alert": "title, text: both one line, and safe",
    "files/feed": "workspace, writes: those that are new or better known, newest first, bars",
    "people": NEWS,
    "pane/rows": "pane, size, rows: {line: [ansi, width]}, cursor, modes, history",
}
"""What the daemon sends of itself: the fields of each."""


def find(name: str) -> Method:
    """Look a method up. Raises GatewayError -32601."""
    method = METHODS.get(name)
    if method is None:
        raise GatewayError(f"There is no method {name[:80]!r}.", code=Code.METHOD_NOT_FOUND)
    return method


def check(method: Method, params: Mapping[str, Any]) -> None:
    """Refuse parameters that are unknown, missing or of another type. Raises GatewayError -32602."""
    wrong = mismatch(method.schema, params, "params")
    if wrong:
        raise GatewayError(wrong, code=Code.INVALID_PARAMS)
