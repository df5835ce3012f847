"""The fields of a layout file: one table that the strict reader and the editors' JSON Schema both come from."""

import re
from collections.abc import Mapping
from typing import Any

from hiveui.model.alerts import Level
from hiveui.model.box import HOST as REACHED
from hiveui.model.box import OFF, OPEN
from hiveui.model.hosts import HOST_NAME, LOCAL, HostSpec, Way
from hiveui.model.names import NAME, quoted
from hiveui.model.ownership import Mode
from hiveui.model.permits import read_permit
from hiveui.model.variables import is_refused
from hiveui.storage.shapes import MAX_TEXT, Field, Shape, fields, json_map, list_of, matching, number, one_of, text
from hiveui.storage.yaml import Fields, Items, Node, Text

MAX_REPLICAS = 64
ON_STUCK = ("flag", "interrupt")
"""What may be done with an agent that is stuck."""

ON_FAIL = ("flag", "tell")
"""What may be done where a check fails."""

MEMORY = ("tell", "quiet")
"""Whether an agent hears of changes of the project's memory."""


def _money(node: Node, what: str) -> float:
    if isinstance(node, Text) and not node.quoted and re.fullmatch(_AMOUNT, node.text) and float(node.text) > 0:
        return float(node.text)
    raise node.place.wrong(f"{what} is to be an amount in USD", "Write it as 5.00.")


def _yes(node: Node, what: str) -> bool:
    if isinstance(node, Text) and not node.quoted and node.text in {"true", "false"}:
        return node.text == "true"
    raise node.place.wrong(f"{what} is to be true or false", "Write one of them, without quotes.")


def argv(node: Node, what: str) -> tuple[str, ...]:
    if isinstance(node, Text):
        mend = f'Write a list of words; for a shell line: ["sh", "-c", {quoted(node.text)}].'
        raise node.place.wrong(f"{what} is to be a list of words, not a line", mend)
    found: tuple[str, ...] = _WORDS.read(node, what)
    if not found or not found[0].strip():
        raise node.place.wrong(f"{what} names no program", "Write the program first: [make, test].")
    return found


def _permit(node: Node, what: str) -> str:
    found = text(node, what)
    try:
        return read_permit(found).text
    except ValueError as error:
        raise node.place.wrong(str(error).rstrip(".")) from None


def _variables(node: Node, what: str) -> dict[str, str]:
    if not isinstance(node, Fields):
        raise node.place.wrong(f"{what} is to be a map", "Write {NAME: value}.")
    for key, place in node.keys.items():
        if not re.fullmatch(_VARIABLE, key):
            raise place.wrong(f"{what} cannot set {quoted(key)}", "A variable's name has letters, digits and _.")
        if is_refused(key):
            mend = "It makes other programs run code, or belongs to HiveUI; set it in a program that `command` names."
            raise place.wrong(f"{what} may not set {key[:40]}", mend)
    return {key: text(value, f"{key[:40]} in {what}") for key, value in node.fields.items()}


def _contracts(node: Node, what: str) -> dict[str, tuple[str, ...]]:
    """Read a list of globs, or a map of globs to the roles that depend on them."""
    if isinstance(node, Fields):
        for glob, place in node.keys.items():
            _GLOB.read(Text(place, glob, quoted=True), f"a glob of {what}")
        return {glob: _ROLES.read(roles, f"{glob!r} in {what}") for glob, roles in node.fields.items()}
    return dict.fromkeys(_GLOBS.read(node, what), ())


def _destination(node: Node, what: str) -> tuple[str, ...]:
    """Read where ssh(1) is to go: one word, or several of which the last is it."""
    words: tuple[str, ...] = _ARGV.read(node, what) if isinstance(node, Items) else (text(node, what),)
    if not words[-1].strip() or words[-1].startswith("-") or any(char.isspace() for char in words[-1]):
        mend = 'Write it as build.example.org, or as [-p, "2222", me@build.example.org].'
        raise node.place.wrong(f"{what} ends in no destination", mend)
    return words


