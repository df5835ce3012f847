"""What OpenSSH's client says where it cannot connect, in words of ours. Its own are those of OpenSSH 8.4 to 10."""

import re
from dataclasses import dataclass

from hiveui.errors import HostError
from hiveui.model.text import visible

SAID = 200
"""Characters that are shown of words that are not known."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, by what ssh(1) says of it on its standard error."""

    pattern: re.Pattern[str]
    sentence: str
    """Takes `{name}` and `{to}`, the host's name and the words after ssh(1) that lead there."""
    mend: str
    final: bool
    """Trying again cannot help before somebody has mended it."""


def _refusal(pattern: str, sentence: str, mend: str, *, final: bool) -> Refusal:
    return Refusal(re.compile(pattern, re.IGNORECASE), sentence, mend, final)


REFUSALS = (
    _refusal(
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|POSSIBLE DNS SPOOFING",
        "{name} shows another host key than known_hosts has: it was installed anew, or somebody is in between.",
        "Ask who runs it. If it was, take the old key out (ssh-keygen -R) and connect once by hand: ssh {to}",
        final=True,
    ),
    _refusal(
        r"REVOKED HOST KEY|host key .* revoked",
        "The host key of {name} was revoked.",
        "Ask who runs it.",
        final=True,
    ),
    _refusal(
        r"Host key verification failed|host key is known for .* requested strict checking",
        "The host key of {name} is not known here.",
        "Connect once by hand, compare its fingerprint, say yes, then: hive hosts retry {name}. By hand: ssh {to}",
        final=True,
    ),
    _refusal(
        r"Permission denied|Too many authentication failures|no supported authentication methods",
        "{name} does not take any key of yours.",
        "See that this works and asks nothing: ssh -o BatchMode=yes {to}",
        final=True,
    ),
    _refusal(
        r"bad configuration option|Bad owner or permissions|^usage: ssh|Can't open user config",
        "ssh does not take how {name} is reached.",
        "See what it says: ssh {to}",
        final=True,
    ),
    _refusal(r"Could not resolve hostname", "{name} has no address.", "Spelt right, and online? ssh {to}", final=False),
    _refusal(
        r"Connection refused",
        "Nothing takes ssh at {name}.",
        "Is its sshd running, at that port? ssh {to}",
        final=False,
    ),
    _refusal(
        r"No route to host|Network is unreachable|Host is down|(Operation|Connection) timed out|timed out during",
        "{name} cannot be reached.",
        "Is it on, and is the network? ssh {to}",
        final=False,
    ),
    _refusal(r"not responding|Broken pipe|Connection reset", "{name} does not answer any more.", "", final=False),
    _refusal(
        r"Connection (closed|to .* closed)|kex_exchange_identification|banner exchange",
        "{name} ended the connection.",
        "See why: ssh {to}",
        final=False,
    ),
)
"""The first that is found holds: what comes later may be said besides."""


def explain(said: str, name: str, destination: str) -> HostError:
    """Tell the person why there is no connection; `said` is the standard error of ssh(1), text from outside."""
    for refusal in REFUSALS:
        if refusal.pattern.search(said):
            words = {"name": name, "to": visible(destination)}
            return HostError(refusal.sentence.format(**words), refusal.mend.format(**words), final=refusal.final)
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "it gave no reason")
    return HostError(f"{name} cannot be reached: {visible(last.strip())[:SAID]}.", "", final=False)
