"""`hive` in a folder where nothing runs: what is there, what can be opened, and two questions once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.cli import output
from hiveui.cli.choices import configuration, keep
from hiveui.cli.editing import edit_layout
from hiveui.cli.programs import installable, is_found, version_of
from hiveui.cli.reach import find_paths, here
from hiveui.config.files import Config
from hiveui.errors import HiveError
from hiveui.git.head import branch_of
from hiveui.hive.services import looked_for, read_for
from hiveui.model.layout import Layout
from hiveui.model.morning import when
from hiveui.model.state import State, Workspace
from hiveui.model.text import counted, visible
from hiveui.paths import Paths
from hiveui.tui.commands.every import keymap
from hiveui.tui.commands.table import Place
from hiveui.tui.launcher import answered
from hiveui.tui.start import Offer, Program, Start

LAYOUT, DEMO, WORKSPACE, EDIT = "layout", "demo", "workspace", "edit"
"""What an answer begins with, before a colon and a name."""
SHIPPED = "shipped"


def ask(state: State) -> str:
    """Have the person choose what to open; `layout:NAME`, `demo:…`, `workspace:ID`, or '' where they left.

    A layout that they want to edit is edited, and they are asked again.
    """
    remark, edited = "", ""
    while True:
        opened = _asked(state, remark, edited)
        do, _, edited = opened.partition(":")
        if do != EDIT:
            return opened
        try:
            done = edit_layout(edited)
        except HiveError as error:
            remark = f"{error} {error.hint}".rstrip()
        else:
            remark = done.wrong or (f"Edited {done.file}; the version before is {done.kept}." if done.kept else "")


def _asked(state: State, remark: str, edited: str) -> str:
    """Show what there is once, with a remark on the layout that was edited, if one was."""
    paths, choices = find_paths(), configuration(here())
    choices.look()
    start = beginning(paths, here(), state, choices.config)
    if edited and not start.question:
        at = next((i for i, offer in enumerate(start.offers) if offer.edit == f"{EDIT}:{edited}"), start.at)
        start = replace(start, at=at, remark=visible(remark))
    settings, own = choices.config.settings, choices.config.themes
    kinds = catalog(paths.kinds)

    def show() -> bytes:
        from hiveui.tui.welcome import WelcomeApp, answer  # noqa: PLC0415  in the child, which shows it

        app = WelcomeApp(
            start, chosen=settings.theme, own=own, back=settings.back, ask=lambda name: version_of(kinds[name])
        )
        return json.dumps(answer(app.run() or app.start)).encode()

    told: dict[str, Any] = json.loads(answered(show) or b'{"answers": {}, "open": ""}')
    if told["answers"]:
        answers = {key: value[0] if key == "theme" else value for key, value in told["answers"].items()}
        try:
            keep(paths, answers)
        except HiveError as error:
            output.talk(f"What you chose is not kept: {error} {error.hint}")
    return str(told["open"])


def beginning(paths: Paths, folder: Path, state: State, config: Config) -> Start:
    """Look at what there is."""
    kinds = catalog(paths.kinds)
    found = {name: is_found(kind) for name, kind in installable(kinds).items()}
    layouts = sorted(
        _layouts(paths, folder, kinds, found), key=lambda o: o.answer.partition(":")[2] != config.settings.layout
    )
    offers = (*layouts, *_workspaces(state))
    known = {"theme", "back"} if config.problems else config.origins  # a broken file is mended by its person first
    questions = tuple(name for name in ("theme", "back") if name not in known)
    programs = tuple(Program(*each) for each in found.items())
    keys = keymap(config.settings).hints(Place.SUPERVISE)
    start = Start(_place(folder), offers, programs, questions, keys=keys)
    usable = next((i for i, offer in enumerate(offers) if not offer.missing), 0)
    return start if questions else start.move(usable)


def _place(folder: Path) -> str:
    branch = branch_of(folder)
    return _from_home(str(folder)) + (f"  (git, {visible(branch)})" if branch else "")


def _from_home(folder: str) -> str:
    home = str(Path.home())
    return visible("~" + folder[len(home) :] if folder.startswith(f"{home}/") else folder)


def _layouts(paths: Paths, folder: Path, kinds: Mapping[str, Kind], found: Mapping[str, bool]) -> Iterator[Offer]:
    """Give the layouts that a name leads to, those first that need least."""
    seen: set[str] = set()
    origins = ("from this project", "yours", SHIPPED)
    for place, origin in zip(paths.layout_places(folder), origins, strict=True):
        for file in sorted(place.glob("*.y*ml")):
            if file.stem in seen:
                continue
            seen.add(file.stem)
            edit = f"{EDIT}:{file.stem}"
            try:
                text, layout = read_for(folder, file, tuple(kinds))
            except HiveError as error:
                wrong = visible(f"{error} {error.hint}")
                yield Offer("Layouts", visible(file.stem), "", origin, f"{LAYOUT}:{file.stem}", wrong, edit)
            else:
                if looked_for(file, text):
                    layout = replace(layout, description=_services(layout))
                yield _offer(file.stem, layout, origin, kinds, found)._replace(edit=edit)


def _services(layout: Layout) -> str:
    """Say which services a layout whose agents are looked for has found here."""
    found = [spec for spec in layout.agents if spec.kind != "shell"]
    if len(found) == 1 and found[0].dir == ".":
        return "one agent for it all: no compose file, workspace or folder names services"
    return f"one agent per service: {', '.join(spec.role for spec in found)}"


def _offer(name: str, layout: Layout, origin: str, kinds: Mapping[str, Kind], found: Mapping[str, bool]) -> Offer:
    needed = dict.fromkeys(spec.kind for spec in layout.agents if not spec.command)
    missing = " ".join(kinds[kind].install for kind in needed if not found.get(kind, True))
    do = DEMO if (name, origin) == (DEMO, SHIPPED) else LAYOUT  # it plays on a scratch repository
    return Offer("Layouts", visible(name), visible(layout.description), origin, f"{do}:{name}", visible(missing))


def _workspaces(state: State) -> Iterator[Offer]:
    """Give the workspaces, those that run first, then the others, the last one first."""
    now = datetime.now(UTC)
    for workspace in sorted(state.workspaces.values(), key=_last_first):
        count = len(workspace.agents)
        facts = [counted(count, "agent"), when(workspace.saved, now) if workspace.note else "running"]
        about = ", ".join([*filter(None, facts), _from_home(workspace.path)])
        do = "restore" if workspace.note else "return"
        yield Offer("Last here", visible(workspace.name), about, do, f"{WORKSPACE}:{workspace.id}")


def _last_first(workspace: Workspace) -> tuple[bool, float, str]:
    try:
        saved = datetime.fromisoformat(workspace.saved).timestamp()
    except ValueError:
        saved = 0.0
    return bool(workspace.note), -saved, workspace.name
