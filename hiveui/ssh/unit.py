"""What has the server started at login by whoever does that here: systemd's user instance, or launchd. Pure texts.

Restarting or updating it ends the server and the screens that it serves, and nothing else: `KillMode=process`
(systemd.kill(5)), `AbandonProcessGroup` (launchd.plist(5)).
"""

import plistlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

NAME = "hive-serve"
LABEL = "org.hiveui.serve"
CARRIED = ("PATH", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
"""What of the environment decides which hive it is, and what its agents find."""


class Unit(NamedTuple):
    """A file that has the server started, and how to begin."""

    path: Path
    text: str
    start: str
    """The command that starts it; it is never run unasked."""


def systemd(home: Path, environ: Mapping[str, str], argv: Sequence[str]) -> Unit:
    """Write a user unit (systemd.service(5), systemd.syntax(7))."""
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    carried = "".join(f"Environment={_quoted(f'{name}={environ[name]}')}\n" for name in CARRIED if environ.get(name))
    text = (
        "[Unit]\n"
        "Description=HiveUI over SSH\n\n"
        "[Service]\n"
        f"ExecStart={' '.join(map(_quoted, argv))}\n"
        f"{carried}"
        "KillMode=process\n"
        "Restart=on-failure\n"
        "RestartSec=2\n\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )
    return Unit(config / "systemd" / "user" / f"{NAME}.service", text, f"systemctl --user enable --now {NAME}")


def _quoted(word: str) -> str:
    """Quote a word, in which `%` and `$` stand for themselves."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def launchd(home: Path, environ: Mapping[str, str], argv: Sequence[str]) -> Unit:
    """Write an agent (launchd.plist(5))."""
    path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(argv),
        "EnvironmentVariables": {name: environ[name] for name in CARRIED if environ.get(name)},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "AbandonProcessGroup": True,
    }
    return Unit(path, plistlib.dumps(agent).decode(), f"launchctl bootstrap gui/$(id -u) {path}")
