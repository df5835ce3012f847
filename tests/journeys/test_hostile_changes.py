"""Files, contents, branches, commits, reasons, decisions and what checks print, all hostile: no surface acts on them."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repositories import commit, git
from tests.robot import CAT, WITHIN, World
from tests.tui.oracle import violations
from tests.waiting import until

DATA = Path(__file__).parents[1] / "data"
NAMES = [entry["name"] for entry in json.loads((DATA / "names.json").read_text())]
OUTPUTS = sorted((DATA / "terminal").glob("*.bin"))
CARDS = {
    "f": "esc ",
    "c": "Collisions",
    "d": "hunks left",
    "I": "Merge into",
    "E": "The check of",
    "m": "What all are to know",
    "O": "written outside",
}
"""Keys that open what tells of changes, and what is seen then."""
WALK = ("j", "j", "Tab", "k", "Space", "j", "G")
"""Keys that lead through a card."""
COMMANDS = (
    ("files",),
    ("who", "one"),
    ("collisions", "--all"),
    ("reserve", "--list"),
    ("review",),
    ("diff",),
    ("comments",),
    ("checkpoints", "one"),
    ("checkouts",),
    ("owners",),
    ("contracts",),
    ("memory",),
    ("merge", "--dry-run"),
    ("check", "one"),
    ("status",),
    ("events",),
    ("attention",),
    ("since",),
)


def legal(name: str) -> str:
    """Make a name one of a file."""
    name = name.replace("/", "_").replace("\0", "_")
    name = os.fsencode(name)[:120].decode("utf-8", "ignore")
    return name if name not in {"", ".", "..", ".git"} else f"_{name}"


def hostile_files(top: Path, own: str) -> None:
    """Write the corpus into a checkout: names as names, outputs as contents."""
    for i, name in enumerate(NAMES):
        with contextlib.suppress(OSError):
            (top / legal(name)).write_bytes(f"{own}\n".encode() + OUTPUTS[i % len(OUTPUTS)].read_bytes()[:4000])
    for file in OUTPUTS:
        (top / f"{file.stem}.py").write_bytes(file.read_bytes()[:4000] + own.encode())


def branches(top: Path) -> Iterator[str]:
    """Take the checkout to hostile branches, as git lets one; give each."""
    for name in NAMES:
        if "\0" not in name and git_takes(top, "check-ref-format", f"refs/heads/{name}"):
            yield name


def git_takes(top: Path, *words: str) -> bool:
    with contextlib.suppress(Exception):
        git(top, *words)
        return True
    return False


@pytest.fixture
def shop(world: World) -> World:
    """Two agents in worktrees, with all of it."""
    (world.project / "AGENTS.md").write_text("\n".join(n.replace("\0", "") for n in NAMES[:40]), "utf-8", "replace")
    outputs = world.home / "outputs"
    outputs.write_bytes(b"\n".join(file.read_bytes()[:2000] for file in OUTPUTS))
    for name, value in (("user.name", "Miriam"), ("user.email", "miriam@invalid")):
        git(world.project, "config", name, value)
    commit(world.project)
    check = {"check": ["sh", "-c", f"cat {outputs}; exit 3"]}
    one = {"command": list(CAT), "checkout": "worktree", "owns": ["docs/**"], **check}
    world.up({"one": one, "two": {**one, "owns": ["web/**"]}}, contracts=["*.py", "[!x]*.md"])
    tops = {role: Path(world.agent(role).dir) for role in ("one", "two")}
    for role, top in tops.items():
        hostile_files(top, role)
    found = list(branches(tops["one"]))
    for name in found[:3]:
        git(tops["two"], "-c", "core.hooksPath=/dev/null", "checkout", "-q", "-b", name)
        message = NAMES[len(name) % len(NAMES)].replace("\0", "") or "x"
        git(tops["two"], "-c", "user.name=\x1b]0;x\x07", "commit", "-q", "--allow-empty", "-m", message)
    return world


@pytest.mark.timeout(480)
def test_what_agents_change_is_shown_everywhere_and_acts_nowhere(shop: World) -> None:
    world = shop
    for i, name in enumerate(NAMES[:: max(1, len(NAMES) // 12)]):
        why = name.replace("\0", "") or "x"
        world.hive("reserve", f"web/{i}/**", "--why", why)
        world.hive("decide", "--", why)
    world.hive("check", "one", within=30)
    robot = world.opens(columns=130, lines=40)
    robot.sees("1 one")
    until(lambda: json.loads(world.done("files", "--json"))["writes"], WITHIN, "the feed")
    for size in ((130, 40), (80, 24)):
        robot.resize(*size)
        for key, shown in CARDS.items():
            robot.press(key)
            robot.sees(shown)
            robot.press(*WALK)
            robot.press("Escape")
            robot.misses(shown)
    written = robot.bytes_file.read_bytes()
    assert violations(written[: written.rindex(b"\x1b")]) == []
    for argv in COMMANDS:
        for more in ((), ("--json",)):
            code, gave, said = world.hive(*argv, *more)
            assert code in {0, 1, 2, 3, 4}, (argv, code, said)
            assert "Traceback" not in said, (argv, said)
            assert "error of its own" not in said, (argv, said)
            for text in (gave, said):
                assert violations(text.encode("utf-8", "surrogateescape")) == [], (argv, more)
            if more and code == 0:
                json.loads(gave.splitlines()[0] if argv == ("events",) else gave)
    assert "Traceback" not in world.paths.log.read_text()
    assert not list(world.home.rglob("HIVE_PWN_MARKER"))
