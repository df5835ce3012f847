"""What a host has: the account's environment, and the programs that are needed there. Nothing is installed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hiveui.errors import HostError
from hiveui.hosts.line import Done, Line
from hiveui.hosts.refusals import SAID
from hiveui.model.text import visible

TERMINALS = ("tmux-256color", "screen-256color")
"""terminfo(5) entries that tmux can be, best first. The last one is taken where neither is known to be there."""
WITHIN = 10.0
"""Seconds that a login shell may take over its files."""
MOST = 1 << 18
"""Bytes of an environment."""
_PATH = re.compile(r"/[^\x00-\x1f\x7f]{0,1000}")
"""Where things may be on a host: on one line, and short enough for a command line."""
OLDEST = (3, 2)
"""Of tmux, as here."""

ACCOUNT = r"""
shell=${SHELL:-}
[ -x "$shell" ] || shell=$(getent passwd "$(id -un)" 2>/dev/null | cut -d: -f7)
[ -x "$shell" ] || shell=/bin/sh
SHELL=$shell; export SHELL
"$shell" -l -c "printf '\\0'; env -0 2>/dev/null || env" </dev/null 2>/dev/null || { printf '\0'; env; }
"""
"""Prints what a login shell of the account has in its environment, after whatever its files print."""

TOOLS = r"""
echo "system=$(uname -s)"
for program; do found=$(command -v -- "$program" 2>/dev/null) && echo "program.$program=$found"; done
tmux=$(command -v tmux 2>/dev/null) && echo "tmux=$("$tmux" -V 2>/dev/null)"
for terminal in tmux-256color screen-256color; do
  letter=${terminal%"${terminal#?}"} hex=$(printf %x "'$terminal" 2>/dev/null)
  for place in "$HOME/.terminfo" /etc/terminfo /lib/terminfo /usr/share/terminfo /usr/lib/terminfo \
    /usr/share/lib/terminfo /usr/local/share/terminfo /opt/homebrew/share/terminfo; do
    if [ -e "$place/$letter/$terminal" ] || [ -e "$place/$hex/$terminal" ]; then echo "terminal=$terminal"; break 2; fi
  done
done
(umask 077; mkdir -p "$HIVE_FOLDER" && chmod 700 "$HIVE_FOLDER" && : >"$HIVE_FOLDER/.w" && echo x >"$HIVE_FOLDER/.w") \
  2>&1 | sed 's/^/folder=/'
[ -s "$HIVE_FOLDER/.w" ] && echo "writes=yes"; rm -f "$HIVE_FOLDER/.w"
"""
"""Prints `key=value` lines on what is there."""


class Folder(NamedTuple):
    """The folder of ours there, 0700."""

    path: str
    trouble: str = ""
    """Why nothing can be written there, in the words of the programs there, or ''."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a host has."""

    env: Mapping[str, str]
    """Of a login shell of the account there. It may hold secrets."""
    folder: Folder
    system: str = ""
    """As uname(1) names it."""
    programs: Mapping[str, str] = field(default_factory=dict)
    """Where those stand that were asked for, and are there."""
    tmux: str = ""
    """What `tmux -V` said; '' where there is none."""
    terminal: str = TERMINALS[-1]

    @property
    def home(self) -> str:
        """The home there."""
        return self.env["HOME"]

    @property
    def version(self) -> tuple[int, int] | None:
        """Give tmux's version; None where there is no tmux."""
        found = re.search(r"(\d+)\.(\d+)", self.tmux)
        return (int(found[1]), int(found[2])) if found else (99, 0) if self.tmux else None


async def survey(line: Line, folder: str, programs: Sequence[str] = ()) -> Survey:
    """Look at a host, for tmux and `programs` among others; `folder` of ours stands below the home there.

    Raises HostError where there is no POSIX shell, or no home.
    """
    account = await line.run(["sh", "-s"], stdin=ACCOUNT.encode(), within=WITHIN)
    env = read_environment(account.out[:MOST])
    home = env.get("HOME", "")
    if account.code or not _PATH.fullmatch(home):
        raise HostError(f"{line.name} gives no POSIX shell: {said(account)}.", "Its sh(1) is needed there, and a HOME.")
    place = f"{home}/{folder}"
    words = ["env", f"PATH={env.get('PATH', '/usr/bin:/bin')}", f"HOME={home}", f"HIVE_FOLDER={place}"]
    tools = await line.run([*words, "sh", "-s", "--", "tmux", *programs], stdin=TOOLS.encode(), within=WITHIN)
    if tools.code and not tools.out:
        raise HostError(f"{line.name} could not be looked at: {said(tools)}.")
    found = dict(text.partition("=")[::2] for text in tools.out.decode(errors="replace").splitlines() if "=" in text)
    paths = {key.partition(".")[2]: path for key, path in found.items() if key.startswith("program.")}
    trouble = "" if "writes" in found else found.get("folder", "nothing can be written there")
    return Survey(
        env,
        Folder(place, visible(trouble)[:SAID]),
        visible(found.get("system", ""))[:40],
        {name: path for name, path in paths.items() if _PATH.fullmatch(path)},
        visible(found.get("tmux", ""))[:40],
        next((terminal for terminal in TERMINALS if found.get("terminal") == terminal), TERMINALS[-1]),
    )


def read_environment(data: bytes) -> dict[str, str]:
    """Read what ACCOUNT printed: variables between NULs, or lines where env(1) there knows no `-0`."""
    entries = data.split(b"\0")[1:]
    if len(entries) == 1:
        entries = entries[0].split(b"\n")
    pairs = (entry.decode(errors="surrogateescape").partition("=") for entry in entries)
    return {name: value for name, found, value in pairs if found and re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)}


def said(done: Done) -> str:
    """Give what a program said last, to be shown."""
    lines = [text for text in (done.err or done.out).decode(errors="replace").splitlines() if text.strip()]
    return visible(lines[-1].strip())[:SAID] if lines else f"exit status {done.code}"


def obstacle(name: str, found: Survey) -> HostError | None:
    """Say why no agents can be reached on a host; None where they can."""
    if found.version is None:
        return HostError(
            f"{name} has no tmux.",
            "Install it there: apt-get install tmux, apk add tmux, brew install tmux.",
            final=True,
        )
    if found.version < OLDEST:
        mend = f"Install tmux {OLDEST[0]}.{OLDEST[1]} or later there."
        return HostError(f"{name} has {found.tmux}, which is too old.", mend, final=True)
    return None
