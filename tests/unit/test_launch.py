import json
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import NOT_ENFORCED, Launch, Start, begin, launch, missing
from hiveui.model.agent import AgentId
from hiveui.model.codec import from_json
from hiveui.model.layout import AgentSpec
from hiveui.model.worktree import Worktree

KINDS = catalog()
FOLDER = Path("/work/project")


def start(kind, **fields):
    return launch(KINDS[kind], AgentSpec("role", kind, **fields), FOLDER)


@pytest.mark.parametrize(
    ("kind", "argv"),
    [
        (
            "claude",
            ("claude", "--session-id", "{conversation}", "--model", "m", "--append-system-prompt", "Be {model} brief"),
        ),
        ("codex", ("codex", "--no-alt-screen", "--model", "m", "-c", 'developer_instructions="Be {model} brief"')),
        ("gemini", ("gemini", "--model", "m", "--prompt-interactive", "Be {model} brief")),
        ("opencode", ("opencode", "--model", "m", "--prompt", "Be {model} brief")),
    ],
)
def test_brief_and_model_are_passed_as_the_kind_says(kind, argv):
    assert start(kind, brief="Be {model} brief", model="m").shown == argv


def test_nothing_is_passed_that_was_not_asked_for():
    assert start("opencode").argv == ("opencode",)
    assert start("rehearsal").argv[0] == sys.executable


def test_a_brief_stays_whole_in_the_toml_that_codex_reads():
    brief = 'Say "no" to \\ and\nnew lines — 中'
    value = start("codex", brief=brief).argv[-1]
    assert tomllib.loads(value) == {"developer_instructions": brief}


def test_a_conversation_is_resumed_without_saying_a_first_prompt_again():
    resumed = begin(start("claude", brief="{conversation}"), "id-1", "new")
    assert resumed == Start(("claude", "--resume", "id-1", "--append-system-prompt", "{conversation}"), "id-1", True)
    assert begin(start("gemini", brief="b"), "id-1", "new").argv == ("gemini", "--resume", "id-1")


def test_a_new_conversation_has_an_id_from_the_start_where_the_program_takes_one():
    assert begin(start("claude"), "", "new") == Start(("claude", "--session-id", "new"), "new", False)
    assert begin(start("rehearsal"), "", "new").argv[-2:] == ("--session-id", "new")
    assert begin(start("codex"), "", "new") == Start(("codex", "--no-alt-screen"), "", False)


@pytest.mark.parametrize("fields", [{"kind": "shell"}, {"kind": "claude", "command": ("claude", "--debug")}])
def test_what_has_no_conversation_or_is_run_as_written_begins_anew_as_it_is(fields):
    way = launch(KINDS[fields["kind"]], AgentSpec("role", **fields), FOLDER)
    assert begin(way, "id-1", "new") == Start(way.argv, "", False)
    assert way.transcripts == ()


def test_a_command_is_run_exactly_as_it_is_written():
    way = start("codex", command=("vim", "{brief}", ";"), brief="b", model="m")
    assert way.argv == ("vim", "{brief}", ";")
    assert [note.split()[0] for note in way.notes] == ["`model`"]
    assert (way.brief, way.first_prompt) == ("b", True)
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
        "mode": "ask",
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
    assert from_json(Launch, kept) == way
