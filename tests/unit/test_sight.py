"""What the daemon is told about the panes on a screen."""

from typing import Any

from hiveui.tui.sight import Seen, Sight


def test_the_daemon_is_told_how_many_frames_a_screen_takes_once_it_shows_something() -> None:
    told: list[dict[str, Any]] = []

    def tell(_: str, **params: Any) -> bool:
        told.append(params)
        return True

    sight = Sight(tell)
    sight.pace(10)
    assert told == []
    sight.look({"%1": Seen(80, 24, focused=True)})
    sight.pace(10)
    sight.pace(4)
    sight.pace(0)
    assert [params.get("frames") for params in told] == [10, 4, None]
