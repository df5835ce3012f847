"""`python scripts/docs.py [--check]`: writes what the docs take from the code; `--check` names what is stale.

Some pages are made whole. Others are written by hand and hold blocks between `<!-- begin: NAME -->` and
`<!-- end: NAME -->`, which are made here.
"""

import ast
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

from hiveui.agents import catalog, patterns
from hiveui.agents.hooks.injection import Hooks
from hiveui.agents.hooks.payloads import HAPPENINGS, REFINED
from hiveui.agents.reading import read_screen
from hiveui.agents.rehearsal.steps import STEPS
from hiveui.agents.rulebook import rules_for
from hiveui.agents.sandboxes.templates import Template
from hiveui.cli import page as commands
from hiveui.config.options import options
from hiveui.config.palette import Palette
from hiveui.gateway import page as gateway
from hiveui.model.box import Needs
from hiveui.model.turns import Happening
from hiveui.storage import schema
from hiveui.tui.commands.every import COMMANDS
from hiveui.tui.commands.table import Command, Place, name, sheet

SHAPES = {
    "Mapping": "table of texts",
    "tuple": "list of texts",
    "Inline": "table",
    "Usage": "table",
    "Hooks": "table",
    "Needs": "table",
    "bool": "true or false",
    "int": "number",
    "float": "number with a point",
    "str": "text",
}
ROOT = Path(__file__).resolve().parents[1]


def kinds() -> str:
    """List the shipped kinds, those first that a person installs."""
    shipped = sorted(catalog.catalog().values(), key=lambda kind: (not kind.install, kind.name))
    rows = ((f"`{kind.name}`", kind.title, install(kind), yes(kind.resume), yes(kind.inline)) for kind in shipped)
    return table(("kind", "program", "installed by", "resumes", "out of the alternate screen"), rows)


def install(kind: catalog.Kind) -> str:
    """Give the command that the kind's sentence ends with."""
    command = kind.install.partition("Install it: ")[2]
    return f"`{command}`" if command else ""


def fields_of(record: type) -> str:
    """List what a table that is read into a dataclass may say, but for its file's name."""
    meanings = field_meanings(record)
    known = [field for field in fields(record) if field.name != "name"]
    rows = ((f"`{field.name}`", shape(str(field.type)), meanings[field.name]) for field in known)
    return table(("key", "value", "meaning"), rows)


def tells() -> str:
    """List by which way each program tells of itself, and of what; what it does not tell is read from its screen."""
    shown = [h for h in Happening if h in TOLD]
    rows = []
    for kind in sorted((kind for kind in catalog.catalog().values() if kind.hooks), key=lambda kind: kind.name):
        events = kind.hooks.events if kind.hooks else ()
        told = {h for event in events or STREAM for h in happenings(event)}
        ways = [f"hooks: {kind.hooks.way}" if kind.hooks else "", "OSC 7501" if kind.reports else ""]
        ids = "given at its start" if kind.session else "told"
        tried = ", ".join(rules_for(kind.name).tested)
        rows.append((f"`{kind.name}`", ", ".join(filter(None, ways)), *(yes(h in told) for h in shown), ids, tried))
    return table(("kind", "ways", *(h.value for h in shown), "conversation's id", "screens tried"), rows)


TOLD = frozenset({Happening.PROMPT, Happening.BUSY, Happening.APPROVAL, Happening.QUESTION, Happening.DONE})
TOLD |= {Happening.REST, Happening.FAILED, Happening.INTERRUPTED, Happening.RETRY}


STREAM = [event for event in (*HAPPENINGS, *(name for name, _ in REFINED)) if "." in event]
"""The events of OpenCode, whose plugin is not asked for some of them."""


def happenings(event: str) -> set[Happening]:
    """Give what an event of a program may mean."""
    finer = {h for (name, _), meanings in REFINED.items() if name == event for h in meanings.values()}
    return finer | {HAPPENINGS.get(event, Happening.NOTE)}


