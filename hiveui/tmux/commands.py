"""The tmux commands that are used, typed and quoted for the control connection.

Names given to tmux are generated ids only: tmux *executes* `#(…)` in the names of sessions, windows and titles.
People's names travel in `set-option -p @hive_role`, which neither expands nor executes (measured on 3.3a).
"""

import re
from collections.abc import Mapping, Sequence

from hiveui.errors import TmuxError
from hiveui.model.hosts import HOST_NAME
from hiveui.tmux.protocol import CAPTURE_HEADER

PIECE = 1 << 16
"""Characters of one piece of a paste."""

_ID = re.compile(r"[a-z0-9-]{1,32}")
_PANE = re.compile(rf"(?:{HOST_NAME.pattern})?(%[0-9]{{1,9}})")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "~": "\\~"}
)
"""What tmux reads inside double quotes, a leading tilde among it (cmd-parse.y, yylex_token)."""
_NO_ARGUMENT = re.compile("[\0\ud800-\udc7f\udd00-\udfff]")
"""NUL, and surrogates that do not stand for a byte (PEP 383)."""
_OCTAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\udc80-\udcff]")
"""Controls, and bytes that are no text: tmux takes a raw 0xff for the end of a word, and runs what follows."""

LAUNCH = (
    "unset TMUX TMUX_PANE TERM_PROGRAM TERM_PROGRAM_VERSION SHELL OLDPWD; "
    'cd "$1" || exit 127; [ -z "$2" ] || export SHELL="$2"; unset OLDPWD; shift 2; exec "$@"'
)
"""Enters the folder itself (tmux expands `-c`), hides tmux, through which a program could type into others, and
names the caller's shell where tmux names its own."""

KEEPER = "hive-keeper"
"""The window that keeps a session alive without agents, and has the focus while no agent has it."""


def quote(text: str) -> str:
    r"""Quote one argument for a control line. The result has no raw newline; other C0 and stray bytes become `\ooo`.

    Raises TmuxError for NUL and halves of characters, which no argument can hold.
    """
    if _NO_ARGUMENT.search(text):
        raise TmuxError("A character that no program can be given was not handed to tmux.", "Take it out of the text.")
    return '"' + _OCTAL.sub(lambda m: f"\\{ord(m[0]) & 0xFF:03o}", text.translate(_ESCAPES)) + '"'


def checked_id(name: str) -> str:
    """Give `name` back if tmux may see it as a name. Raises TmuxError."""
    if not _ID.fullmatch(name):
        raise TmuxError(f"{name!r} is no generated id.")
    return name


def checked_pane(pane: str) -> str:
    """Give a pane's id as the tmux of its host knows it: without the host. Raises TmuxError for what is no pane."""
    found = _PANE.fullmatch(pane)
    if found is None:
        raise TmuxError(f"{pane!r} is no pane.")
    return found[1]


def capture(pane: str, start: int | None = None, end: int | None = None) -> str:
    """Ask for a screen, or for lines `start` to `end` with the history negative: two blocks, atomic together."""
    bounds = "" if start is None else f" -S {start} -E {end}"
    target = checked_pane(pane)
    return f"display-message -p -t {target} '{CAPTURE_HEADER}' ; capture-pane -p -e -N -t {target}{bounds}"


RECENT = 300
"""Lines of history that a still has with their colours: they take ten times as long as text alone."""
STILL = (f"-e -N -S -{RECENT}", "-N -S -", "-J -S -")
"""How a still is captured: the last lines as they are shown, all as plain text, and all with wrapped lines joined."""


def still(pane: str, buffer: str, paths: Sequence[str]) -> tuple[str, int]:
    """Write history and screen, as of one moment, into a file for each of `STILL`: the commands, and their blocks.

    Answers the header of a capture and the bytes of each file: one that could not be written is no error to tmux.

    What was wrapped shows only in what was joined, and how many lines that is cannot be told beforehand: on the
    control connection a pane could forge their end. In a file it cannot. `buffer` is a prefix of names.
    """
    target = checked_pane(pane)
    names = [checked_id(f"{buffer}-{number}") for number in range(len(STILL))]
    line = [f"display-message -p -t {target} '{CAPTURE_HEADER}'"]
    line += [f"capture-pane {how} -b {name} -t {target} -E -" for how, name in zip(STILL, names, strict=True)]
    line += [f"list-buffers -F '#{{buffer_size}}' -f '#{{==:#{{buffer_name}},{name}}}'" for name in names]
    for name, path in zip(names, paths, strict=True):
        line += [f"save-buffer -b {name} {quote(path.replace('#', '##'))}", f"delete-buffer -b {name}"]
    return " ; ".join(line), len(line)


def forget_still(buffer: str) -> list[str]:
    """Drop what a still that failed half-way left in tmux's memory: a command each, as some are not there."""
    return [f"delete-buffer -b {checked_id(f'{buffer}-{number}')}" for number in range(len(STILL))]


