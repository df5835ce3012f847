"""The keys of `config.yaml` and of a theme: one table that readers, JSON Schema and docs come from."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hiveui.config.palette import AUTO, SHIPPED, Palette
from hiveui.config.presets import PRESETS
from hiveui.config.settings import OFF, Summary
from hiveui.model.alerts import HOURS, Hours, Level
from hiveui.model.keys import Key, Mods, parse_chord
from hiveui.model.names import NAME, nearest, quoted
from hiveui.storage.schema import HOSTS, ON_STUCK, argv
from hiveui.storage.shapes import Field, Shape, fields, list_of, matching, number, one_of, text
from hiveui.storage.yaml import Fields, Items, Node, Text


class Project(StrEnum):
    """Whether the `.hive/config.yaml` of a project may set a key."""

    FREE = "yes"
    TRUSTED = "once you trust the file"
    """What decides on programs, hosts or rules."""
    NEVER = "no"
    """What belongs to the person: their keys above all, which answer questions."""


@dataclass(frozen=True, slots=True)
class Option:
    """One key of `config.yaml`."""

    shape: Shape
    help: str
    variable: str = ""
    """The environment variable that comes over the files."""
    project: Project = Project.NEVER


FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 36))
KEY_NAMES = frozenset(
    {
        *("escape", "enter", "tab", "backspace", "space", "insert", "delete", "menu"),
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
        *FUNCTION_KEYS,
    }
)
ALIASES: Mapping[str, str] = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "ins": "insert",
    "del": "delete",
}
"""How people, and our own help, also call keys."""
SAME: Mapping[str, str] = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "escape"}
"""Chords that terminals send as another key."""
ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("interact.back", "back.send"), "back"),
    **dict.fromkeys(("interact.prefix", "supervise.prefix", "prefix.send", "prefix.back"), "prefix"),
}
"""Commands whose keys are an option of their own."""


def chord(node: Node, what: str) -> str:
    """Read a key as `model.keys.Key.chord` names it."""
    found = text(node, what)
    key = parse_chord(found)
    name = key.name if len(key.name) == 1 else ALIASES.get(key.name.lower(), key.name.lower())
    strong = bool(key.mods & (Mods.CTRL | Mods.SUPER))
    if len(name) > 1 and name not in KEY_NAMES:
        mend = nearest(name, (*KEY_NAMES, *ALIASES)) if len(found) < 20 else ""
        mend = mend if mend.startswith("Did") else "Write it as ctrl+b, alt+x, f5, pageup or z."
        raise node.place.wrong(f"{what} is no key: {quoted(found)}", mend)
    if len(name) == 1 and key.mods & Mods.SHIFT and not strong:
        raise node.place.wrong(f"{what} cannot be {quoted(found)}", f"Write what shift makes of it: {name.upper()}.")
    whole = Key(name.lower() if strong and len(name) == 1 else name, key.mods).chord
    if whole in SAME:
        raise node.place.wrong(f"{what} cannot be {whole}", f"Terminals send it as {SAME[whole]}: write that.")
    return whole


CHORD = Shape(chord, {"type": "string", "maxLength": 40})


def _empty(node: Node) -> bool:
    return isinstance(node, Text) and (not node.text or (not node.quoted and node.text in {"~", "null", "none"}))


def _chords(node: Node, what: str) -> tuple[str, ...]:
    """Read one chord, a list of them, or nothing."""
    if _empty(node):
        return ()
    if isinstance(node, Items):
        return tuple(dict.fromkeys(chord(item, f"an entry of {what}") for item in node.items))
    return (chord(node, what),)


_CHORDS_SCHEMA = {"anyOf": [CHORD.schema, {"type": "array", "items": CHORD.schema}, {"type": "null"}]}


def _keys(commands: Mapping[str, str]) -> Shape:
    """Make the shape of a map of commands to chords; `commands` has titles by id, none where any id will do."""

    def read(node: Node, what: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(node, Fields):
            raise node.place.wrong(f"{what} is to be a map of commands to keys", "Write {view.zoom: [z]}.")
        for id_, place in node.keys.items():
            if id_ in ELSEWHERE:
                raise place.wrong(f"{what} cannot set {id_}", f"Set `{ELSEWHERE[id_]}` instead.")
            if commands and id_ not in commands:
                mend = nearest(id_, commands)
                mend = (
                    mend if mend.startswith("Did") else "The palette (`:` in `hive`) has every command with its name."
                )
                raise place.wrong(f"there is no command {quoted(id_)}", mend)
        return {id_: _chords(value, f"`{id_}` of {what}") for id_, value in node.fields.items()}

    known = {id_: {**_CHORDS_SCHEMA, "description": title} for id_, title in commands.items() if id_ not in ELSEWHERE}
    return Shape(read, {"type": "object", "properties": known, "additionalProperties": not known})


def _prefix(node: Node, what: str) -> str:
    return "" if _empty(node) else chord(node, what)


def words(**choices: Any) -> Shape:
    """Make the shape of a value that is written as a word."""
    shape = one_of(*choices)
    return Shape(lambda node, what: choices[shape.read(node, what)], shape.schema)


def _bound(least: int, most: int) -> Shape:
    """Make the shape of a bound: a whole number, or 0 for none."""

    def read(node: Node, what: str) -> int:
        if isinstance(node, Text) and not node.quoted and node.text.isascii() and node.text.isdecimal():
            found = int(node.text[:10])
            if found == 0 or least <= found <= most:
                return found
        raise node.place.wrong(
            f"{what} is to be 0 or a whole number from {least} to {most}", f"Write, say, {least}; 0 is never."
        )

    return Shape(read, {"type": "integer", "anyOf": [{"minimum": least, "maximum": most}, {"const": 0}]})


_NAME = matching(NAME.pattern, "Begin with a letter or digit; use letters, digits, space . _ - and at most 64.")
_LAYOUT = matching(r"[^\n\t]{1,1024}", "Write the name of a layout, or the path of its file.")
_KIND = matching(r"[a-z][a-z0-9-]{0,31}", "Write one word of small letters, digits and hyphens.")
_SWITCH = Shape(words(on=True, off=False, true=True, false=False).read, {"enum": ["on", "off", True, False]})
_SUMMARY: Mapping[str, Field] = {
    "model": Field(
        matching(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}", f"Write {OFF}, or a model's name as claude-haiku-5-5."),
        "the model's name, or off",
    ),
    "base_url": Field(
        matching(
            r"(?:https://[^\s/@]{1,256}|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)(?:/[^\s@]{0,512})?|",
            "Begin with https://, since the key goes there; http:// is for this machine.",
        ),
        "where it is asked, else ANTHROPIC_BASE_URL, else the provider's own",
    ),
    "key_command": Field(
        list_of(Shape(text, {"type": "string"}), '["pass", "show", "anthropic"]'),
        "what prints the key, else ANTHROPIC_API_KEY of the daemon's environment",
    ),
}


def _summary(node: Node, what: str) -> Summary:
    return Summary(**fields(node, what, _SUMMARY))


_COLOUR = matching(
    r"#[0-9a-fA-F]{6}|ansi_(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white)|ansi_default",
    'Write it as "#7aa2f7", in quotes, or as ansi_bright_blue.',
)


_LEVEL = words(**{level.value: level for level in Level})


def _roles(node: Node, what: str) -> dict[str, Level]:
    if not isinstance(node, Fields):
        raise node.place.wrong(f"{what} is to be a map of roles", "Write {planner: all, tests: off}.")
    return {
        _NAME.read(Text(place, role, quoted=True), "a role"): _LEVEL.read(
            node.fields[role], f"{quoted(role)} of {what}"
        )
        for role, place in node.keys.items()
    }


def _hours(node: Node, what: str) -> Hours | None:
    if _empty(node):
        return None
    found = text(node, what)
    try:
        return Hours.read(found)
    except ValueError:
        mend = "Write the beginning and the end, as 22:00-07:00."
        raise node.place.wrong(f"{what} cannot be {quoted(found)}", mend) from None


def _command(node: Node, what: str) -> tuple[str, ...]:
    none = _empty(node) or (isinstance(node, Items) and not node.items)
    found: tuple[str, ...] = () if none else argv(node, what)
    return found


_NOTIFICATIONS: Mapping[str, Option] = {
    "notify": Option(_LEVEL, "what you are notified of: needs (what waits for you), all (also what is done), or off"),
    "notify_roles": Option(
        Shape(_roles, {"type": "object", "additionalProperties": _LEVEL.schema}), "the same by role, over all else"
    ),
    "notify_terminal": Option(
        one_of("auto", "osc9", "osc99", "osc777", "bell", "off"),
        "auto: terminals pop up what they are known to take, others ring; or one of osc9, osc99, osc777, bell, off",
        "HIVE_NOTIFY_TERMINAL",
    ),
    "notify_desktop": Option(
        one_of("auto", "on", "off"), "auto: where no terminal that can pop it up shows the hive; on, off"
    ),
    "notify_command": Option(
        Shape(_command, {"type": ["array", "null"], "items": {"type": "string"}}),
        "program that is run with each, as a list of words; the text is in $HIVE_TEXT and its standard input",
    ),
    "notify_detail": Option(_SWITCH, "on: what agents ask stands in it, their command lines too; secrets masked"),
    "quiet_hours": Option(
        Shape(_hours, {"anyOf": [{"type": "string", "pattern": f"^(?:{HOURS.pattern})$"}, {"type": "null"}]}),
        "when nothing is told, as 22:00-07:00; what still stands at their end is told together",
    ),
}
"""How the person is called; none of it is a project's to say, and a layout says `notify` of its roles."""


