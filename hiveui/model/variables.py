"""What the name of an environment variable says about it."""

import re

SECRET = re.compile(
    r"(?:.*_)?(?:KEY|APIKEY|TOKEN|SECRET|PASS|PASSWD|PASSPHRASE|CREDENTIALS?|COOKIE|DSN|PAT)|.*PASSWORD.*|.*_(?:KEY|TOKEN|SECRET)_.*",
    re.IGNORECASE,
)
"""Variables whose values are shown to nobody."""

REFUSED = re.compile(
    r"LD_.*|DYLD_.*|GCONV_PATH"
    r"|BASH_ENV|ENV|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|PS4"
    r"|PYTHONSTARTUP|PYTHONINSPECT|PERL5OPT|PERL5DB|RUBYOPT"
    r"|GIT_(?:SSH|SSH_COMMAND|ASKPASS|EDITOR|SEQUENCE_EDITOR|PAGER|EXTERNAL_DIFF|PROXY_COMMAND|EXEC_PATH)"
    r"|GIT_(?:DIR|WORK_TREE|CONFIG.*|TEMPLATE_DIR)|SSH_ASKPASS"
    r"|TMUX.*|HIVE_.*"
)
"""Variables that a layout may not set: they make other programs load or run code, or say whose agent it is."""


def is_secret(name: str) -> bool:
    """Tell whether the variable's value is one to hide."""
    return SECRET.fullmatch(name) is not None


def is_refused(name: str) -> bool:
    """Tell whether a layout may not set the variable."""
    return REFUSED.fullmatch(name) is not None
