"""The person's terminal, as far as more is asked of it than drawing."""

from hiveui.tui.driver import TerminalDriver
from hiveui.tui.screens.workspace import WorkspaceScreen


class Outer:
    """Sends sequences to the terminal, and gives the mouse to it (`commands.at.Outer`)."""

    def __init__(self, screen: WorkspaceScreen) -> None:
        self._screen = screen

    def write(self, sequence: str) -> None:
        """Send a sequence of HiveUI's own making."""
        driver = self._driver()
        if driver is not None:
            driver.hand_on(sequence)

    def hand_mouse(self) -> None:
        """Leave the mouse to the terminal, whose own selecting works then, or take it back."""
        away = self._screen.mouse_away = not self._screen.mouse_away
        driver = self._driver()
        if driver is not None:
            driver.hand_mouse(away=away)
        self._screen.notice(
            "The mouse is your terminal's now; Y takes it back. z shows a pane without its neighbours."
            if away
            else "The mouse is HiveUI's again."
        )

    def _driver(self) -> TerminalDriver | None:
        driver = self._screen.app._driver  # noqa: SLF001  Textual has no other way to it
        return driver if isinstance(driver, TerminalDriver) else None
