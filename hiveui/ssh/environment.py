"""The environment of a screen for somebody from outside: what a login has, and what they may say of their terminal."""

import re
from collections.abc import Mapping

PLAIN = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
"""Of a client that says nothing."""
_OWN = re.compile(r"HOME|PATH|USER|LOGNAME|SHELL|TZ|XDG_[A-Z_]+|SSH_AUTH_SOCK|PYTHON(PATH|HOME|DONTWRITEBYTECODE)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_SAID = {"TERM": _NAME, "COLORTERM": re.compile(r"truecolor|24bit|yes"), "LANG": _NAME}
_LOCALE = re.compile(r"LC_[A-Z_]{1,32}")


def own(environ: Mapping[str, str]) -> dict[str, str]:
    """Give what a screen has of the environment of whoever starts it: nothing of a terminal, and no secrets."""
    return {name: value for name, value in environ.items() if _OWN.fullmatch(name)}


def allowed(said: Mapping[str, str]) -> dict[str, str]:
    """Give what a client may say of its terminal; all else that it says is dropped."""
    rules = {name: _NAME if _LOCALE.fullmatch(name) else _SAID.get(name) for name in said}
    return {name: said[name] for name, rule in rules.items() if rule is not None and rule.fullmatch(said[name])}


def environment(environ: Mapping[str, str], said: Mapping[str, str], where: str) -> dict[str, str]:
    """Give the whole environment of a screen for a client at an address."""
    return PLAIN | own(environ) | allowed(said) | {"SSH_CONNECTION": where or "?"}