_WATCHING: Mapping[str, Option] = {
    "summary": Option(
        Shape(
            _summary,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {k: {**f.shape.schema, "description": f.help} for k, f in _SUMMARY.items()},
            },
        ),
        "a small Anthropic model that says in a sentence of its own what each agent did while you were away: "
        "`{model: claude-haiku-5-5}`; off until you name one",
    ),
    "stuck_calls": Option(
        _bound(2, 100), "an agent is stuck that makes the same call of a tool so many times; 0: never for that"
    ),
    "stuck_errors": Option(_bound(2, 100), "… that meets the same error so many times; 0: never"),
    "stuck_minutes": Option(_bound(1, 1440), "… that prints nothing for so many minutes while it works; 0: never"),
    "stuck_tokens": Option(_bound(1000, 100_000_000), "… that writes so many tokens without a new call; 0: never"),
    "on_stuck": Option(
        one_of(*ON_STUCK), "flag: you are told; interrupt: its turn is ended too, as by its own key, once"
    ),
}
"""What is said of agents without being asked."""

_CHECKS: Mapping[str, Option] = {
    "checks": Option(number(1, 64), "how many checks of agents' work are run at once; the others wait"),
    "check_minutes": Option(number(1, 1440), "minutes that one may take before it is ended"),
    "check_tries": Option(
        number(1, 20), "how often an agent whose role says `on_fail: tell` is told in a row, before you are"
    ),
}
"""How agents' work is checked."""