def inline_fields() -> str:
    """List what the table `[inline]` may say."""
    return ", ".join(f"`{key}`" for key in field_meanings(catalog.Inline)) + "\n"


def pattern_language() -> str:
    """Show what a pattern of a rule may hold."""
    head, _, rest = inspect.cleandoc(patterns.__doc__ or "").partition("\n\n")
    language, _, meaning = rest.partition("\n\n")
    return f"{head}\n\n```text\n{inspect.cleandoc(language)}\n```\n\n{meaning}\n"


def recordings() -> str:
    """Say how every recorded screen is read; those of one program that are read alike stand in one row."""
    rows = []
    for index in sorted((ROOT / "tests" / "data" / "recordings").glob("*/screens.json")):
        read: dict[tuple[str, str], list[str]] = {}
        for shot, about in sorted(json.loads(index.read_text("utf-8")).items()):
            screen = (index.parent / f"{shot}.txt").read_text("utf-8").split("\n")
            sign = read_screen(rules_for(index.parent.name.partition("-")[0]), screen, about["title"])
            verdict = "unsure" if sign is None else "right" if sign.state in about["shows"] else "wrong"
            read.setdefault((sign.state if sign else "unsure", verdict), []).append(f"`{shot}`")
        program = index.parent.name.replace("-", " ")
        rows += [(program, " ".join(names), state, verdict) for (state, verdict), names in sorted(read.items())]
    return table(("program", "recordings", "read as", ""), rows)


