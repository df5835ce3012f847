"""Somebody whose machine takes another address while they are at a hive, as a laptop or a phone does."""

from collections.abc import Iterator

import pytest

from tests.callers import Served
from tests.far import Space
from tests.robot import CAT, COUNT, Robot, World
from tests.waiting import until


@pytest.fixture
def away() -> Iterator[Space]:
    """Give a place from which a hive is called."""
    space = Space()
    yield space
    space.close()


def calls(served: Served, away: Space, columns: int, lines: int) -> Robot:
    """Call from there."""
    words = served.argv("ann", flags=("-t", "-o", f"HostName={away.here}"))
    return served.world.runs([*away.command, *words], columns, lines)


def test_somebody_whose_address_changes_comes_back_to_where_they_were(world: World, away: Space) -> None:
    world.up({"cat": CAT, "count": COUNT})
    served = Served(world, "--listen", away.here)
    served.let_in("ann", "--role", "driver")
    with served:
        before = calls(served, away, 120, 32)
        before.sees("1 cat", "2 count", "line ")
        before.press("1", "z", "Enter")
        before.types("grüße")
        world.pane_sees("cat", "grüße")

        away.move()
        again = calls(served, away, 100, 40)
        again.sees("1 cat", "grüße")
        again.misses("2 count")  # its pane is still alone
        again.press("Enter")
        again.types(" und weiter")
        world.pane_sees("cat", "grüße und weiter")
        until(lambda: world.tmux("display-message", "-p", "-t", world.pane("cat"), "#{pane_width}").strip() == "100")
        assert len(served.screens()) == 2  # nobody told that the line of before is dead
        assert [line["address"] == away.address for line in served.audit("login")] == [False, True]
        again.press("C-]")
        again.leaves()
