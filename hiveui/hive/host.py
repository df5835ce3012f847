"""A host as the agents on it are reached: its tmux, and the processes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hiveui.errors import TmuxError
from hiveui.hive.processes import Programs
from hiveui.model.hosts import LOCAL
from hiveui.tmux.server import Server


class Host(Protocol):
    """One host."""

    @property
    def name(self) -> str:
        """Its name: LOCAL, or as `hosts` has it."""

    @property
    def programs(self) -> Programs:
        """The programs in panes there."""

    @property
    def up(self) -> bool:
        """It is reached."""

    @property
    def tried(self) -> bool:
        """It is not reached, and that is being tried just now."""

    @property
    def server(self) -> Server:
        """Its tmux. Raises TmuxError while it is not reached."""

    async def reached(self, within: float) -> None:
        """Wait until it is up. Raises TmuxError where it is not within so many seconds."""

    @property
    def scratch(self) -> Path | None:
        """A folder of ours there, into which tmux writes what is brought here; None where no bringing is needed."""

    async def bring(self, files: Sequence[Path], sizes: Sequence[int], to: Sequence[Path]) -> None:
        """Move files of so many bytes from there into files of this host."""

    def caller(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """Give the environment that agents there inherit; `env` is that of the shell that opened the workspace."""

    def unreached(self) -> TmuxError:
        """Say why there is no connection to its tmux."""


@dataclass(frozen=True, slots=True)
class Here:
    """This host."""

    server: Server
    programs: Programs
    name: str = LOCAL
    up: bool = True
    tried: bool = False
    scratch: None = None

    async def reached(self, within: float) -> None:
        """Return at once."""

    async def bring(self, files: Sequence[Path], sizes: Sequence[int], to: Sequence[Path]) -> None:
        """Do nothing: they are here."""

    def caller(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """Give the shell's."""
        return env

    def unreached(self) -> TmuxError:
        """Say that the tap is being replaced."""
        return TmuxError("The connection to tmux is being made again.", "Try once more in a second.")