def recording_counts() -> str:
    """Count the verdicts."""
    verdicts = [(line.split("|")[4].strip(), line.count("`") // 2) for line in recordings().splitlines()[2:]]
    count = {verdict: sum(n for v, n in verdicts if v == verdict) for verdict in ("right", "unsure", "wrong")}
    each = ", ".join(f"{n} are {verdict}" for verdict, n in count.items())
    return f"Of {sum(count.values())} recorded screens {each}.\n"


def recorded_widths() -> str:
    """Say how recordings are read in panes of other widths, as `python -m tests.widths` counted."""
    counts = json.loads((ROOT / "tests" / "data" / "recordings" / "widths.json").read_text("utf-8"))
    verdicts = ("right", "unsure", "wrong")
    rows = (
        (width, *(str(found[way].get(verdict, 0)) for way in ("stills", "bytes") for verdict in verdicts))
        for width, found in counts.items()
    )
    return table(("columns", "stills right", "unsure", "wrong", "live bytes right", "unsure", "wrong"), rows)


def agent_fields() -> str:
    """List what an agent of a layout may say."""
    return table(("field", "meaning"), ((f"`{key}`", field.help) for key, field in schema.AGENT.items()))


def box_fields() -> str:
    """List what `sandbox` of an agent may say."""
    return table(("field", "meaning"), ((f"`{key}`", field.help) for key, field in schema.BOX.items()))


def choices() -> str:
    """List what a configuration may say."""
    rows = []
    for key, option in options({}).items():
        variable = f"`{option.variable}`" if option.variable else ""
        rows.append((f"`{key}`", option.help, variable, option.project.value))
    return table(("key", "meaning", "variable", "a project may set it"), rows)


def colours() -> str:
    """List what a theme may say."""
    meanings = field_meanings(Palette)
    return table(("colour", "meaning"), ((f"`{key}`", meanings[key] or f"what is {key}") for key in meanings))


def steps() -> str:
    """List the steps of a rehearsal's script; optional fields in brackets."""
    rows = []
    for do, play in STEPS.items():
        optional = play.__kwdefaults__ or {}
        fields = [key for key in play.__annotations__ if key not in {"actor", "return"}]
        named = " ".join(f"`[{key}]`" if key in optional else f"`{key}`" for key in fields)
        rows.append((f"`{do}`", named, sentence(inspect.getdoc(play) or "")))
    return table(("`do`", "fields", "what it does"), rows)


def short_keys() -> str:
    """List the keys that the status line names, and those that lead back."""
    chosen = [c for c in COMMANDS if c.place is Place.SUPERVISE and c.hint]
    back = [c for c in COMMANDS if c.id == "interact.back"]
    rows = [(f"`{name(c)}`", c.title) for c in chosen] + [(keys_of(c), f"{c.title} (from Interact)") for c in back]
    return table(("key", "what it does"), rows)


def layers() -> str:
    """Draw the ladder that import-linter enforces."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    ladder = next(contract["layers"] for contract in found if contract["type"] == "layers")
    return "```\n" + "\n".join(ladder) + "\n```\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/commands.md": commands.page,
    "docs/gateway.md": gateway.page,
    "docs/keys.md": lambda: sheet(COMMANDS),
}
BLOCKS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"keys": short_keys},
    "docs/agents.md": {
        "kinds": kinds,
        "kind-fields": partial(fields_of, catalog.Kind),
        "inline-fields": inline_fields,
        "usage-fields": partial(fields_of, catalog.Usage),
        "patterns": pattern_language,
        "recordings": recordings,
        "recording-counts": recording_counts,
        "recording-widths": recorded_widths,
        "hooks-fields": partial(fields_of, Hooks),
        "sandbox-needs": partial(fields_of, Needs),
        "tells": tells,
    },
    "docs/architecture.md": {"layers": layers},
    "docs/configuration.md": {"options": choices, "colours": colours},
    "docs/layouts.md": {"agent-fields": agent_fields},
    "docs/rehearsal.md": {"steps": steps},
    "docs/sandboxes.md": {"sandbox-fields": box_fields, "sandbox-template": partial(fields_of, Template)},
}


def field_meanings(record: type) -> dict[str, str]:
    """Give the fields of a dataclass with the string under each, or '' where there is none."""
    body = next(node.body for node in ast.walk(ast.parse(inspect.getsource(record))) if isinstance(node, ast.ClassDef))
    meanings: dict[str, str] = {}
    key = ""
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            key = node.target.id
            meanings[key] = ""
        elif key and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            meanings[key] = inspect.cleandoc(str(node.value.value)).replace("\n", " ")
    return meanings


def shape(annotation: str) -> str:
    """Name a field's type as TOML has it."""
    return next(words for begin, words in SHAPES.items() if begin in annotation)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def yes(value: object) -> str:
    """Say yes, or nothing."""
    return "yes" if value else ""


def sentence(text: str) -> str:
    """Give the first paragraph on one line."""
    return text.partition("\n\n")[0].replace("\n", " ")


def keys_of(command: Command) -> str:
    """Name every key of a command."""
    return " ".join(f"`{key}`" for key in command.keys)


def filled(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Put every block of a page in its place. Raises ValueError where the page has no such place."""
    for block, make in blocks.items():
        place = re.compile(rf"(?<=<!-- begin: {block} -->\n).*?(?=<!-- end: {block} -->)", re.DOTALL)
        count = len(place.findall(text))
        if count != 1:
            raise ValueError(f"the block {block} stands {count} times in the page, and not once")
        text = place.sub(make().replace("\\", r"\\"), text)
    return text


def stale() -> Iterator[tuple[Path, str]]:
    """Find the files that are not what the code says; give what they should be."""
    for page, make in PAGES.items():
        yield from differing(ROOT / page, make())
    for page, blocks in BLOCKS.items():
        path = ROOT / page
        yield from differing(path, filled(path.read_text("utf-8"), blocks))


def differing(path: Path, wanted: str) -> Iterator[tuple[Path, str]]:
    """Give the path and its text if the file has another."""
    if not path.exists() or path.read_text("utf-8") != wanted:
        yield path, wanted


def main() -> int:
    """Write what is stale, or name it; give the exit status."""
    check = sys.argv[1:] == ["--check"]
    found = list(stale())
    for path, wanted in found:
        print(f"{path.relative_to(ROOT)} {'is stale: make docs' if check else 'written'}")
        if not check:
            path.write_text(wanted, "utf-8")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
