"""Which files a tool of an agent has read, by the input that its own hook tells. Pure; paths are the program's."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from hiveui.model.turns import Happening, Hooked

MOST = 50
"""Files of one use of a tool."""
LONGEST = 4096
"""Characters of a path, and of a command that is looked at."""

Given = Mapping[str, Any]


def _under(*keys: str) -> Callable[[Given], list[str]]:
    """Make what gives the texts that stand under some keys, or in lists there."""

    def texts(given: Given) -> list[str]:
        found: list[str] = []
        for key in keys:
            value = given.get(key)
            found += [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [text for text in found if isinstance(text, str)]

    return texts


def _shown(given: Given) -> list[str]:
    """Give the files that a plain command prints: `sed -n 1,20p FILE`, `cat FILE`."""
    command = given.get("command") or given.get("cmd")
    words = list(map(str, command)) if isinstance(command, list) else _words(command)
    if len(words) > 2 and words[0].rsplit("/", 1)[-1] in _SHELLS and words[1] in ("-c", "-lc"):
        words = _words(words[2])
    if not words or words[0] not in _PRINTERS or not _UNSAFE.isdisjoint("".join(words)):
        return []
    skipped = _PRINTERS[words[0]]
    files = [word for word in words[1:] if not word.startswith("-")]
    return files[skipped:]


def _words(command: object) -> list[str]:
    if not isinstance(command, str) or len(command) > LONGEST:
        return []
    try:
        return shlex.split(command)
    except ValueError:
        return []


_SHELLS = frozenset({"sh", "bash", "zsh", "dash"})
_PRINTERS: Mapping[str, int] = {
    **dict.fromkeys(("bat", "cat", "head", "less", "nl", "tail"), 0),
    **dict.fromkeys(("grep", "rg", "sed"), 1),
}
"""Commands that print files, and how many of their words come before the files."""
_UNSAFE = frozenset("|&;<>$`*?(){}\n")

_READERS: Mapping[str, Callable[[Given], list[str]]] = {
    # Claude Code
    "Read": _under("file_path"),
    "NotebookRead": _under("notebook_path"),
    "Grep": _under("path"),
    # Gemini CLI, Qwen Code
    "read_file": _under("file_path", "absolute_path"),
    "read_many_files": _under("paths", "include"),
    "search_file_content": _under("path"),
    "grep_search": _under("path"),
    # OpenCode, Copilot CLI
    "read": _under("filePath"),
    "view": _under("path"),
    # those that run commands
    "Bash": _shown,
    "run_shell_command": _shown,
    "shell": _shown,
    "exec_command": _shown,
    "bash": _shown,
}
"""By a tool's name, what gives the paths in its input. A folder that is searched is no file that was read."""


def files_read(event: Hooked) -> tuple[str, ...]:
    """Give the files that a use of a tool has read, as the program names them; folders may be among them."""
    reader = _READERS.get(event.tool)
    if reader is None or event.happening is not Happening.TOOL_OVER or event.failure:
        return ()
    return tuple(path for path in reader(event.tool_input)[:MOST] if 0 < len(path) <= LONGEST and "\0" not in path)
