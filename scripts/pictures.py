"""`python scripts/pictures.py FOLDER [WORD...]`: every screen, in each size and theme, as SVG to look at.

A picture is named SCENE-COLUMNSxROWS-THEME.svg; with words only those are taken whose name has one of them. With
rsvg-convert on the PATH each is there as PNG too. Takes some minutes.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import drawing
from stage import MissedError, Stage

SIZES = ((80, 24), (120, 32), (200, 50))


class Theme(NamedTuple):
    """A shipped theme, and a terminal that it is looked at on."""

    theme: str
    own: drawing.Colours
    light: bool = False


THEMES: Mapping[str, Theme] = {
    "dark": Theme("dark", drawing.DARK),
    "light": Theme("light", drawing.LIGHT, light=True),
    "contrast": Theme("high-contrast", drawing.XTERM),
    "contrast_light": Theme("high-contrast", drawing.LIGHT, light=True),
    "terminal": Theme("terminal", drawing.XTERM),
    "terminal_light": Theme("terminal", drawing.LIGHT, light=True),
}


class Scene(NamedTuple):
    """A screen: the keys that lead to it, what stands on it then, and the keys that lead back."""

    name: str
    keys: Sequence[str] = ()
    sees: Sequence[str] = ()
    back: Sequence[str] = ("Escape",)


WORKING = '[[step]]\ndo = "think"\nseconds = 9999\ntext = "Wiring the token check"\n'
FOUND = (
    '[[step]]\ndo = "say"\ntext = "The failure is in services/api/auth.py:41, since 3f2a9c1d4e; '
    'see https://example.org/shop/issues/41 and docs/plans/auth.md."\n'
)
ASKING = (
    '[[step]]\ndo = "stream"\ntext = "The page has to notice that it was logged out."\n'
    '[[step]]\ndo = "ask"\ncommand = ["npm", "install", "jose"]\ntext = "Install a library"\n'
)
QUESTION = (
    '[[step]]\ndo = "question"\ntext = "Keep the old session cookie for 30 days?"\n'
    'choices = ["Keep it", "Drop it tonight"]\n'
)


class Door(NamedTuple):
    """A command that opens the screen, and what stands there then."""

    argv: Sequence[str] = ()
    ready: Sequence[str] = ()


SCRIPTS: Mapping[str, str] = {
    "planner": '[[step]]\ndo = "say"\ntext = "The plan is in docs/plans/auth.md. Next: review it."\n',
    "backend": FOUND + WORKING,
    "frontend": ASKING,
    "tests": WORKING,
    "review": QUESTION,
    "docs": "",
    "api": '[[step]]\ndo = "fail"\ntext = "The model is overloaded."\n',
    "billing": '[[step]]\ndo = "exit"\nstatus = 1\n',
    "web": WORKING,
}
"""What each role plays; the last word of it stays on the screen."""
ONE = ("backend",)
FIVE = ("planner", "backend", "frontend", "tests", "review")
NINE = tuple(SCRIPTS)
COLUMN: dict[str, Any] = {"split": "rows"}
TABS: Mapping[Sequence[str], list[dict[str, Any]]] = {
    ONE: [{"title": "work", "panes": ["backend"]}],
    FIVE: [
        {
            "title": "build",
            "split": "columns",
            "panes": [COLUMN | {"panes": ["planner", "frontend"]}, COLUMN | {"panes": ["backend", "tests"]}],
        },
        {"title": "review", "panes": ["review"]},
    ],
    NINE: [
        {
            "title": "all",
            "split": "columns",
            "panes": [COLUMN | {"panes": list(NINE[at : at + 3])} for at in (0, 3, 6)],
        }
    ],
}
AT_WORK = (
    Scene("workspace", ["2"], back=()),
    Scene("zoomed", ["z"], [], ["z"]),
    Scene("interact", ["3", "Enter"], ["typing into 3 frontend"], ["F12", "Escape", "2"]),
    Scene("roster", ["R"], [], ["R"]),
    Scene("jump", ["g"], [], ["Escape"]),
    Scene("palette", [":"], ["› ▏"]),
    Scene("palette_filtered", [":", "r", "e", "s"], ["› res"], ["C-c"]),
    Scene("help", ["?"], [" Keys"]),
    Scene("why", ["w"], ["Why 2"]),
    Scene("prompt", ["s", *"Write the test first,", "C-j", *"then mend it."], ["mend it."], ["Escape"]),
    Scene("history", ["PPage"], [], ["Escape"] * 2),
    Scene("selection", ["y", "v", "k", "k", "w", "w"], [], ["Escape"] * 3),
    Scene("search", ["PPage", "?", *"auth"], ["auth"], ["Escape"] * 3),
    Scene("found_here", ["PPage", "?", *"auth", "Enter"], [], ["Escape"] * 3),
    Scene("search_all", ["C-f", *"auth", "Enter"], ["auth"]),
    Scene("hints", ["F"], [], ["Escape"]),
    Scene("switcher", ["o"], []),
    Scene("attention", ["A"], ["need you"]),
    Scene("answer", ["A", "1"], ["enter gives"], ["Escape", "Escape"]),
    Scene("away", ["H"], ["While you were away"]),
    Scene("cost", ["$"], ["What shop costs"]),
    Scene("owners", ["O"], ["Owners"], ["Escape"]),
    Scene("contracts", ["t"], ["Contracts"], ["Escape"]),
    Scene("broadcast", ["S", "a"], ["marked"]),
    Scene("phrases", ["@"], ["7 of 7"], ["Escape", "Escape"]),
    Scene("wrong", ["W"], [], ["Escape"]),
    Scene("memory", ["m"], ["What all are to know"]),
    Scene("memory_written", ["m", "e", *"# Shop"], ["ctrl+s"], ["Escape", "Escape"]),
    Scene("check", ["E"], ["check"]),
    Scene("brief", ["b"], ["given to read"]),
    Scene("layouts", ["L"], [], ["Escape"]),
    Scene("save", ["C-s"], [], ["Escape"]),
    Scene("stop", ["x"], ["Stop 2"], ["Escape"]),
    Scene("arrange", ["="], [], ["Escape"]),
    Scene("move", ["M"], [], ["Escape"]),
    Scene("rename", [","], [], ["Escape"]),
    Scene("performance", ["P"], [], ["P"]),
    Scene("notice", ["U"], [], ["Escape"]),
    Scene("tab", ["]"], ["review"], ["["]),
)


class Camera:
    """Takes the pictures that are wanted, into a folder."""

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self._folder = folder
        self._words = words
        self.missed = 0

    def wants(self, name: str) -> bool:
        """Tell whether a picture was asked for."""
        return not self._words or any(word in name for word in self._words)

    def take(self, stage: Stage, name: str, own: drawing.Colours) -> None:
        """Take a picture of the terminal."""
        file = self._folder / f"{name}.svg"
        file.write_text(drawing.svg(stage.lines(), stage.columns, title=name, own=own), encoding="utf-8")
        if converter := shutil.which("rsvg-convert"):
            subprocess.run([converter, str(file), "-o", str(file.with_suffix(".png"))], check=True)
        print(file, flush=True)

    def walk(self, stage: Stage, scenes: Sequence[Scene], door: Door) -> None:
        """Go through scenes in each size and theme."""
        for size, theme in product(SIZES, THEMES):
            self.visit(stage, scenes, door, size, theme)

    def visit(self, stage: Stage, scenes: Sequence[Scene], door: Door, size: tuple[int, int], theme: str) -> None:
        """Go through scenes in one size and theme."""
        view = f"{size[0]}x{size[1]}-{theme}"
        wanted = [scene for scene in scenes if self.wants(f"{scene.name}-{view}.")]
        if not wanted:
            return
        name, own, light = THEMES[theme]
        stage.opens(*door.argv, size=size, HIVE_THEME=name, COLORFGBG="0;15" if light else "15;0")
        stage.waits(*door.ready)
        for scene in wanted:
            stage.press(*scene.keys)
            try:
                stage.waits(*scene.sees)
                self.take(stage, f"{scene.name}-{view}", own)
            except MissedError as missed:
                self.missed += 1
                print(f"{scene.name}: {missed}", file=sys.stderr, flush=True)
            stage.press(*scene.back)


@contextmanager
def team(roles: Sequence[str]) -> Iterator[Stage]:
    """Set up a workspace of rehearsals that have all come to where their scripts stop."""
    with Stage() as stage:
        agents = {}
        for role in roles:
            script = stage.home / f"{role}.toml"
            script.write_text(SCRIPTS[role])
            agents[role] = {"kind": "rehearsal", "env": {"REHEARSAL": str(script), "REHEARSAL_SPEED": "20"}}
        stage.layout("shop", agents, tabs=TABS[roles], description="The shop's own team.")
        stage.hive("up", "shop", "--detach", "--yes")
        stage.opens("attach", "shop", size=(200, 50))
        stage.waits("◐ working" if roles == ONE else "▲ 2" if roles == FIVE else "▲ 3")
        yield stage


def workspaces(camera: Camera) -> None:
    """Take all that there is to see of a workspace at work."""
    for roles, scenes in (
        (ONE, [Scene("one", back=())]),
        (NINE, [Scene("nine", back=()), Scene("nine_roster", ["R"], [], ["R"]), Scene("exited", ["8"], [], ["2"])]),
        (FIVE, AT_WORK),
    ):
        if any(camera.wants(f"{s.name}-{c}x{r}-{t}.") for s in scenes for c, r in SIZES for t in THEMES):
            with team(roles) as stage:
                camera.walk(stage, scenes, Door(["attach", "shop"], ["?"]))


SCHEMA = """from dataclasses import dataclass


