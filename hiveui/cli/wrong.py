"""`hive wrong`: an agent's state is not what it does; its screen is kept, and the rules are opened."""

import os
import shlex
import subprocess

import click

from hiveui.cli import offers, output
from hiveui.cli.attending import agent_of
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import find_paths, pick, reach, state_of
from hiveui.config.mending import Verdict, begin_rules, verdict, verdicts
from hiveui.config.misreadings import Kept, keep
from hiveui.errors import UsageError
from hiveui.model.codec import to_json
from hiveui.model.signs import AgentState

STILL = 1
"""Exit code where a screen that was kept is still read wrongly."""


@command("hive wrong backend --state idle")
@click.argument("role", required=False, default="", shell_complete=offers.roles)
@click.option(
    "--state",
    "really",
    type=click.Choice([state.value for state in AgentState]),
    help="What it really does; else you are asked.",
)
@click.option("--edit/--no-edit", default=True, help="Open the rules in $VISUAL or $EDITOR.")
@click.option("--check", is_flag=True, help="Tell how the rules read every screen that was kept.")
@in_workspace
@as_json
def wrong(role: str, really: str | None, workspace: str | None, *, edit: bool, check: bool, as_json: bool) -> int:
    """Keep ROLE's screen with what it really does, and open the rules by which it is read.

    The screen may show anything: the file is for your eyes only, and stays on this machine. --check reads all that
    were kept by the rules as they are now; exit code 1 where one is still wrong, 2 where rules cannot be used.
    """
    if check == bool(role):
        raise click.UsageError("Name an agent, or say --check.")
    if check:
        return _check(as_json=as_json)
    with reach() as client:
        found = pick(state_of(client), workspace)
        agent = agent_of(found, role)
        rows = client.call("agent/read", workspace=found.id, role=role)["lines"]
    if really is None:
        states = [state.value for state in AgentState]
        question = f"{role} is read as {agent.reading.state}. What does it really do?"
        really = states[output.chosen(question, states, "Name it: `--state idle`.")]
    paths = find_paths()
    kept = keep(paths, agent.kind, to_json(agent.reading), rows, AgentState(really))
    begin_rules(kept)
    if as_json:
        output.document(role=role, state=really, fixture=str(kept.fixture), rules=str(kept.rules))
        return 0
    output.line(str(kept.fixture))
    output.line(str(kept.rules))
    if edit and output.at_terminal():
        _open(kept)
        output.talk(f"By your rules this screen is read as {verdict(paths.rules, kept).state}.")
    return 0


def _check(*, as_json: bool) -> int:
    found = list(verdicts(find_paths()))
    still = sum(one.word == "wrong" for one in found)
    if as_json:
        output.document(screens=[_facts(one) for one in found], wrong=still)
    elif not found:
        output.talk("No screen was kept yet: `W` in `hive`, or `hive wrong ROLE`, keeps one.")
    else:
        rows = [tuple(str(fact) for fact in _facts(one).values()) for one in found]
        output.table(("kind", "taken", "was read as", "told by", "really", "is read as", "", "screen"), rows)
    return STILL if still else 0


def _facts(one: Verdict) -> dict[str, str | None]:
    return {
        "kind": one.screen.kind,
        "taken": one.screen.taken,
        "read": one.screen.read.get("state"),
        "source": one.screen.read.get("source"),
        "really": one.screen.really,
        "now": one.state,
        "verdict": one.word,
        "fixture": str(one.kept.fixture),
    }


def _open(kept: Kept) -> None:
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        subprocess.run([*words, str(kept.rules), str(kept.fixture)], check=False)
    except OSError as error:
        raise UsageError(
            f"{words[0]} cannot be run: {error.strerror}.", f"Set EDITOR, or edit {kept.rules}."
        ) from error
