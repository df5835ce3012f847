import json
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import NOT_ENFORCED, Launch, launch, missing, resumed
from hiveui.model.agent import AgentId
from hiveui.model.events import from_json
from hiveui.model.layout import AgentSpec
from hiveui.model.worktree import Worktree

KINDS = catalog()
FOLDER = Path("/work/project")


def start(kind, conversation="", **fields):
    return launch(KINDS[kind], AgentSpec("role", kind, **fields), FOLDER, conversation=conversation)


@pytest.mark.parametrize(
    ("kind", "argv"),
    [
        ("claude", ("claude", "--model", "m", "--append-system-prompt", "Be {model} brief")),
        ("codex", ("codex", "--no-alt-screen", "--model", "m", "-c", 'developer_instructions="Be {model} brief"')),
        ("gemini", ("gemini", "--model", "m", "--prompt-interactive", "Be {model} brief")),
        ("opencode", ("opencode", "--model", "m", "--prompt", "Be {model} brief")),
    ],
)
def test_brief_and_model_are_passed_as_the_kind_says(kind, argv):
    assert start(kind, brief="Be {model} brief", model="m").argv == argv


def test_nothing_is_passed_that_was_not_asked_for():
    assert start("claude").argv == ("claude",)
    assert start("rehearsal").argv[0] == sys.executable


def test_a_brief_stays_whole_in_the_toml_that_codex_reads():
    brief = 'Say "no" to \\ and\nnew lines — 中'
    value = start("codex", brief=brief).argv[-1]
    assert tomllib.loads(value) == {"developer_instructions": brief}


def test_a_conversation_is_resumed_without_saying_a_first_prompt_again():
    assert start("claude", "id-1", brief="b").argv == ("claude", "--resume", "id-1", "--append-system-prompt", "b")
    assert start("gemini", "id-1", brief="b").argv == ("gemini", "--resume", "id-1")
    assert start("shell", "id-1").argv == start("shell").argv, "a shell has no conversation to go on with"


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.resume], ids=lambda kind: kind.name)
def test_what_was_launched_is_resumed_later_by_the_words_of_its_kind(kind):
    spec = AgentSpec("r", brief="say {conversation} or \\0", model="m")
    way = launch(kind, spec, FOLDER)
    assert resumed(way, "c-1").argv == launch(kind, spec, FOLDER, conversation="c-1").argv
    assert resumed(way, None) == way
    assert resumed(launch(kind, AgentSpec("r", command=("x",)), FOLDER), "c-1").argv == ("x",)


def test_a_command_is_run_exactly_as_it_is_written():
    way = start("codex", command=("vim", "{brief}", ";"), brief="b", model="m")
    assert way.argv == ("vim", "{brief}", ";")
    assert [note.split()[0] for note in way.notes] == ["`brief`", "`model`"]
    assert "'vim'" in missing(way, {}.get)


def test_inline_can_be_switched_off_in_the_layout():
    assert start("claude").env == {"CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN": "1"}
    assert (start("claude", inline=False).env, start("claude", inline=False).history) == ({}, 2000)
    assert start("codex", inline=False).argv == ("codex",)
    assert start("claude", inline=False, history=500).history == 500


@pytest.mark.parametrize(
    ("checkout", "folder", "expected"),
    [
        ("shared", ".", "/work/project"),
        ("../other", "web", "/work/other/web"),
        ("/abs", "./a/", "/abs/a"),
        ("shared", "/srv", "/srv"),
    ],
)
def test_an_agent_starts_in_its_folder_of_its_checkout(checkout, folder, expected):
    assert start("shell", checkout=checkout, dir=folder).cwd == expected


def test_what_is_not_enforced_yet_is_said_field_by_field():
    asked = {
        "owns": ("a/**",),
        "mode": "ask",
        "check": ("make",),
        "host": "gpu",
        "sandbox": "bwrap",
        "setup": (("make",),),
    }
    assert len(start("claude", **asked).notes) == len(NOT_ENFORCED) == len(asked)
    for name, value in asked.items():
        assert [name in note for note in start("claude", **{name: value}).notes] == [True]
    assert start("claude").notes == ()


def test_a_brief_that_a_kind_cannot_take_is_said():
    assert "shell" in start("shell", brief="b").notes[0]


def test_a_missing_program_is_told_with_how_to_get_it():
    assert "npm install" in missing(start("claude"), {}.get)
    assert missing(start("claude"), {"claude": "/bin/claude"}.get) == ""


def test_an_agent_with_a_worktree_starts_in_its_folder_of_that():
    tree = Worktree("/trees/a", AgentId("a"), "/work/project/sub", "/work/project", ("b",), setup=(("make", "x"),))
    way = launch(KINDS["shell"], AgentSpec("role", dir="web", checkout="worktree"), FOLDER, worktree=tree)
    assert way.cwd == "/trees/a/sub/web"
    assert from_json(Launch, json.loads(json.dumps(asdict(way)))) == way


def test_a_launch_survives_json():
    way = start("claude", brief="b", env={"A": "1"})
    kept = json.loads(json.dumps(asdict(way)))
    assert Launch(**{k: tuple(v) if isinstance(v, list) else v for k, v in kept.items()}) == way