@dataclass
class Token:
    user: str
    scope: str
    expires: int

    def is_valid(self, now: int) -> bool:
        return now < self.expires
"""
EDITS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "planner": (),
    "backend": (("services/api/schema.py", "expires: int", "expires: datetime"),),
    "frontend": (
        ("services/api/schema.py", "expires: int", "expires_at: int"),
        ("web/src/api/client.ts", "timeout = 30", "timeout = 5"),
    ),
    "tests": (("web/src/api/client.ts", "timeout = 30;", "timeout = 30;\\nexport const retries = 3;"),),
}
"""What each role changes, of which file."""


AT_DEMO = (
    Scene("demo", back=()),
    Scene("demo_attention", ["A"], ["need you", "collisions", "written outside"]),
    Scene("demo_collisions", ["c"], ["same lines"]),
    Scene("feed", ["f"], ["What agents changed"]),
    Scene("owners_crossed", ["O"], ["which backend owns"]),
    Scene("contracts_changed", ["t"], ["backend changed"]),
    Scene("checkpoints", ["2", "K"], ["Checkpoints of"]),
    Scene("check_passed", ["2", "E"], ["passed"]),
    Scene("brief_given", ["2", "b"], ["given to read"]),
    Scene("memory_read", ["m"], ["unittest"]),
    Scene("review_demo", ["d"], ["hunks left"]),
    Scene("keys_of_a_list", ["c", "?"], ["Where agents meet"], ["Escape", "Escape"]),
)


def demos(camera: Camera) -> None:
    """Take what the demo shows once each of its agents has come to its end, or asks."""
    if not any(camera.wants(f"{s.name}-{c}x{r}-{t}.") for s in AT_DEMO for c, r in SIZES for t in THEMES):
        return
    with Stage() as stage:
        stage.opens("demo", size=(200, 50))
        stage.until(lambda screen: "done, checked" in screen and "⇄ 1" in screen, "the end of the demo", 90)
        camera.walk(stage, AT_DEMO, Door(["attach", "demo"], ["?"]))


def mergings(camera: Camera) -> None:
    """Take the merging of three worktrees, of which two are in conflict."""
    scenes = [Scene("merging", ["I"], ["clean"]), Scene("merging_asked", ["I", "Enter"], ["follow"], ["Escape"] * 2)]
    if not any(camera.wants(f"{s.name}-{c}x{r}-{t}.") for s in scenes for c, r in SIZES for t in THEMES):
        return
    with Stage() as stage:
        (stage.project / "shop.py").write_text(SCHEMA)
        for name, value in (("hiveui.scratch", "true"), ("user.name", "a"), ("user.email", "a@invalid")):
            stage.done("git", "config", name, value)
        stage.done("git", "add", "--all")
        stage.done("git", "commit", "-qm", "one")
        agents = {}
        for role, new in (("backend", "float"), ("frontend", "str"), ("tests", "")):
            file, change = ("shop.py", f'do = "edit"\nold = "expires: int"\nnew = "expires: {new}"')
            if not new:
                file, change = "tests.py", 'do = "write"\ntext = "import shop\\n"'
            script = stage.home / f"{role}.toml"
            script.write_text(
                f'[[step]]\n{change}\nfile = "{file}"\n'
                f'[[step]]\ndo = "commit"\nmessage = "What {role} did"\nfiles = ["{file}"]\n'
            )
            env = {"REHEARSAL": str(script), "REHEARSAL_SPEED": "20"}
            agents[role] = {"kind": "rehearsal", "env": env, "checkout": "worktree", "check": ["true"]}
        stage.layout("shop", agents)
        stage.hive("up", "shop", "--detach", "--yes")
        stage.opens("attach", "shop", size=(200, 50))
        stage.waits("3 tests", "⇄ 1")
        camera.walk(stage, scenes, Door(["attach", "shop"], ["?"]))


def meetings(camera: Camera) -> None:
    """Take what is seen where agents change one another's files."""
    scenes = [Scene("collisions", ["c"], ["now,"]), Scene("collisions_second", ["c", "j"], ["client.ts"])]
    if not any(camera.wants(f"{s.name}-{c}x{r}-{t}.") for s in scenes for c, r in SIZES for t in THEMES):
        return
    with Stage() as stage:
        for name, text in (
            ("services/api/schema.py", SCHEMA),
            ("web/src/api/client.ts", "export const timeout = 30;\n"),
        ):
            (stage.project / name).parent.mkdir(parents=True)
            (stage.project / name).write_text(text)
        stage.done("git", "config", "hiveui.scratch", "true")
        stage.done("git", "add", "--all")
        stage.done("git", "-c", "user.name=a", "-c", "user.email=a@invalid", "commit", "-q", "-m", "one")
        agents = {}
        for role, changes in EDITS.items():
            step = '[[step]]\ndo = "edit"\nfile = "{}"\nold = "{}"\nnew = "{}"\n'
            steps = "".join(step.format(*change) for change in changes)
            script = stage.home / f"{role}.toml"
            script.write_text('[[step]]\ndo = "think"\nseconds = 3\n' + steps)
            env = {"REHEARSAL": str(script), "REHEARSAL_SPEED": "1"}
            agents[role] = {"kind": "rehearsal", "env": env, "checkout": "worktree"}
        stage.layout("shop", agents)
        stage.hive("up", "shop", "--detach", "--yes")
        stage.hive("reserve", "docs/plans/**", "--for", "40m", "--why", "the plan")
        stage.opens("attach", "shop", size=(200, 50))
        stage.waits("⇄ 2")
        camera.walk(stage, scenes, Door(["attach", "shop"], ["⇄ 2"]))


