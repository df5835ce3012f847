"""What an agent is given to read: all that its layout says, in one text, by the way that its program takes."""

from pathlib import Path

import pytest

from hiveui.agents.catalog import catalog
from hiveui.agents.launch import FIRST_PROMPT, launch
from hiveui.model.briefs import compose
from hiveui.model.layout import AgentSpec

SPEC = AgentSpec(
    "coder", brief="You code.\n", constraints=("No new names.",), done=("It works.",), check=("make", "the test")
)
TEXT = """You code.

Constraints:
- No new names.

Done means:
- It works.
- `make 'the test'` passes. It is run here whenever you say that you are done."""


def test_brief_constraints_and_done_are_one_text_and_a_check_alone_is_no_brief():
    assert compose(SPEC) == TEXT
    assert compose(AgentSpec("a", check=("make",))) == ""
    assert compose(AgentSpec("a", done=("x",))) == "Done means:\n- x"


@pytest.mark.parametrize(
    ("kind", "flag", "way"),
    [
        ("claude", "--append-system-prompt", "as a part of its instructions at each start"),
        ("qwen", "--append-system-prompt", "as a part of its instructions at each start"),
        ("codex", "developer_instructions", "as a part of its instructions at each start"),
        ("gemini", "--prompt-interactive", "as its first prompt, by"),
        ("opencode", "--prompt", "as its first prompt, by"),
        ("copilot", "--interactive", "as its first prompt, by"),
    ],
)
def test_each_program_is_given_it_by_its_own_way(kind: str, flag: str, way: str):
    found = launch(catalog()[kind], AgentSpec("a", kind, brief="Do it."), Path("/p"))
    assert any(flag in word for word in found.argv)
    assert any("Do it." in word for word in found.argv)
    assert found.briefed.startswith(way)
    assert flag in found.briefed
    assert (found.brief, found.first_prompt) == ("Do it.", False)


def test_a_program_that_takes_none_is_prompted_and_a_shell_is_told_nothing():
    own = launch(catalog()["claude"], AgentSpec("a", "claude", command=("mine",), brief="Do it."), Path("/p"))
    assert (own.argv, own.briefed, own.first_prompt) == (("mine",), FIRST_PROMPT, True)
    shell = launch(catalog()["shell"], AgentSpec("a", brief="Do it."), Path("/p"))
    assert (shell.first_prompt, shell.notes) == (
        False,
        ("`brief` is not passed on: the kind shell takes none.",),
    )
