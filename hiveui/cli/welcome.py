"""`hive` in a folder where nothing runs: what is there, what can be opened, and two questions once."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.cli import output
from hiveui.cli.choices import configuration, keep
from hiveui.cli.programs import installable, is_found, version_of
from hiveui.cli.reach import find_paths, here
from hiveui.config.files import Config
from hiveui.errors import HiveError
from hiveui.git.head import branch_of
from hiveui.hive.services import read_for
from hiveui.model.layout import Layout
from hiveui.model.state import State
from hiveui.model.text import visible
from hiveui.paths import Paths
from hiveui.tui.launcher import answered
from hiveui.tui.start import Offer, Program, Start

LAYOUT, DEMO, WORKSPACE = "layout", "demo", "workspace"
"""What an answer begins with, before a colon and a name."""
SHIPPED = "shipped"


def ask(state: State) -> str:
    """Have the person choose what to open; `layout:NAME`, `demo:…`, `workspace:ID`, or '' where they left."""
    paths, choices = find_paths(), configuration(here())
    choices.look()
    start = beginning(paths, here(), state, choices.config)
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
    offers = [*_layouts(paths, folder, kinds, found), *_running(state)]
    offers.sort(key=lambda offer: (offer.section, offer.answer.partition(":")[2] != config.settings.layout))
    known = {"theme", "back"} if config.problems else config.origins  # a broken file is mended by its person first
    questions = tuple(name for name in ("theme", "back") if name not in known)
    start = Start(_place(folder), tuple(offers), tuple(Program(*each) for each in found.items()), questions)
    usable = next((i for i, offer in enumerate(offers) if not offer.missing), 0)
    return start if questions else start.move(usable)


def _place(folder: Path) -> str:
    home = str(Path.home())
    shown = "~" + str(folder)[len(home) :] if str(folder).startswith(f"{home}/") else str(folder)
    branch = branch_of(folder)
    return visible(shown) + (f"  (git, {visible(branch)})" if branch else "")


def _layouts(paths: Paths, folder: Path, kinds: Mapping[str, Kind], found: Mapping[str, bool]) -> Iterator[Offer]:
    """Give the layouts that a name leads to, those first that need least."""
    seen: set[str] = set()
    origins = ("from this project", "yours", SHIPPED)
    for place, origin in zip(paths.layout_places(folder), origins, strict=True):
        for file in sorted(place.glob("*.y*ml")):
            if file.stem in seen:
                continue
            seen.add(file.stem)
            try:
                _, layout = read_for(folder, file, tuple(kinds))
            except HiveError as error:
                yield Offer("Layouts", visible(file.stem), "", origin, f"{LAYOUT}:{file.stem}", f"{error} {error.hint}")
            else:
                yield _offer(file.stem, layout, origin, kinds, found)


def _offer(name: str, layout: Layout, origin: str, kinds: Mapping[str, Kind], found: Mapping[str, bool]) -> Offer:
    needed = dict.fromkeys(spec.kind for spec in layout.agents if not spec.command)
    missing = " ".join(kinds[kind].install for kind in needed if not found.get(kind, True))
    do = DEMO if (name, origin) == (DEMO, SHIPPED) else LAYOUT  # it plays on a scratch repository
    return Offer("Layouts", visible(name), visible(layout.description), origin, f"{do}:{name}", visible(missing))


def _running(state: State) -> Iterator[Offer]:
    for workspace in sorted(state.workspaces.values(), key=lambda w: w.name):
        about = f"{len(workspace.agents)} agents, {visible(workspace.path)}"
        yield Offer("Running", visible(workspace.name), about, "return", f"{WORKSPACE}:{workspace.id}")