BEFORE = '''"""Sessions of users."""

import hmac


def token(user: str, key: bytes) -> str:
    """Give the token of a user."""
    return f"{user}.{hmac.new(key, user.encode(), 'sha256').hexdigest()}"


def is_over(expires: int, now: int) -> bool:
    return expires < now
'''
CHANGES: Mapping[str, Mapping[str, str]] = {
    "backend": {
        "services/api/sessions.py": BEFORE.replace(
            "is_over(expires: int, now: int)", "is_over(expires: float, now: float)"
        )
        .replace("    return expires < now", "    # a minute early: clocks differ\n    return expires - 60 < now")
        .replace("hmac.new(key, user.encode(), 'sha256')", "hmac.digest(key, user.encode(), 'sha512')"),
    },
    "frontend": {
        "services/api/sessions.py": BEFORE.replace("Sessions of users.", "Sessions of users, and of guests."),
        ".env": "API_TOKEN=hive_" + "a1b2c3" * 6 + "\n",
    },
}
"""What agents changed, by file."""
AT_REVIEW = (
    Scene("review", ["d"], ["hunks left", "answered"]),
    Scene("review_column", ["d", "Tab"], ["unified"], ["Escape"]),
    Scene("review_risk", ["d", "g", "g"], ["look closely"], ["g", "Escape"]),
)


