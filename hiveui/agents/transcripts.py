"""Where programs keep their conversations: whether one is still there, and when it changed last."""

import glob
import os
import re
from collections.abc import Iterable, Mapping

_VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)")


def last_changes(patterns: Iterable[str], conversations: Iterable[str], env: Mapping[str, str]) -> dict[str, float]:
    """Give when each conversation that is there changed last, in seconds since 1970; looks at the disk.

    `env` is the agent's. A pattern that names a variable which is not set finds nothing.
    """
    patterns = tuple(patterns)
    found = {}
    for conversation in conversations:
        times = [time for path in files(patterns, conversation, env) for time in _times(path)]
        if times:
            found[conversation] = max(times)
    return found


def files(patterns: Iterable[str], conversation: str, env: Mapping[str, str]) -> list[str]:
    """Find the files that a conversation is kept in, as `last_changes` does; `{short}` is its first 8 characters."""
    places = (place for pattern in patterns if (place := _place(pattern, env)))
    named = (place.replace("{conversation}", conversation).replace("{short}", conversation[:8]) for place in places)
    return list(dict.fromkeys(path for pattern in named for path in glob.iglob(pattern)))  # noqa: PTH207  absolute


def _place(pattern: str, env: Mapping[str, str]) -> str:
    """Put the variables and the home into a pattern, as they are written; '' where one is not set."""
    if pattern.startswith("~/"):
        pattern = f"$HOME{pattern[1:]}"
    if not all(env.get(name) for name in _VARIABLE.findall(pattern)):
        return ""
    return _VARIABLE.sub(lambda name: glob.escape(env[name[1]]), pattern)


def _times(path: str) -> Iterable[float]:
    try:
        yield os.stat(path).st_mtime  # noqa: PTH116  beside glob
    except OSError:
        return
