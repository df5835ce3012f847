"""`hive wrong`: an agent's state is not what it does; its screen is kept, and the rules are opened."""

import os
import shlex
import subprocess

import click

from hiveui.cli import output
from hiveui.cli.attending import agent_of
from hiveui.cli.options import as_json, command, in_workspace, of_role
from hiveui.cli.reach import find_paths, pick, reach, state_of
from hiveui.config.misreadings import Kept, begin_rules, keep
from hiveui.errors import UsageError
from hiveui.model.agent import AgentState
from hiveui.model.events import to_json


@command("hive wrong backend --state idle")
@of_role
@click.option(
    "--state",
    "really",
    type=click.Choice([state.value for state in AgentState]),
    help="What it really does; else you are asked.",
)
@click.option("--edit/--no-edit", default=True, help="Open the rules in $VISUAL or $EDITOR.")
@in_workspace
@as_json
def wrong(role: str, really: str | None, workspace: str | None, *, edit: bool, as_json: bool) -> None:
    """Keep ROLE's screen with what it really does, and open the rules by which it is read.

    The screen may show anything: the file is for your eyes only, and stays on this machine.
    """
    with reach() as client:
        found = pick(state_of(client), workspace)
        agent = agent_of(found, role)
        rows = client.call("agent/read", workspace=found.id, role=role)["lines"]
    if really is None:
        states = [state.value for state in AgentState]
        question = f"{role} is read as {agent.reading.state}. What does it really do?"
        really = states[output.chosen(question, states, "Name it: `--state idle`.")]
    kept = keep(find_paths(), agent.kind, to_json(agent.reading), rows, AgentState(really))
    begin_rules(kept)
    if as_json:
        output.document(role=role, state=really, fixture=str(kept.fixture), rules=str(kept.rules))
        return
    output.line(str(kept.fixture))
    output.line(str(kept.rules))
    if edit and output.at_terminal():
        _open(kept)


def _open(kept: Kept) -> None:
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        subprocess.run([*words, str(kept.rules), str(kept.fixture)], check=False)
    except OSError as error:
        raise UsageError(
            f"{words[0]} cannot be run: {error.strerror}.", f"Set EDITOR, or edit {kept.rules}."
        ) from error