def new_window(
    session: str, name: str, env: Mapping[str, str], cwd: str, argv: Sequence[str], *, size: tuple[int, int] = (80, 24)
) -> str:
    """Start a program in a window of its own and of the given columns and rows; answers `%pane pid`. Two blocks."""
    words = ["new-window", "-d", "-P", "-F", "'#{pane_id} #{pane_pid}'"]
    words += ["-t", f"={checked_id(session)}:", "-n", checked_id(name)]
    fit = f" ; resize-window -t ={session}:{name} -x {max(1, size[0])} -y {max(1, size[1])}"
    return " ".join([*words, *_environment(env), "--", *program(env, cwd, argv)]) + fit


def kill_pane(pane: str) -> str:
    """Take a pane away, whatever runs in it.

    A program that is started anew gets another pane: `respawn-pane` ends the server, and all that is in it, where a
    control client has not been sent everything that the old program printed (3.3a, 4 times of 8 after `seq 20000`).
    """
    return f"kill-pane -t {checked_pane(pane)}"


def program(env: Mapping[str, str], cwd: str, argv: Sequence[str]) -> list[str]:
    """Quote the words that enter `cwd` and become `argv`."""
    return [quote(word) for word in ("/bin/sh", "-c", LAUNCH, "sh", cwd, env.get("SHELL", ""), *argv)]


def _environment(env: Mapping[str, str]) -> list[str]:
    return [word for name, value in sorted(env.items()) for word in ("-e", quote(f"{name}={value}"))]


def resize(pane: str, columns: int, rows: int) -> str:
    """Size the window of one pane. Sizes are per window: a *global* manual window-size kills servers before 3.7."""
    return f"resize-window -t {checked_pane(pane)} -x {max(1, columns)} -y {max(1, rows)}"


def paste(pane: str, buffer: str, text: str) -> list[str]:
    """Type `text`, bracketed where the program asked: commands to be sent one after the other's answer.

    A long text goes in pieces, between which tmux does other work. `text` has been cleaned by `delivery`.
    """
    name = checked_id(buffer)
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    last = f"paste-buffer -p -r -d -b {name} -t {checked_pane(pane)}"
    return [*(f"set-buffer -a -b {name} -- {quote(piece)}" for piece in pieces), last]


def enter(pane: str) -> str:
    """Press enter."""
    return f"send-keys -t {checked_pane(pane)} Enter"


def set_role(pane: str, role: str) -> str:
    """Keep the person's name for a pane where `tmux attach` can show it."""
    return f"set-option -p -t {checked_pane(pane)} @hive_role {quote(role)}"


def note_prompt(pane: str, note: str) -> str:
    """Keep in a pane how far a prompt has come in it, on the line of the command that brings it there.

    tmux does both or neither, and keeps the note for as long as the pane: whoever asks later knows what was done.
    """
    return f"set-option -p -t {checked_pane(pane)} @hive_prompt {checked_id(note)}"


def ask_prompt(pane: str) -> str:
    """Ask for what `note_prompt` kept; answers it with a dot behind."""
    return f"display-message -p -t {checked_pane(pane)} '#{{@hive_prompt}}.'"


def history_limit(session: str, lines: int) -> str:
    """Have windows made from now on keep this many lines; tmux takes a tenth away each time that a limit is reached."""
    return f"set-option -t ={checked_id(session)}: history-limit {int(lines) * 10 // 9 + 1}"


FOCUS_BLOCKS = 5
"""Blocks of the answer to `focus`: what if-shell(1) runs has one of its own."""
_TELLING, _HUSHED = "set-option -s focus-events on", "set-option -s focus-events off"


def focus(session: str, pane: str = "") -> str:
    """Give a pane the focus, or the keeper where that is '' or its program has ended: tmux tells programs that asked.

    tmux 3.3a dies, with every agent, where the focus comes to or leaves a pane whose program ended while it wanted to
    be told (xterm, mode 1004): it writes to what is freed. So nobody is told then, and the dead have no focus.
    """
    keeper = f"={checked_id(session)}:{KEEPER}"
    target = checked_pane(pane) if pane else keeper
    return (
        f"if-shell -F -t ={session}: '#{{pane_dead}}' '{_HUSHED}' '{_TELLING}'"
        f" ; if-shell -F -t {target} '#{{pane_dead}}' 'select-window -t {keeper}' 'select-window -t {target}'"
        f" ; {_TELLING}"
    )


def leave_the_dead() -> str:
    """Have the keeper get the focus as soon as the program ends that had it: before anything else can take it away."""
    leave = f"{_HUSHED} ; select-window -t :{KEEPER} ; {_TELLING}"
    return f"set-hook -g pane-died \"if-shell -F '#{{window_active}}' '{leave}'\""


WATCH = "'hive:%*:#{pane_dead},#{pane_dead_status},#{pane_dead_signal},#{pane_pid},#{window_bell_flag}'"
"""One line a second for each pane whose numbers changed; no text of an agent."""


def watch_panes() -> str:
    """Subscribe to deaths and bells of all panes of the session."""
    return f"refresh-client -B {WATCH}"


def list_panes(session: str) -> str:
    """List `%pane pid dead status signal window-name` of a session; window names are generated ids."""
    fields = "#{pane_id} #{pane_pid} #{pane_dead} #{pane_dead_status}. #{pane_dead_signal}. #{window_name}"
    return f"list-panes -s -t ={checked_id(session)} -F '{fields}'"