def reviews(camera: Camera) -> None:
    """Take the review desk, with a comment that was answered."""
    if not any(camera.wants(f"{s.name}-{c}x{r}-{t}.") for s in AT_REVIEW for c, r in SIZES for t in THEMES):
        return
    with Stage() as stage:
        file = stage.project / "services" / "api" / "sessions.py"
        file.parent.mkdir(parents=True)
        file.write_text(BEFORE)
        stage.done("git", "add", "--all")
        stage.done("git", "-c", "user.name=a", "-c", "user.email=a@invalid", "commit", "-qm", "Sessions")
        script = stage.home / "script.toml"
        script.write_text('[[step]]\ndo = "turn"\n[[step]]\ndo = "stream"\ntext = "About #1: SHA-1 would do too."\n')
        program = {"kind": "rehearsal", "env": {"REHEARSAL": str(script)}, "checkout": "worktree"}
        stage.layout("shop", dict.fromkeys(CHANGES, program))
        stage.hive("up", "shop", "--detach", "--yes")
        stage.opens("attach", "shop")
        stage.waits("1 backend", "2 frontend")
        for tree in (stage.home / ".local/state/hive/worktrees").glob("*/*"):
            for name, text in CHANGES[tree.name].items():
                (tree / name).write_text(text)
        stage.hive("comment", "backend", "services/api/sessions.py:8", "Is SHA-256 not enough?")
        camera.walk(stage, AT_REVIEW, Door(["attach", "shop"], ["1 backend"]))


