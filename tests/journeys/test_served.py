"""A hive over SSH: people call from elsewhere, with the real client, and see and do what their keys allow."""

from collections.abc import Iterator

import pytest

from tests.callers import Served
from tests.robot import CAT, COUNT, World


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    """A hive with two agents that is served."""
    world.up({"cat": CAT, "count": COUNT})
    with Served(world) as served:
        yield served


def test_somebody_logs_in_types_into_an_agent_leaves_and_comes_back(served: Served) -> None:
    pids = served.world.pids()
    served.let_in("ann", "--role", "driver")
    ann = served.calls("ann")
    ann.sees("1 cat", "2 count", "line ")
    ann.press("1", "Enter")
    ann.types("grüße")
    served.world.pane_sees("cat", "grüße")
    ann.press("C-z")  # an agent's, as any key: nothing is suspended
    ann.press("C-]")
    ann.press("?")
    ann.sees("Keys")
    ann.press("Escape")
    ann.resize(100, 28)
    ann.sees("1 cat", "2 count")
    ann.leaves()
    assert "go on" in ann.screen()
    assert ann._ask("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"

    again = served.calls("ann", columns=80, lines=24)
    again.sees("grüße")
    again.types("~")
    again.press("Enter")
    again.types("~.")
    again.exit_status()

    last = served.calls("ann")
    last.sees("grüße")
    last.leaves()
    assert served.world.pids() == pids
    assert [line["role"] for line in served.audit("login")] == ["driver"] * 3
    assert not any("grüße" in str(line) for line in served.audit())