_TAKEN = {LOCAL: "That is this one", "retry": "`hive hosts retry` tries all of them again"}
"""What no other host is called, and why."""


def _hosts(node: Node, what: str) -> dict[str, HostSpec]:
    """Read a map of hosts' names to how they are reached."""
    if not isinstance(node, Fields):
        raise node.place.wrong(f"{what} is to be a map", "Write {build: {ssh: build.example.org}}.")
    found = {}
    for name, place in node.keys.items():
        _HOST.read(Text(place, name, quoted=True), f"a host of {what}")
        if name in _TAKEN:
            raise place.wrong(f"{what} cannot name a host {name}", f"{_TAKEN[name]}; call it something else.")
        given = fields(node.fields[name], f"host {name}", HOST)
        ways = [way for way in (Way.SSH, Way.COMMAND) if way in given]
        if len(ways) != 1:
            raise place.wrong(f"host {name} is to have either `ssh` or `command`", "Write {ssh: build.example.org}.")
        found[name] = HostSpec(name, ways[0], given[ways[0]], given.get("dir", ""))
    return found


def _unread(node: Node, what: str) -> Node:  # noqa: ARG001  the reader of layouts goes into it
    return node


_AMOUNT = r"[0-9]{1,6}(?:\.[0-9]{1,2})?"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_TEXT = Shape(text, {"type": "string", "maxLength": MAX_TEXT})
_LINE = matching(r"[^\n\t]{1,200}", "Write one line of at most 200 characters.")
_NAME = matching(NAME.pattern, "Begin with a letter or digit; use letters, digits, space . _ - and at most 64.")
_WORD = matching(r"[a-z][a-z0-9-]{0,31}", "Write one word of small letters, digits and hyphens.")
_PATH = matching(r"[^\n\t~][^\n\t]{0,1023}", "Write a path below the workspace's folder, or one that begins with /.")
_GLOB = matching(r"(?!(?:.*/)?\.\.(?:/|$))[^\n\t]{1,1024}", 'Write globs below the checkout, as "services/api/**".')
_FILE = matching(
    r"(?!/)(?!(?:.*/)?\.\.(?:/|$))(?!(?:\./)*\.[gG][iI][tT](?:/|$))[^\n\t~][^\n\t]{0,1023}",
    "Write paths below the repository's top, as .env or web/node_modules.",
)
_MODEL = matching(r"[A-Za-z0-9][A-Za-z0-9._:/@+\[\]-]{0,127}", "Write the model's name as its program takes it.")
_HOST = matching(HOST_NAME.pattern, "Write local, or a name of `hosts`: small letters, digits and hyphens, at most 20.")
_REACHED = list_of(
    matching(REACHED.pattern, 'Write names with a port or none: [pypi.org, "*.x.org:8443"].'), "[pypi.org]"
)
_GLOBS = list_of(_GLOB, '[api/openapi.yaml, "proto/**"]')
_ROLES = list_of(_NAME, "[backend, frontend]", least=1)
_WORDS = list_of(_TEXT, '["one", "two"]')
_ARGV = Shape(argv, {**_WORDS.schema, "minItems": 1})
_ENV = Shape(
    _variables,
    {"type": "object", "propertyNames": {"pattern": f"^{_VARIABLE}$"}, "additionalProperties": _TEXT.schema},
)
_MONEY = Shape(_money, {"type": "number", "exclusiveMinimum": 0, "maximum": 999_999.99})
_BOOLEAN = Shape(_yes, {"type": "boolean"})

HOST: Mapping[str, Field] = {
    "ssh": Field(
        Shape(_destination, {"anyOf": [_TEXT.schema, _ARGV.schema]}),
        "where it is, as `ssh` takes it: a name of your ~/.ssh/config, or words with options, the destination last",
    ),
    "command": Field(_ARGV, "words after which a command runs there: [docker, exec, -i, box]"),
    "dir": Field(_PATH, "folder there that agents' `dir` is below; the home there where nothing is said"),
}
"""What an entry of `hosts` may say."""
HOSTS = Shape(
    _hosts,
    {
        "type": "object",
        "propertyNames": _HOST.schema,
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: {**field.shape.schema, "description": field.help} for key, field in HOST.items()},
            "oneOf": [{"required": [way]} for way in ("ssh", "command")],
        },
    },
)

