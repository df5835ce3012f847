"""`hive wait`: stands by until an agent does what is waited for."""

import time
from collections.abc import Callable, Iterator, Mapping

import click

from hiveui.cli import output
from hiveui.cli.attending import agent_of
from hiveui.cli.options import Number, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import GatewayError
from hiveui.model.agent import Agent
from hiveui.model.attention import needs_person
from hiveui.model.checks import Status
from hiveui.model.events import event_from_json
from hiveui.model.signs import AgentState
from hiveui.model.state import State, apply
from hiveui.model.weighing import RESTING

MISSED = 4
"""Exit code where it did not come to what was waited for."""

GOALS: Mapping[str, Callable[[Agent, bool], bool]] = {
    "idle": lambda agent, _: agent.reading.state in RESTING,
    "done": lambda agent, worked: (
        agent.reading.state in {AgentState.DONE, AgentState.FAILED}
        or (worked and agent.reading.state is AgentState.IDLE)
    ),
    "checked": lambda agent, _: agent.proof.status is Status.PASSED and agent.proof.holds,
    "attention": lambda agent, _: needs_person(agent, output.now()),
    "exited": lambda agent, _: agent.reading.state is AgentState.EXITED,
}
"""Tells whether an agent does what is waited for, and whether it has worked meanwhile."""


@command("hive wait backend --for done --timeout 600")
@of_role
@click.option("--for", "goal", type=click.Choice(list(GOALS)), required=True, help="What to wait for.")
@click.option("--timeout", type=Number(0), metavar="S", help="At most so many seconds.")
@in_workspace
@as_json
def wait(role: str, goal: str, timeout: float | None, workspace: str | None, *, as_json: bool) -> int:
    """Wait until ROLE is at rest (idle), its turn has ended (done), it needs you (attention) or it has exited.

    checked: what it did has passed its check.

    Exit code 4 where the time is over, or where it has exited and cannot come to that any more. A daemon that is
    started anew meanwhile is waited for.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    worked = False
    last: Agent | None = None
    for last in _readings(role, workspace, deadline):
        worked = worked or last.reading.state is AgentState.WORKING
        reached = GOALS[goal](last, worked)
        if reached or last.reading.state is AgentState.EXITED:
            return _tell(last, goal, reached=reached, as_json=as_json)
    return _tell(last, goal, reached=False, as_json=as_json)


def _tell(agent: Agent | None, goal: str, *, reached: bool, as_json: bool) -> int:
    state = agent.reading.state.value if agent else None
    if as_json:
        output.document(role=agent.role if agent else None, goal=goal, reached=reached, state=state)
    elif not reached:
        output.talk(f"It is {state or 'gone'}, and was waited for to be {goal}.")
    return 0 if reached else MISSED


def _readings(role: str, name: str | None, deadline: float | None) -> Iterator[Agent]:
    """Give an agent as it is, and again whenever anything happens, until a deadline or until it is gone."""
    known = name
    while True:
        with reach() as client:
            state = state_of(client)
            known = workspace = pick(state, known).id
            yield agent_of(state.workspaces[workspace], role)
            for news in client.news(deadline):
                if news.method == "event":
                    state = applied(state, news.params["event"])
                    found = state.workspaces.get(workspace)
                    agent = found.role(role) if found else None
                    if agent is None:
                        return
                    yield agent
        if deadline is not None and time.monotonic() >= deadline:
            return


def applied(state: State, event: Mapping[str, object]) -> State:
    """Give the state after an event that the daemon told of. Raises GatewayError where it is not understood."""
    try:
        return apply(state, event_from_json(event))
    except ValueError as error:
        raise GatewayError("The daemon is of another version.", "`hive doctor` tells which.") from error