def options(commands: Mapping[str, str], themes: Iterable[str] = ()) -> Mapping[str, Option]:
    """Give the table. `commands`: titles by id; `themes`: names of the person's own."""
    theme = one_of(AUTO, *SHIPPED, *themes)
    return {
        "theme": Option(
            theme,
            "colours: auto, dark, light, high-contrast, terminal (its own 16), or a theme of yours",
            "HIVE_THEME",
            Project.FREE,
        ),
        "motion": Option(words(full=True, reduced=False), "full, or reduced: no spinner turns", "HIVE_MOTION"),
        "notice_seconds": Option(number(1, 600), "how long a notice stays", project=Project.FREE),
        "bell": Option(_SWITCH, "on: the terminal's bell rings with every notification", "HIVE_BELL"),
        **_NOTIFICATIONS,
        "keys_preset": Option(
            one_of(*PRESETS),
            "default; tmux (ctrl+b, then any Supervise key); vim (ctrl+w likewise, vim's paging)",
            "HIVE_KEYS",
        ),
        "back": Option(
            list_of(CHORD, '["ctrl+]", f12]', least=1),
            "keys that lead back from Interact; twice types one",
            "HIVE_BACK",
        ),
        "prefix": Option(
            Shape(_prefix, {"anyOf": [CHORD.schema, {"type": "null"}]}),
            "a key after which one Supervise key works anywhere; null for none, else the preset's",
        ),
        "alt_keys": Option(_SWITCH, "on: alt with a digit goes to an agent from Interact", "HIVE_ALT_KEYS"),
        "keys": Option(_keys(commands), "keys by the id of a command, in place of its own; null takes them away"),
        "layout": Option(_LAYOUT, "what `hive` opens in a folder that has no workspace yet", project=Project.FREE),
        "kind": Option(_KIND, "what an agent runs whose layout names no kind", project=Project.TRUSTED),
        **_WATCHING,
        **_CHECKS,
        "hosts": Option(
            HOSTS,
            "other hosts that agents may run on, by name: `{build: {ssh: build.example.org}}`; see docs/hosts.md",
            project=Project.TRUSTED,
        ),
    }


COLOURS: Mapping[str, Shape] = {
    field.name: _SWITCH if field.name == "dark" else _COLOUR for field in dataclasses.fields(Palette)
}
"""What `colours` of a theme may say."""


def json_schema(commands: Mapping[str, str]) -> dict[str, Any]:
    """Make the JSON Schema that editors complete `config.yaml` by."""
    table = options(commands)
    shaped = {key: {**option.shape.schema, "description": option.help} for key, option in table.items()}
    shaped["theme"] = {**_NAME.schema, "examples": [AUTO, *SHIPPED], "description": table["theme"].help}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "HiveUI configuration",
        "type": "object",
        "additionalProperties": False,
        "properties": shaped,
    }