BOX: Mapping[str, Field] = {
    "use": Field(_WORD, "its name", needed=True),
    "network": Field(
        Shape(
            lambda node, what: (_REACHED if isinstance(node, Items) else one_of(OFF, OPEN)).read(node, what),
            {"anyOf": [_REACHED.schema, {"enum": [OFF, OPEN]}]},
        ),
        'hosts that may be reached besides those that its kind needs: [pypi.org, "*.npmjs.org:443"]; off; open (all)',
    ),
    "read": Field(list_of(_LINE, "[~/models]"), "folders and files that it may read, besides the system's"),
    "image": Field(matching(r"[A-Za-z0-9][\w.:/@-]{0,255}", "Write it as node:22."), "the image that it runs, if any"),
    "socket": Field(_BOOLEAN, "let HiveUI's socket in: it is an agent there, as its token says"),
}
"""What `sandbox` may say."""
SANDBOX = Shape(
    lambda node, what: fields(node, what, BOX) if isinstance(node, Fields) else _WORD.read(node, what),
    {"anyOf": [_WORD.schema, json_map(BOX)]},
)

AGENT: Mapping[str, Field] = {
    "kind": Field(_WORD, "program: claude, codex, gemini, opencode, qwen, copilot, shell, rehearsal, or one of yours"),
    "command": Field(_ARGV, "words that replace the kind's own command, run as they are written"),
    "dir": Field(_PATH, "folder in the workspace where it works"),
    "env": Field(_ENV, "variables of its environment"),
    "brief": Field(_TEXT, "what it is told at its start"),
    "constraints": Field(list_of(_LINE, '["touch no migrations"]'), "what it is to keep to, a line each"),
    "done": Field(list_of(_LINE, '["tests are written"]'), "what has to be true before it says that it is done"),
    "memory": Field(one_of(*MEMORY), "tell (it hears when the project's memory changes, the default), or quiet"),
    "model": Field(_MODEL, "model it is started with"),
    "replicas": Field(number(1, MAX_REPLICAS), "how many of it"),
    "checkout": Field(
        _PATH, "`shared` (the workspace's folder), `worktree` (one of its own, on its own branch), `clone`, or a path"
    ),
    "copy": Field(list_of(_FILE, "[.env]"), "what a fresh worktree gets copies of, as `.env`"),
    "link": Field(list_of(_FILE, "[node_modules]"), "what a fresh worktree gets links to, as `node_modules`"),
    "setup": Field(list_of(_ARGV, "[[npm, ci]]"), "commands that are run once at the top of a fresh worktree"),
    "history": Field(number(100, 200_000), "lines of scrollback"),
    "inline": Field(_BOOLEAN, "keep it out of the alternate screen where that can be done"),
    "budget": Field(_MONEY, "USD that it may use; said at 80 %, and when it is used up its queue is held"),
    "on_stuck": Field(
        one_of(*ON_STUCK), "what is done once it goes round in circles: flag (you are told), or interrupt its turn too"
    ),
    "stuck_minutes": Field(number(1, 1440), "minutes without output after which it counts as stuck"),
    "allow": Field(
        list_of(Shape(_permit, _LINE.schema), '["Bash(git status*)"]'),
        "permission prompts that are answered with yes once, as `Bash(git status*)`, `Read(docs/**)`",
    ),
    "notify": Field(one_of(*Level), "what you are notified of: off, needs, all; what you chose where nothing is said"),
    "owns": Field(
        list_of(_GLOB, '["services/**"]'),
        "what it may write, as globs in .gitignore's syntax; `[]`: nothing, it is read-only; anything where not said",
    ),
    "mode": Field(
        one_of(*Mode),
        "what becomes of its writes outside: warn (you are told), ask (its program asks you first, where it can), "
        "block (the system forbids them, where it can)",
    ),
    "tell": Field(_BOOLEAN, "it is told of its own writes outside"),
    "depends": Field(list_of(_GLOB, '["api/**"]'), "contracts that it is told of when they change, as globs"),
    "check": Field(_ARGV, "command that proves its work: run where it works when it says that it is done; 0 is proof"),
    "on_fail": Field(
        one_of(*ON_FAIL), "what is done once its check fails: flag (you are told), or tell (it is, a few times)"
    ),
    "host": Field(_HOST, "host it runs on: a name of `hosts`, here or in config.yaml; `local` where nothing is said"),
    "hosts": Field(
        list_of(_HOST, "[build-1, build-2]", least=1),
        "hosts that its replicas are spread over, in turn; in place of `host`",
    ),
    "sandbox": Field(SANDBOX, "sandbox it runs in: bubblewrap, docker, podman, or one of yours; a map says more"),
}
"""What an entry of `agents`, and `defaults`, may say."""

