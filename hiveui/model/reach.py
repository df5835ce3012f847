"""What a tool's use may write: the files that it names, and where else it may."""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Lines = tuple[int, int]
"""Lines that were added and removed."""

MOST = 200
"""Files that one use names, at most; one that names more may write anywhere below its folder."""
LONGEST = 20_000
"""Characters of a command that are read; a longer one may write anywhere below its folder."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one use of a tool may write. Every path is absolute, and as its program wrote it: links are not followed."""

    what: str
    """The use in words: `its Edit`, `` its command `make` ``. Hostile until shown through the sanitiser."""
    names: Mapping[str, Lines | None]
    """Files that it writes where it succeeds, with what it changes in them as far as that is known."""
    covers: tuple[str, ...] = ()
    """Files and folders that it may write."""
    near: tuple[str, ...] = ()
    """Folders in which it may write too, though nothing says so: enough for a doubt, not for a claim."""
    command: bool = False
    leaves: bool = False
    """It may leave something running."""
    whole: bool = False
    """It writes whole files: the lines that it adds are known of new ones alone."""

    @property
    def idle(self) -> bool:
        """It writes nothing."""
        return not (self.names or self.covers or self.near)

    def failed(self) -> "Reach":
        """Give what it may have written where it failed: a command may have got that far, an edit has not."""
        return replace(self, names={}, covers=(*self.names, *self.covers) if self.command else ())

    def over(self) -> "Reach | None":
        """Give what goes on once it is over; None where nothing does."""
        near = (*self.names, *self.covers, *self.near)
        return replace(self, names={}, covers=(), near=near) if self.leaves else None

    def may_write(self, path: str, *, certain: bool = False) -> bool:
        """Tell whether it covers a path; unless `certain`, also whether it comes near."""
        places = self.covers if certain else (*self.names, *self.covers, *self.near)
        return any(holds(place, path) for place in places)


def holds(folder: str, path: str) -> bool:
    """Tell whether a path is a place, or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


_READ = """
    Read Glob Grep LS NotebookRead WebFetch WebSearch TodoWrite TodoRead Task Agent Skill ToolSearch AskUserQuestion
    EnterPlanMode ExitPlanMode BashOutput TaskOutput KillShell KillBash TaskStop TaskCreate TaskGet TaskList TaskUpdate
    SendMessage update_plan view_image read_file read_many_files list_directory glob grep_search search_file_content
    google_web_search web_search web_fetch todo_write ask_user_question read list grep webfetch todowrite todoread task
    view
"""
READS = frozenset(_READ.split())
"""Tools that write no file of a project, as their programs call them."""
_FILES = ("file_path", "notebook_path", "filePath", "filepath", "path", "absolute_path")
_COMMANDS = ("command", "cmd", "script")


def reach(tool: str, given: Mapping[str, Any], folder: str) -> Reach | None:
    """Read what a tool's use may write from its name and input, in `folder`; None where that is nothing."""
    if not tool or tool in READS:
        return None
    patch = next(
        (said for key in ("input", "patch", "command") if "*** Begin Patch" in (said := _text(given, key))), ""
    )
    if patch:
        found = Reach("its patch", {_joined(folder, name): lines for name, lines in patched(patch).items()})
    elif tool in EDITS:
        path = next((said for key in _FILES if (said := _text(given, key))), "")
        names = {_joined(folder, path): EDITS[tool](given)} if path else {}
        found = Reach(f"its {tool}", names, whole=EDITS[tool] is _written)
    elif command := next((said for key in _COMMANDS if (said := _text(given, key))), ""):
        own = next((said for key in ("workdir", "directory", "cwd") if (said := _text(given, key))), "")
        found = commanded(command, _joined(folder, own) if own else folder)
        found = replace(
            found, leaves=found.leaves or bool(given.get("run_in_background") or given.get("is_background"))
        )
    else:
        words = (said for said in given.values() if isinstance(said, str) and len(said) < LONGEST)
        paths = [_joined(folder, word) for word in words if "/" in word and "\n" not in word and "://" not in word]
        found = Reach(f"its {tool}", {}, _below(paths, folder), near=(folder,))
    if len(found.names) > MOST:
        found = replace(found, names={}, covers=(folder, *found.covers))
    return None if found.idle else found


def _replaced(given: Mapping[str, Any]) -> Lines | None:
    old, new = _text(given, "old_string"), _text(given, "new_string")
    return None if given.get("replace_all") is True else _lines(old, new)


