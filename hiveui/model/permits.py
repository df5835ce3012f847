"""Rules that answer routine permission prompts: `Bash(git status*)`, `Read(docs/**)`, `WebSearch`.

A rule is held against the name and the input of a tool as the agent's own hook tells them, never against a screen.
What a rule covers is meant to be less than its words could mean: a `Bash` rule is one simple command, and its `*`
stands for plain words and options that are known to run, write and read nothing else.
"""

import fnmatch
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

SHELLS = frozenset({"Bash", "shell", "exec", "exec_command", "local_shell", "run_shell_command", "bash"})
"""Names that programs give to the tool that runs a command."""
FILES: Mapping[str, str] = {
    **dict.fromkeys(("Read", "Edit", "Write", "MultiEdit"), "file_path"),
    "NotebookEdit": "notebook_path",
}
"""Tools on one file, and the field of their input that names it."""
PLAIN = frozenset({"command", "description", "timeout", "timeout_ms", "workdir"})
"""Fields of a command's input that change nothing of what it does beyond its words."""

HARMLESS: Mapping[tuple[str, ...], str] = {
    ("git", "status"): "-s --short -b --branch -sb --porcelain --long -v --verbose --ignored -uno -uall -z",
    ("git", "diff"): "--stat --shortstat --numstat --name-only --name-status --cached --staged --check --summary -w",
    (
        "git",
        "log",
    ): "--oneline --stat --graph --decorate --all --name-only --name-status --merges --reverse",
    ("git", "show"): "--stat --oneline --name-only --name-status --no-patch -s",
    ("git", "branch"): "-a --all -r --remotes -v -vv --verbose --list --show-current",
    ("ls",): "-l -a -A -la -al -lah -1 -h -lh -R -t -lt -ltr -d",
    ("cat",): "-n -A",
    ("wc",): "-l -w -c -m",
    ("grep",): "-n -r -rn -i -l -c -v -w -E -F -R -in -rni -rl",
    ("pytest",): "-q -v -vv -x -s -qq --lf --ff --tb=short --tb=line --tb=no --co --collect-only",
    ("python", "-m", "pytest"): "-q -v -vv -x -s -qq --lf --ff --tb=short --tb=line --tb=no --co --collect-only",
    ("cargo", "test"): "--release --all --workspace --lib --quiet -q --no-run",
    ("cargo", "check"): "--release --all --workspace --lib --quiet -q --all-targets",
    ("go", "test"): "-v -race -short -count=1 -run",
    ("npm", "test"): "--silent -s",
    ("npm", "run"): "--silent -s",
}
"""Options that a `*` covers, by the words that the command begins with."""

_RULE = re.compile(r"(?P<tool>[A-Za-z_][A-Za-z0-9_.-]*)(?:\((?P<what>.*)\))?", re.DOTALL)
_SAFE = re.compile(r"[A-Za-z0-9 _./:,@%+=^'\"-]*")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=.*")
_COUNT = re.compile(r"-[0-9]+")


@dataclass(frozen=True, slots=True)
class Permit:
    """One rule."""

    text: str
    tool: str
    words: tuple[str, ...] = ()
    """A command's first words; all of them where nothing is `open`."""
    path: str = ""
    """A pattern of paths below the agent's folder, `**` for any folders."""
    open: bool = False
    """It ends in `*`: plain words may follow."""


def read_permit(text: str) -> Permit:
    """Read a rule. Raises ValueError, a sentence, for one that is none or that would cover too much."""
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no rule: write it as Bash(git status*), Read(docs/**) or the name of a tool.")
    tool, what = match["tool"], (match["what"] or "").strip()
    if tool in SHELLS:
        return _command_permit(text, tool, what)
    if what and tool not in FILES:
        raise ValueError(f"{text!r}: only commands and files can be told apart; {tool} is allowed whole, or not.")
    if tool in FILES and (not what or what in {"*", "**"}) and tool != "Read":
        raise ValueError(f"{text!r} would cover every file: name a folder, as in {tool}(docs/**).")
    if what.startswith(("/", "~")) or ".." in PurePosixPath(what).parts:
        raise ValueError(f"{text!r}: paths are named from the agent's folder, and stay in it.")
    return Permit(text, tool, path=what)


def _command_permit(text: str, tool: str, what: str) -> Permit:
    closed = what.removesuffix("*").rstrip()
    if not closed:
        raise ValueError(f"{text!r} would cover every command: name the command, as in {tool}(git status*).")
    words = _words(closed)
    if words is None:
        raise ValueError(f"{text!r}: a rule covers one simple command, and has one * at its end at most.")
    return Permit(text, tool, tuple(words), open=what.endswith("*"))


def permitted(permits: Sequence[Permit], tool: str, given: Mapping[str, Any], folder: str) -> Permit | None:
    """Find the rule that covers a tool's input, for an agent in `folder`; None where none does.

    Paths of the input are to be real ones: whoever asks resolves links first.
    """
    return next((permit for permit in permits if _covers(permit, tool, given, folder)), None)


def _covers(permit: Permit, tool: str, given: Mapping[str, Any], folder: str) -> bool:
    if permit.tool != tool:
        return False
    if tool in SHELLS:
        return not (set(given) - PLAIN) and _covers_command(permit, given.get("command"))
    if tool in FILES and permit.path:
        return _covers_path(permit.path, given.get(FILES[tool]), folder)
    return True


def _covers_command(permit: Permit, command: object) -> bool:
    words = _words(command) if isinstance(command, str) else None
    count = len(permit.words)
    if words is None or tuple(words[:count]) != permit.words:
        return False
    rest = words[count:]
    return not rest or (permit.open and all(_plain(word, words) for word in rest))


def _plain(word: str, words: Sequence[str]) -> bool:
    """Tell whether a `*` covers a word of a command."""
    if not word.startswith("-"):
        return True
    if word == "--":
        return False
    known = next((options for first, options in HARMLESS.items() if tuple(words[: len(first)]) == first), "")
    return word in known.split() or (bool(known) and _COUNT.fullmatch(word) is not None)


def _words(command: str) -> list[str] | None:
    """Split one simple command; None where a shell might do more with it than run it."""
    if not _SAFE.fullmatch(command):
        return None
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    return None if any(_ASSIGNMENT.fullmatch(word) for word in words) else words


def _covers_path(pattern: str, path: object, folder: str) -> bool:
    if not isinstance(path, str) or not path or "\0" in path:
        return False
    whole = PurePosixPath(folder, path)
    if ".." in whole.parts or not whole.is_relative_to(folder):
        return False
    return _matches(whole.relative_to(folder).parts, PurePosixPath(pattern).parts)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[i:], pattern[1:]) for i in range(len(parts) + 1)) and bool(parts)
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
