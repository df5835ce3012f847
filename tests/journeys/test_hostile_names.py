"""Folders, workspaces, branches, titles and roles with hostile names: none is executed, none acts on the terminal."""

import json
import os
from pathlib import Path

import pytest

from tests.robot import CAT, World
from tests.tui.oracle import violations

CORPUS = json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())
EVERY = [pytest.param(entry["name"], id=f"{i} {entry['class']}") for i, entry in enumerate(CORPUS)]
CLASSES = dict.fromkeys(entry["class"] for entry in CORPUS)
TWELVE = [max((e["name"] for e in CORPUS if e["class"] == wanted), key=len) for wanted in CLASSES]
"""The longest of each class."""
MARKER = "touch HIVE_PWN_MARKER"
HOSTILE = ("sh", "-c", "cat said; exec cat")


def live_through(name: str) -> None:
    folder = name.replace(MARKER, "cd;touch pwned").replace("/", "_").replace("\0", "_")[:60] or "_"
    with World(folder if folder not in {".", ".."} else "_") as world:
        pwned = world.home / "pwned"
        name = name.replace(MARKER, f"touch {pwned}").replace("\0", "")
        raw = os.fsencode(name)
        (world.project / "said").write_bytes(
            b"\x1b]2;" + raw + b"\x07\x1b]0;" + raw + b"\x1b\\\x1bk" + raw + b"\x1b\\" + raw + b"\x18\nsaid.\n"
        )
        (world.project / ".git" / "HEAD").write_bytes(b"ref: refs/heads/" + raw + b"\n")
        world.layout({"talker": HOSTILE, "writer": CAT})
        named = ("--name", name) if name else ()
        robot = world.opens("up", "robot", "--yes", *named)
        robot.sees("2 writer", "said.")
        server = world.server()
        robot.press("2", "Enter")
        robot.types("it works")
        robot.sees("it works")
        robot.press("C-]", "w")
        robot.sees("Why 2 writer")
        robot.press("Escape")
        written = robot.bytes_file.read_bytes()
        assert violations(written[: written.rindex(b"\x1b")]) == [], "the last sequence may still be on its way"

        for argv in (("ls",), ("status",), ("events",), ("why", "talker", "--env"), ("read", "talker"), ("logs",)):
            gave = world.done(*argv)
            assert violations(gave.encode("utf-8", "surrogateescape")) == [], argv
        workspace = world.workspace()
        assert workspace.name == (name or folder)
        world.layout({name: CAT, "writer": CAT}, name="second")
        code, _, said = world.hive("up", "second", "--detach", "--yes", "--name", "second")
        assert code in {0, 2}
        assert violations(said.encode("utf-8", "surrogateescape")) == []
        code, _, said = world.hive("up", "--detach", "--yes", "--", name)
        assert code == 2
        assert violations(said.encode("utf-8", "surrogateescape")) == []

        assert world.server() == server
        world.done("down", "--all", "--forget")
        robot.exit_status()
        assert not pwned.exists()
        assert not list(world.home.rglob("HIVE_PWN_MARKER"))


@pytest.mark.parametrize("name", TWELVE, ids=CLASSES)
def test_a_hostile_name_is_shown_and_does_nothing(name: str) -> None:
    live_through(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_no_name_of_the_corpus_does_anything(name: str) -> None:
    live_through(name)
