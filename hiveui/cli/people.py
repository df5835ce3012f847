"""The command on who is here."""

from datetime import datetime

from hiveui.cli import output
from hiveui.cli.options import as_json, command
from hiveui.cli.reach import reach_if_there, state_of
from hiveui.model.codec import from_json, to_json
from hiveui.model.people import People, Screen
from hiveui.model.state import State


@command("hive people --json")
@as_json
def people(*, as_json: bool) -> None:
    """List the screens that show the hive: whose each is, what they may do, and what they look at.

    Who types into an agent just now stands there, and whose screen the panes have their sizes from.
    """
    found, state, client = People(), State(), reach_if_there()
    if client is not None:
        with client:
            found = from_json(People, client.call("people/watch"))
            state = state_of(client)
    if as_json:
        output.document(screens=[to_json(screen) | {"workspace": _named(state, screen)} for screen in found.screens])
    elif not found.screens:
        output.talk("Nobody is here.")
    else:
        rows = [_row(state, screen) for screen in found.screens]
        output.table(("who", "role", "from", "since", "workspace", "agent", ""), rows)


def _named(state: State, screen: Screen) -> str:
    workspace = state.workspaces.get(screen.workspace)
    return workspace.name if workspace is not None else ""


def _row(state: State, screen: Screen) -> tuple[str, ...]:
    does = [f"types into {screen.typing}"] if screen.typing else []
    does += ["sets the sizes"] if screen.sizes else []
    seat = screen.seat
    since = datetime.fromisoformat(screen.since).astimezone().strftime("%Y-%m-%d %H:%M")
    return seat.name, seat.role, seat.where or "here", since, _named(state, screen), screen.role, ", ".join(does)
