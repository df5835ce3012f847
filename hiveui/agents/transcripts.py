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
    places = [place for pattern in patterns if (place := _place(pattern, env))]
    found = {}
    for conversation in conversations:
        times = [time for place in places for time in _times(place.replace("{conversation}", conversation))]
        if times:
            found[conversation] = max(times)
    return found


def _place(pattern: str, env: Mapping[str, str]) -> str:
    """Put the variables and the home into a pattern, as they are written; '' where one is not set."""
    if pattern.startswith("~/"):
        pattern = f"$HOME{pattern[1:]}"
    if not all(env.get(name) for name in _VARIABLE.findall(pattern)):
        return ""
    return _VARIABLE.sub(lambda name: glob.escape(env[name[1]]), pattern)


def _times(pattern: str) -> Iterable[float]:
    for path in glob.iglob(pattern):  # noqa: PTH207  the pattern is absolute
        try:
            yield os.stat(path).st_mtime  # noqa: PTH116  beside glob
        except OSError:
            continue