_SPLIT_REF = {"$ref": "#/$defs/split"}

SPLIT: Mapping[str, Field] = {
    "split": Field(one_of("columns", "rows"), "panes beside (columns, the default) or below (rows) one another"),
    "panes": Field(
        Shape(_unread, {"type": "array", "minItems": 1, "items": {"anyOf": [_NAME.schema, _SPLIT_REF]}}),
        "the roles that it shows, and splits of them",
        needed=True,
    ),
    "sizes": Field(list_of(number(1, 1000), "[2, 1]"), "their weights, one for each pane"),
}
"""What a split of panes may say."""

TAB: Mapping[str, Field] = {"title": Field(_LINE, "what stands on the tab"), **SPLIT}


def _version(node: Node, what: str) -> int:
    if not isinstance(node, Text) or node.text != "1" or node.quoted:
        raise node.place.wrong(f"{what} is to be 1", "Write `version: 1`; another number needs another HiveUI.")
    return 1


_AGENTS = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": _NAME.schema,
    "additionalProperties": {"anyOf": [json_map(AGENT), {"type": "null"}]},
}
_DEFAULTS = Shape(lambda node, what: fields(node, what, AGENT), json_map(AGENT))

LAYOUT: Mapping[str, Field] = {
    "version": Field(Shape(_version, {"const": 1}), "the version of this format, 1", needed=True),
    "name": Field(_NAME, "the layout's name", needed=True),
    "description": Field(_LINE, "what it is for, in one line"),
    "worktrees": Field(
        _PATH, "folder of its agents' worktrees, outside of the checkout; HiveUI's own where nothing is said"
    ),
    "budget": Field(
        _MONEY, "USD that its agents may use together; said at 80 %, and when it is used up their queues are held"
    ),
    "contracts": Field(
        Shape(
            _contracts,
            {"anyOf": [_GLOBS.schema, {"type": "object", "additionalProperties": _ROLES.schema}]},
        ),
        "files that agents agree on: globs, or a map of globs to the roles that depend on them; these are sent what "
        "changes, or all where no role is named",
    ),
    "collisions": Field(
        one_of("show", "tell"), "agents that change one another's files: show (you are told), or tell (they are, too)"
    ),
    "check": Field(_ARGV, "command that proves the work of each agent that has no `check` of its own"),
    "hosts": Field(HOSTS, "other hosts that its agents run on, by name; those of config.yaml are there too"),
    "defaults": Field(_DEFAULTS, "what holds for each agent that says nothing"),
    "agents": Field(
        Shape(_unread, {"anyOf": [_AGENTS, {"const": "services"}]}),
        "a map of roles to what runs in them, or `services`: one for each service of the repository",
        needed=True,
    ),
    "tabs": Field(
        Shape(_unread, {"type": "array", "minItems": 1, "items": json_map(TAB)}),
        "where their panes stand; an even grid where nothing is said",
    ),
}
"""What a layout file may say."""


def role(node: Text) -> str:
    """Read the name of a role."""
    found: str = _NAME.read(node, "a role")
    return found


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema that editors complete layouts by."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "HiveUI layout",
        **json_map(LAYOUT),
        "$defs": {"split": json_map(SPLIT)},
    }
