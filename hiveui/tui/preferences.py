"""What the person chose, brought to the screen, also while it is open."""

from typing import Protocol

from textual.app import App

from hiveui.config.files import Config
from hiveui.config.palette import palette
from hiveui.errors import ConfigError
from hiveui.tui.commands.every import commands
from hiveui.tui.commands.table import Keymap
from hiveui.tui.screens.workspace import WorkspaceScreen
from hiveui.tui.settings import Settings, Terminal
from hiveui.tui.themes import theme

LOOK = 1.0
"""Seconds between looks at the files."""
PROBLEM_TIME = 600.0
"""Seconds that a mistake stands in the status line, if no key takes it away."""


class Choices(Protocol):
    """Where choices come from (`config.files.Configuration`)."""

    @property
    def config(self) -> Config:
        """What holds now."""

    def look(self) -> bool:
        """Read what has changed; tell whether anything did."""

    def told(self, error: ConfigError) -> str:
        """Say what is wrong and its mend, with names of files as short as can be."""


class Preferences:
    """Keeps theme, keys and the rest as the person's files say."""

    def __init__(
        self, app: App[int], screen: WorkspaceScreen, keymap: Keymap, terminal: Terminal, choices: Choices | None
    ) -> None:
        self._app = app
        self._screen = screen
        self._keymap = keymap
        self._terminal = terminal
        self._choices = choices
        self._problems: tuple[str, ...] = ()
        self._config = Config()

    def apply(self, config: Config) -> None:
        """Have the screen as the settings say."""
        self._config, settings = config, config.settings
        colours = palette(settings.theme, config.themes, light=self._terminal.light, colours=self._terminal.colours)
        chosen = theme(colours)
        self._app.register_theme(chosen)
        self._app.theme = chosen.name
        self._keymap.bind(commands(settings))
        self._screen.apply(settings)

    def suit(self, *, light: bool) -> None:
        """Take colours for a terminal with a light background, or a dark one."""
        if self._terminal.light != light:
            self._terminal = self._terminal._replace(light=light)
            self.apply(self._config)

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self._config.settings

    def look(self) -> None:
        """Take what has changed in the files; what is wrong in them is said."""
        if self._choices is not None and self._choices.look():
            self.apply(self._choices.config)
            self.tell(again=True)

    def tell(self, *, again: bool = False) -> None:
        """Say what is wrong in the files, or that it no longer is."""
        choices = self._choices
        problems = tuple(map(choices.told, choices.config.problems)) if choices else ()
        if problems:
            self._screen.notice(problems[0], "attention", PROBLEM_TIME)
        elif self._problems:
            self._screen.notice("The configuration is in order again.")
        elif again:
            self._screen.notice("The configuration was read anew.")
        elif choices and choices.config.withheld:
            held = ", ".join(choices.config.withheld)
            self._screen.notice(f"The project's file sets {held}: `hive config trust` allows it.", "warning")
        self._problems = problems
