"""Scripts for the shell on another host, which come over their own standard input: nothing is installed there."""

from collections.abc import Mapping, Sequence

from hiveui.hosts.line import Done, Line

ALONE = r"""
LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL= GIT_CONFIG_COUNT=2
GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null GIT_CONFIG_KEY_1=core.fsmonitor GIT_CONFIG_VALUE_1=false
export LC_ALL GIT_TERMINAL_PROMPT GIT_NO_LAZY_FETCH GIT_ALLOW_PROTOCOL GIT_CONFIG_COUNT
export GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_CONFIG_KEY_1 GIT_CONFIG_VALUE_1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES CDPATH
"""
"""Begins a script that runs git, with no hook, and with nobody asked for anything."""


def words(script: bytes, *given: str) -> list[str]:
    """Give words that have sh(1) read a script from its standard input, not a byte more, and run it with `given`.

    What follows the script there is the script's to read. `dd` reads byte for byte: `head` may read on.
    """
    return ["sh", "-c", f'eval "$(dd bs=1 count={len(script)} 2>/dev/null)"', "sh", *given]


def account(env: Mapping[str, str]) -> list[str]:
    """Give the words before others that are to find what a login shell of the account finds; `env` is that shell's."""
    return ["env", *(f"{name}={env[name]}" for name in ("PATH", "HOME") if name in env)]


async def run(line: Line, env: Mapping[str, str], script: str, given: Sequence[str], stdin: bytes = b"") -> Done:
    """Run a script once, with `stdin` for it to read."""
    text = script.encode()
    return await line.run([*account(env), *words(text, *given)], stdin=text + stdin, within=30.0)
