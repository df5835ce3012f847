"""Where everything stands. A HOME and XDG folders of its own give a hive of its own."""

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import HiveError, LayoutError
from hiveui.model.names import NAME, nearest, quoted

MAX_SOCKET_PATH = 100
"""Bytes; the shortest limit of the supported systems is 103."""
LAYOUT_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one hive."""

    config: Path
    state: Path
    run: Path
    """Sockets. Not in XDG_RUNTIME_DIR, which is deleted at logout while agents live on."""

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> "Paths":
        """Find the folders of the hive that an environment belongs to (XDG Base Directory, on macOS too)."""
        home = Path(environ.get("HOME") or Path.home())
        state = _absolute(environ.get("XDG_STATE_HOME")) or home / ".local" / "state"
        config = _absolute(environ.get("XDG_CONFIG_HOME")) or home / ".config"
        return cls(config / "hive", state / "hive", _run_folder(state / "hive"))

    @property
    def hive_socket(self) -> Path:
        """Where the gateway listens."""
        return self.run / "hive.sock"

    @property
    def tmux_socket(self) -> Path:
        """Where HiveUI's own tmux server listens."""
        return self.run / "tmux.sock"

    @property
    def tmux_pid(self) -> Path:
        """The tmux server's process, as last seen; not beside its socket, which may be deleted with its folder."""
        return self.state / "tmux.pid"

    @property
    def token_key(self) -> Path:
        """What agents' tokens are derived from."""
        return self.state / "token.key"

    @property
    def lock(self) -> Path:
        """Locked by the daemon for as long as it lives; holds its pid."""
        return self.state / "daemon.lock"

    @property
    def log(self) -> Path:
        """What `hive logs` shows."""
        return self.state / "hive.log"

    @property
    def copied(self) -> Path:
        """What was copied last where no clipboard can be reached."""
        return self.state / "copied.txt"

    @property
    def events(self) -> Path:
        """The folder of the event log."""
        return self.state / "events"

    @property
    def prompts(self) -> Path:
        """The folder of the texts that wait to be delivered."""
        return self.state / "prompts"

    @property
    def reverts(self) -> Path:
        """Changes that the person took back, as patches."""
        return self.state / "reverts"

    @property
    def spool(self) -> Path:
        """The folder that agents' hooks write to: the one place with text that no secret was taken out of."""
        return self.state / "spool"

    @property
    def hooks(self) -> Path:
        """The folder of the hook itself, and of the settings that agents are given it by."""
        return self.state / "hooks"

    @property
    def worktrees(self) -> Path:
        """The folder of agents' worktrees, by workspace."""
        return self.state / "worktrees"

    @property
    def checkpoints(self) -> Path:
        """The folder of HiveUI's own git directories, by which checkpoints of agents' checkouts are made."""
        return self.state / "checkpoints"

    @property
    def proofs(self) -> Path:
        """The folder of the checkouts in which merges are proved, by workspace."""
        return self.state / "proofs"

    @property
    def rules(self) -> Path:
        """The person's own rules for what agents' screens mean."""
        return self.config / "rules"

    @property
    def kinds(self) -> Path:
        """The person's own kinds of agents."""
        return self.config / "kinds"

    @property
    def config_file(self) -> Path:
        """The person's choices."""
        return self.config / "config.yaml"

    @property
    def themes(self) -> Path:
        """The person's own themes."""
        return self.config / "themes"

    @property
    def shipped_layouts(self) -> Path:
        """The layouts that came with HiveUI: in the wheel beside this module, in a checkout beside the package."""
        package = Path(__file__).resolve().parent
        inside = package / "layouts"
        return inside if inside.is_dir() else package.parent / "layouts"

    def layout_places(self, folder: Path) -> tuple[Path, ...]:
        """List the folders that layouts are looked for in, nearest first."""
        return (folder / ".hive" / "layouts", self.config / "layouts", self.shipped_layouts)

    def prompt_places(self, folder: Path) -> tuple[Path, Path, Path]:
        """List the folders of the library of prompts, nearest first."""
        return (folder / ".hive" / "prompts", self.config / "prompts", Path(__file__).resolve().parent / "prompts")

    def find_layout(self, name: str, folder: Path) -> Path:
        """Find the file of a layout by name, or by path if it has a slash. Raises LayoutError.

        A name never leads out of the place it is found in, not by a link either.
        """
        if "/" in name and name.isprintable():
            path = folder / name
            if path.suffix in LAYOUT_SUFFIXES and path.is_file():
                return path
            raise LayoutError(f"there is no layout file {name}.", "Name one that is there, or a layout by its name.")
        places = self.layout_places(folder)
        if NAME.fullmatch(name):
            for path in (place / f"{name}{suffix}" for place in places for suffix in LAYOUT_SUFFIXES):
                if path.is_file() and path.resolve().is_relative_to(path.parent.resolve()):
                    return path
        found = {path.stem for place in places for path in place.glob("*.y*ml") if NAME.fullmatch(path.stem)}
        raise LayoutError(f"there is no layout {quoted(name)}.", nearest(name, found))


def project_config(folder: Path) -> Path:
    """Give the file of a project's choices."""
    return folder / ".hive" / "config.yaml"


def master_socket(paths: Paths, host: str) -> Path:
    """Give the socket of the connection to another host; ssh(1) adds 17 characters to it while it is made."""
    name = f"ssh-{hashlib.sha256(host.encode()).hexdigest()[:8]}"
    fits = len(os.fsencode(paths.run / name)) + 17 <= MAX_SOCKET_PATH
    return (paths.run if fits else _short_folder(paths.state)) / name


def secure_folder(path: Path) -> Path:
    """Make a folder that only this user can enter. Raises HiveError where somebody else could have made it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise HiveError(
            f"{path} cannot be made: {error.strerror}.", "Free the place, or set XDG_STATE_HOME."
        ) from error
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        raise HiveError(f"{path} is a link or no folder.", "Take it away; HiveUI makes it anew.")
    if found.st_uid != os.getuid():
        raise HiveError(f"{path} belongs to another user.", "Take it away, or set XDG_STATE_HOME to a folder of yours.")
    if found.st_mode & 0o077:
        raise HiveError(f"{path} is open to other users.", f"Close it: chmod 700 {path}")
    return path


def _absolute(value: str | None) -> Path | None:
    """Give an absolute path; the XDG specification tells to ignore others."""
    return Path(value) if value and value.startswith("/") else None


def _run_folder(state: Path) -> Path:
    """Give the sockets' folder: `<state>/run`, or a short one where that is too long for a socket."""
    run = state / "run"
    if len(os.fsencode(run / "tmux.sock")) <= MAX_SOCKET_PATH:
        return run
    return _short_folder(state)


def _short_folder(state: Path) -> Path:
    return Path("/tmp") / f"hive-{os.getuid()}-{hashlib.sha256(os.fsencode(state)).hexdigest()[:12]}"  # noqa: S108