def _all_replaced(given: Mapping[str, Any]) -> Lines | None:
    edits = given.get("edits")
    found = [_replaced(edit) for edit in edits if isinstance(edit, Mapping)] if isinstance(edits, list) else [None]
    known = [lines for lines in found if lines is not None]
    return (sum(a for a, _ in known), sum(r for _, r in known)) if len(known) == len(found) else None


def _lines(old: str, new: str) -> Lines:
    """Count lines that one text has and the other has not, which a diff shows; those around an edit are in both."""
    before, after = old.splitlines(), new.splitlines()
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return len(after), len(before)


def _written(given: Mapping[str, Any]) -> Lines | None:
    return (len(given["content"].splitlines()), 0) if isinstance(given.get("content"), str) else None


def _unknown(_: Mapping[str, Any]) -> None:
    return None


EDITS: Mapping[str, Callable[[Mapping[str, Any]], Lines | None]] = {
    "Edit": _replaced,
    "MultiEdit": _all_replaced,
    "NotebookEdit": _unknown,
    "Write": _written,
    "edit": _replaced,
    "replace": _replaced,
    "write": _written,
    "write_file": _written,
    "create": _unknown,
    "str_replace_editor": _unknown,
}
"""Tools that write one file, and how many lines they say they change: of Claude Code, Gemini CLI, Qwen Code, OpenCode
and Copilot CLI."""

_PATCHED = re.compile(r"^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$")


def patched(patch: str) -> dict[str, Lines]:
    """Give the files of a patch as Codex writes them (its apply_patch grammar), with lines added and removed."""
    found: dict[str, Lines] = {}
    name = ""
    for line in patch.splitlines():
        head = _PATCHED.match(line)
        if head is not None:
            name = head[1].strip()
            found.setdefault(name, (0, 0))
        elif name and line[:1] in {"+", "-"}:
            added, removed = found[name]
            found[name] = (added + (line[0] == "+"), removed + (line[0] == "-"))
    return found


# commands of a shell

_HEREDOC = re.compile(r"<<-?[ \t]{0,8}['\"]?(\w{1,64})['\"]?")
_OPERATORS = ";<>|&()\n"
_GOES_ON = frozenset({"&&", ";", "|", "\n", "|&"})
_REDIRECTS = frozenset({">", ">>", ">|", "&>", "&>>"})
_BEYOND = """
    if then else elif fi for while until do done case esac function select { } ! exit return exec set eval source .
    trap command env sudo xargs time nohup setsid disown
"""
_UNCERTAIN = frozenset(_BEYOND.split())
"""First words with which a command is no list of plain commands, or one runs another."""
_HARMLESS = """
    echo printf cat ls head tail wc grep egrep fgrep rg pwd true false sleep date test [ stat file du df which basename
    dirname realpath readlink cut tr nl cmp diff seq mkdir cd id whoami uname :
"""
_PLAIN = frozenset(_HARMLESS.split())
"""Programs that write no file but by a redirection; `mkdir` makes folders, which are not told of."""
_LEAVING = frozenset({"nohup", "setsid", "disown", "screen", "tmux", "-d", "--detach", "--daemon", "daemonize"})


def _words_after(words: Sequence[str]) -> list[str]:
    return [word for word in words[1:] if not word.startswith("-")]


def _in_place(words: Sequence[str]) -> list[str] | None:
    """Give the files of `sed -i SCRIPT FILE…`; None where it is called in another way."""
    options = [word for word in words[1:] if word.startswith("-") and word != "-"]
    simple = "-i" in options and set(options) <= {"-i", "-E", "-r", "-n"}
    return _words_after(words)[1:] if simple else None


def _moved(words: Sequence[str], *, keeps: bool) -> list[str] | None:
    """Give the files of `cp FROM TO`; TO may be a folder, so both that it may mean are given. None for other calls."""
    if len(words) != 3 or any(word.startswith("-") for word in words):
        return None
    _, source, goal = words
    inside = f"{goal.rstrip('/')}/{os.path.basename(source)}"  # noqa: PTH119  words are text
    return [goal, inside] if keeps else [source, goal, inside]


_WRITERS: Mapping[str, Callable[[Sequence[str]], list[str] | None]] = {
    "tee": _words_after,
    "touch": _words_after,
    "rm": _words_after,
    "cp": lambda words: _moved(words, keeps=True),
    "mv": lambda words: _moved(words, keeps=False),
    "truncate": lambda words: [*words[2:]] if len(words) == 3 else None,  # `truncate -s0 FILE`
    "sed": _in_place,
    "sort": lambda words: None if any(word.startswith(("-o", "--o")) for word in words) else [],
}
"""Programs whose words say which files they write."""


