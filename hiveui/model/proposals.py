"""Pull requests: what is run to push an agent's branch and to open one, without the repository's own settings."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from hiveui.model.names import quoted

_SHORT = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")
"""`git@host:path` (git-clone(1), GIT URLS)."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a pull request has. All of it is hostile until sanitised."""

    role: str
    url: str
    """Where it is pushed to."""
    objects: str
    """The folder of the repository's objects."""
    tip: str
    """The commit that is pushed."""
    branch: str
    into: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Errand:
    """A program that is run for it."""

    argv: tuple[str, ...]
    given: str = ""
    """What it is given on its standard input."""

    @property
    def shown(self) -> str:
        """The command as a shell would take it."""
        return shlex.join(self.argv)


def host(url: str) -> tuple[str, str]:
    """Give the host of a remote's address and the path on it; ('', '') where it is a file or unknown."""
    if "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return "", ""
        named, path = (parts.hostname or "", parts.path) if parts.scheme != "file" else ("", "")
    else:
        short = _SHORT.fullmatch(url)
        named, path = (short["host"], short["path"]) if short else ("", "")
    return named, path.strip("/").removesuffix(".git") if named else ""


def errands(proposal: Proposal, there: Callable[[str], object]) -> tuple[Errand, ...]:
    """Give what is run, one after the other; `there` tells whether a program is. Without one, only the push.

    Raises ValueError where the address is none that git can be given.
    """
    if not proposal.url or proposal.url.startswith("-") or "::" in proposal.url or not proposal.url.isprintable():
        raise ValueError(f"{quoted(proposal.url)} is no address to push to.")
    push = Errand(("git", "push", proposal.url, f"{proposal.tip}:refs/heads/{proposal.branch}"))
    open_ = _opening(proposal, there)
    return (push, open_) if open_ is not None else (push,)


def _opening(proposal: Proposal, there: Callable[[str], object]) -> Errand | None:
    """Give what opens the pull request: the program whose host it is, else the only one that is there."""
    named, path = host(proposal.url)
    if not named or not path:
        return None
    known = [program for program in ("gh", "glab") if there(program)]
    fitting = [program for program in known if {"gh": "github", "glab": "gitlab"}[program] in named]
    program = (fitting or (known if len(known) == 1 else [""]))[0]
    if program == "gh":
        words = ("gh", "pr", "create", "--repo", f"{named}/{path}", "--head", proposal.branch, "--base", proposal.into)
        return Errand((*words, "--title", proposal.title, "--body-file", "-"), proposal.body)
    if program == "glab":
        first = ("glab", "mr", "create", "--repo", f"https://{named}/{path}", "--source-branch", proposal.branch)
        rest = ("--target-branch", proposal.into, "--title", proposal.title, "--description", proposal.body, "--yes")
        return Errand((*first, *rest))
    return None
