"""Takes secrets out of text before it is kept. Terminal sequences are looked through; a wrapped token is found."""

import re

MASK = "[secret]"

_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")


def _run(chars: str, least: int) -> str:
    """Match at least so many of some characters, across the line ends of a terminal that wraps."""
    return rf"(?:[{chars}]\n?){{{least},}}"


_WORD, _DASHED = "A-Za-z0-9", "A-Za-z0-9_-"

TOKENS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    "Anthropic, OpenAI": rf"sk-(?=[A-Za-z_-]{{0,64}}[0-9A-Z]){_run(_DASHED, 20)}",
    "GitHub": rf"(?:gh[pousr]_{_run(_WORD, 30)}|github_pat_{_run('A-Za-z0-9_', 30)})",
    "GitLab": rf"glpat-{_run(_DASHED, 16)}",
    "AWS": r"(?:AKIA|ASIA)(?:[A-Z0-9]\n?){16}(?![A-Za-z0-9])",
    "Google": rf"(?:AIza{_run(_DASHED, 30)}|ya29\.{_run(_DASHED, 20)})",
    "Slack": rf"(?:xox[abeprs]|xapp)-{_run('A-Za-z0-9-', 10)}",
    "Stripe": rf"(?:[rs]k_(?:live|test)|whsec)_{_run(_WORD, 16)}",
    "Hugging Face, npm, HiveUI": rf"(?:hf|npm|hive)_{_run(_WORD, 24)}",
    "PyPI": rf"pypi-{_run(_DASHED, 40)}",
    "JSON Web Token": rf"eyJ{_run(_DASHED, 8)}\.\n?{_run(_DASHED, 8)}\.\n?{_run(_DASHED, 8)}",
}
"""What the issuers of tokens put in front of them. Each begins where a word does, so a text is walked once."""

_PATTERNS = (
    re.compile(rf"(?<![{_DASHED}])(?:{'|'.join(TOKENS.values())})"),
    re.compile(r"(?<=://)[^\s/:@]{0,256}:[^\s/@]{3,256}\n?[^\s/@]{0,256}(?=@)"),
    re.compile(rf"(?i:(?<=bearer )|(?<=basic )){_run('A-Za-z0-9._~+/=-', 16)}"),
    re.compile(
        r"(?<![A-Za-z0-9_])(?P<keep>(?:[A-Z0-9]{1,64}_){0,8}"
        r"(?:APIKEY|(?<=_)KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)(?:_[A-Z0-9]{1,16})?"
        r"(?:=|\"\s{0,4}:\s{0,4}|:\s{1,4})[\"']?)(?!\[secret\])[^\s\"']{4,}"
    ),
)
"""Tokens; the user and password of an address; an Authorization header; the value of a variable named for one."""


def redact(text: str) -> str:
    """Give `text` with secrets masked; its terminal sequences are taken out too where there was a secret."""
    bare = _SEQUENCE.sub("", text) if "\x1b" in text else text
    masked = bare
    for pattern in _PATTERNS:
        masked = pattern.sub(_mask, masked)
    return text if masked == bare else masked


def _mask(found: re.Match[str]) -> str:
    return (found.groupdict().get("keep") or "") + MASK