def commanded(command: str, folder: str) -> Reach:
    """Read which files a shell's command names to write to, and whether it may write others.

    What is not understood may write anywhere below its folder, and below the paths that it names.
    """
    what = f"its command `{' '.join(command.split())[:80]}`"
    text = _without_heredocs(command) if len(command) <= LONGEST else ""
    tokens = _tokens(text)
    if not tokens:
        return Reach(what, {}, (folder,), command=True, leaves=True)
    leaves = "&" in tokens or any(token in _LEAVING for token in tokens)
    covers = (folder, *_below((_joined(folder, word) for word in _paths(tokens)), folder))
    firsts = {words[0] for words, _, _ in _commands(tokens) if words}
    if firsts & _UNCERTAIN or any(_odd(token) for token in tokens):
        return Reach(what, {}, covers, command=True, leaves=leaves)
    names, understood = _named(tokens, folder, hidden="$(" in text or "`" in text)
    return Reach(what, dict.fromkeys(names), () if understood else covers, command=True, leaves=leaves)


def _without_heredocs(command: str) -> str:
    """Leave out the texts that a command passes to its programs: they are no commands."""
    kept, end = [], ""
    for line in command.split("\n"):
        if end:
            end = "" if line.strip() == end else end
            continue
        found = _HEREDOC.search(line)
        kept.append(line[: found.start()] + line[found.end() :] if found else line)
        end = found[1] if found else ""
    return "\n".join(kept)


def _tokens(text: str) -> list[str] | None:
    """Part a command into words and operators; None where its quotes do not close."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_OPERATORS)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    try:
        return [part for token in lexer for part in _parted(token)]
    except ValueError:
        return None


def _parted(token: str) -> list[str]:
    """Part operators that stand side by side: line breaks from others."""
    return re.findall(r"\n+|[^\n]+", token) if set(token) <= set(_OPERATORS) and "\n" in token else [token]


def _odd(token: str) -> bool:
    """Tell whether a token is an operator beyond a list of plain commands."""
    operator = token and set(token) <= set(_OPERATORS)
    return bool(operator and token[0] != "\n" and token not in _GOES_ON | _REDIRECTS | {"<", ">&", "<<<"})


def _named(tokens: Sequence[str], folder: str, *, hidden: bool) -> tuple[list[str], bool]:
    """Give the files that a list of plain commands writes, and whether it writes no other."""
    names: list[str] = []
    understood, here, sure, before = not hidden, folder, True, ";"
    lists = {"\n" if token[0] == "\n" else token for token in tokens}
    mixed = "&&" in lists and bool(lists & {";", "\n"})
    for words, targets, after in _commands(tokens):
        sure = before != "&&" or not mixed
        program = os.path.basename(words[0]) if words else ":"  # noqa: PTH119  words are text
        if program == "cd":
            literal = len(words) == 2 and not _varies(words[1])
            here = _joined(here, words[1]) if literal and after in {"&&", ""} and here else ""
        written = _WRITERS[program](words) if program in _WRITERS else ([] if program in _PLAIN else None)
        understood = understood and written is not None
        for name in (*targets, *(written or ())):
            if not name or _varies(name) or not (here or name.startswith("/")) or not sure:
                understood = False
            elif not name.startswith("/dev/"):
                names.append(_joined(here, name))
        before = after
    return names, understood


def _commands(tokens: Sequence[str]) -> Iterable[tuple[list[str], list[str], str]]:
    """Part tokens into plain commands: their words, what they are redirected to, and what follows them."""
    words: list[str] = []
    targets: list[str] = []
    waiting = ""
    for token in (*tokens, "\n"):
        if waiting:
            if waiting in _REDIRECTS:
                targets.append(token)
            waiting = ""
        elif token in _REDIRECTS or token in {"<", ">&", "<<<"}:
            waiting = token
        elif token[:1] == "\n" or token in _GOES_ON:
            if words or targets:
                yield words, targets, "\n" if token[:1] == "\n" else token
            words, targets = [], []
        else:
            words.append(token)


def _varies(word: str) -> bool:
    """Tell whether a shell would make something else of a word."""
    return any(mark in word for mark in "$`*?[{~\\")


def _paths(tokens: Iterable[str]) -> list[str]:
    words = [part for token in tokens for part in token.split("=") if part]
    return [word for word in words if word[0] == "/" or ".." in word.split("/")]


def _below(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """Leave out what the folder lies below: a command that looks through `/` writes not therefore everywhere."""
    return tuple(dict.fromkeys(path for path in paths if not holds(path, folder)))


def _joined(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))  # noqa: PTH118  texts, not files


def _text(given: Mapping[str, Any], key: str) -> str:
    found = given.get(key)
    return found if isinstance(found, str) else ""