def mornings(camera: Camera) -> None:
    """Take what is seen where tmux has gone."""
    with team(FIVE) as stage:
        socket = stage.home / ".local/state/hive/run/tmux.sock"
        os.kill(int(stage.done("tmux", "-N", "-S", str(socket), "display-message", "-p", "#{pid}")), signal.SIGKILL)
        stage.opens("attach", "shop")
        stage.until(lambda screen: "tmux is gone" in screen or "Restore shop" in screen, "the end of tmux")
        scenes = [Scene("restore", back=["c"]), Scene("restore_chosen", ["Down", "Space"], back=["Escape"])]
        camera.walk(stage, [*scenes, Scene("gone")], Door(["attach", "shop"], ["Restore shop"]))


def first_runs(camera: Camera) -> None:
    """Take what a newcomer sees, and what the command line says."""
    with Stage() as stage:
        stage.layout("services", {"api": {"kind": "codex"}}, description="One agent for each service.")
        camera.walk(stage, [Scene("first_back_key", ["C-g"], ["ctrl+g"])], Door(ready=["Which key"]))
        lines = [Scene("doctor")]
        camera.walk(stage, lines, Door(["doctor"], ["tmux"]))
        camera.walk(stage, [Scene("help_text")], Door(["--help"], ["Usage"]))
    for size, theme in product(SIZES, THEMES):  # what was asked once is not asked again: each has a home of its own
        if camera.wants(f"first_open-{size[0]}x{size[1]}-{theme}."):
            with Stage() as stage:
                stage.layout("services", {"api": {"kind": "codex"}}, description="One agent for each service.")
                scenes = [Scene("first_open", ["Enter", "Escape"], ["Programs found"])]
                camera.visit(stage, scenes, Door(ready=["Which key"]), size, theme)


def main(argv: Sequence[str]) -> None:
    """Take the pictures."""
    if not argv or argv[0].startswith("-"):
        raise SystemExit(__doc__)
    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder, argv[1:])
    for part in (workspaces, demos, meetings, mergings, reviews, mornings, first_runs):
        part(camera)
    raise SystemExit(min(camera.missed, 1))


if __name__ == "__main__":
    main(sys.argv[1:])
