"""Scripts for the shell on another host, which come over their own standard input: nothing is installed there."""

from collections.abc import Mapping, Sequence

from hiveui.hosts.line import Done, Line


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
