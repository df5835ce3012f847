"""An agent's environment: the caller's, the kind's, the layout's and ours, with the origin of each variable.

The caller is the shell that ran `hive up`. What says that it ran inside another agent or multiplexer is left out,
and so is what describes its terminal: the agent's terminal is a tmux pane.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hiveui.model.variables import is_refused, is_secret

HIDDEN = "(hidden)"

MARKS = re.compile(
    # a surrounding agent
    r"CLAUDECODE.*|CLAUDE_CODE_(?:ENTRYPOINT|SESSION.*|SSE_PORT|MESSAGING.*|CHILD.*|EXECPATH|REMOTE.*)"
    r"|CLAUDE_PID|CLAUDE_PROJECT_DIR|AI_AGENT"
    r"|CODEX_(?:SANDBOX|SESSION|THREAD|TURN|CI|MANAGED).*"
    r"|GEMINI_CLI|GEMINI_CLI_NO_RELAUNCH|OPENCODE|OPENCODE_(?:PID|PROCESS_ROLE|SESSION.*)|QWEN_CODE|COPILOT_AGENT.*"
    # a surrounding multiplexer
    r"|TMUX.*|STY|WINDOW|ZELLIJ.*|HIVE_.*"
    # the caller's terminal
    r"|TERM|TERM_.*|TERMCAP|COLORTERM|COLORFGBG|LINES|COLUMNS|VTE_VERSION|WINDOWID|KITTY_.*|WEZTERM_.*|ITERM_.*"
    r"|LC_TERMINAL.*|GHOSTTY_.*|ALACRITTY_.*|KONSOLE_.*|WT_.*|VSCODE_(?:INJECTION|NONCE|SHELL.*)"
    # the caller's shell
    r"|_|SHLVL|OLDPWD|PWD"
)
"""Variables of the caller that an agent does not inherit."""

TERMINAL = {"TERM": "tmux-256color", "COLORTERM": "truecolor"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of an agent's environment."""

    name: str
    value: str
    origin: str
    """`shell` (that ran `hive up`), `kind`, `layout` or `hive`."""
    secret: bool = False

    @property
    def shown(self) -> str:
        """The value as a person may see it."""
        return HIDDEN if self.secret else self.value


def compose(
    caller: Mapping[str, str],
    role: Mapping[str, str],
    kind: Mapping[str, str],
    hive: Mapping[str, str],
    *,
    utf8: str = "C.UTF-8",
) -> tuple[Variable, ...]:
    """Put an environment together, by name; what stands later wins: shell, kind, layout, hive.

    `utf8` names a locale that this machine has, for a caller whose own is not UTF-8.
    """
    inherited = {name: value for name, value in caller.items() if name and not MARKS.fullmatch(name)}
    given = {name: value for name, value in role.items() if not is_refused(name)}
    layers = (("shell", inherited), ("hive", TERMINAL), ("kind", kind), ("layout", given), ("hive", hive))
    found: dict[str, tuple[str, str]] = {}
    for origin, layer in layers:
        found |= {name: (value, origin) for name, value in layer.items()}
    name = _unreadable_locale({name: value for name, (value, _) in found.items()})
    if name:
        found[name] = (utf8, "hive")
    return tuple(Variable(name, value, origin, is_secret(name)) for name, (value, origin) in sorted(found.items()))


def _unreadable_locale(env: Mapping[str, str]) -> str:
    """Name the variable to set where the locale is not UTF-8, or ''; LC_ALL beats LC_CTYPE beats LANG (locale(7))."""
    decisive = next((name for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "")
    if re.search(r"utf-?8", env.get(decisive, ""), re.IGNORECASE):
        return ""
    return "LC_ALL" if decisive == "LC_ALL" else "LC_CTYPE"
