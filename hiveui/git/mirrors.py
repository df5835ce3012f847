"""Mirrors: checkouts on other hosts as they are here. Each is a worktree, of the repository here if it is the same.

It is the same where both have the commit that everything began with. Else the worktree is of a repository of HiveUI's
own. Files come byte for byte as they stand there, with no filter, hook or conversion (apart). Whoever changes one in a
mirror finds it changed back.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.apart import opened
from hiveui.git.bounds import cleared, fits
from hiveui.git.program import converted, git
from hiveui.git.repository import find

WITHIN = 300.0
"""Seconds that bringing a checkout over may take; the first time its history comes too."""
PICTURE = "refs/hive/picture"
"""What a look there leaves in the git directory of ours."""
HEADS = "refs/heads/"
PLACE = "hive-hosts"
"""What mirrors' branches begin with."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A checkout at one moment, as its host told it."""

    top: str
    """Absolute, there."""
    branch: str
    """`refs/heads/…`; '' for none."""
    head: str
    """The commit that is checked out; '' before the first."""
    commit: str
    """One that holds all files as they stand."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """Where a mirror stands."""

    path: Path
    name: str
    """Its own, in the names of refs: `HOST-MARK`."""

    @property
    def own(self) -> Path:
        """The git directory of ours by which its files are written."""
        return self.path.with_name(f"{self.path.name}.own")

    @property
    def bare(self) -> Path:
        """The repository that it is a worktree of where there is none here."""
        return self.path.with_name(f"{self.path.name}.git")

    @property
    def kept(self) -> str:
        """The ref that keeps what came."""
        return f"refs/hive/mirrors/{self.name}"


def transport(argv: Sequence[str], env: Mapping[str, str], most: int) -> str:
    """Give the command of a shell by which git reaches the repository that `argv` serves, whatever it asks for.

    No more than `most` bytes come.
    """
    words = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in env.items()), *argv])
    meter = shlex.join([sys.executable, "-I", "-S", str(Path(__file__).with_name("meter.py")), str(most)])
    return shlex.join(["sh", "-c", f"{words} | {meter}"])


def related(folder: Path, roots: Collection[str]) -> bool:
    """Tell whether the repository of a folder has one of the commits that another began with. Raises GitError."""
    return find(folder) is not None and any(
        git(folder, "cat-file", "-e", f"{root}^{{commit}}").status == 0 for root in roots if _is_name(root)
    )


def bring(mirror: Mirrored, picture: Picture, by: str, beside: Path | None) -> None:
    """Bring a mirror to what a picture shows; `by` is a `transport`. Raises GitError.

    `beside` is a folder of the repository here that is the same, if there is one: a mirror that is there stays whose
    it is.
    """
    path = mirror.path
    with converted():
        new = not (path / ".git").exists()
        home = path if not new else beside or _bare(mirror, picture)
        over = {"core.sshCommand": by, "ssh.variant": "simple", "fetch.unpackLimit": "100"}
        wanted = ("ssh://host/mirror", f"+{PICTURE}:{mirror.kept}")
        words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", *wanted)
        with cleared(home):
            git(home, *words, settings=over, protocols=("ssh",), within=WITHIN).checked()
        fits(home, picture.commit, path)
        if new:
            shutil.rmtree(path, ignore_errors=True)
            add = ("worktree", "add", "--quiet", "--no-checkout", "--detach", "--force", str(path), picture.commit)
            git(home, *add, within=WITHIN).checked()
        moved = _stand(path, picture, f"{HEADS}{PLACE}/{mirror.name}/")
        repository = find(path)
        if repository is None:
            raise GitError(f"{path} is no worktree any more.", "Remove it: it is made anew.")
        with opened(mirror.own, path, repository) as apart:
            git(path, "read-tree", "--reset", "-u", picture.commit, apart=apart, within=WITHIN).checked()
        if moved:
            git(path, "update-index", "-q", "--refresh", within=WITHIN)


def drop(mirror: Mirrored) -> None:
    """Take a mirror away, with its branches. Raises GitError."""
    with converted():
        home = find(mirror.path) if (mirror.path / ".git").exists() else None
        if home is not None:
            common = home.common
            git(common, "worktree", "remove", "--force", "--force", str(mirror.path), within=WITHIN).checked()
            for place in (f"{HEADS}{PLACE}/{mirror.name}", mirror.kept):
                for ref in git(common, "for-each-ref", "--format=%(refname)", place).checked().split():
                    git(common, "update-ref", "-d", ref).checked()
        for left in (mirror.path, mirror.own, mirror.bare):
            shutil.rmtree(left, ignore_errors=True)


def _bare(mirror: Mirrored, picture: Picture) -> Path:
    """Have a repository of ours be there for a mirror. Raises GitError."""
    if not (mirror.bare / "HEAD").exists():
        kind = "sha1" if len(picture.commit) == 40 else "sha256"
        words = ("init", "--quiet", "--bare", "--template=", f"--object-format={kind}", str(mirror.bare))
        git(mirror.path.parent, *words).checked()
    return mirror.bare


def _stand(path: Path, picture: Picture, place: str) -> bool:
    """Have a mirror be on the branch, at the commit, as the checkout there is; nothing is staged. Tell what was not.

    Its branch is called otherwise: on a branch of the same name as here there is other work.
    """
    wanted = f"{place}{picture.branch.removeprefix(HEADS)}" if picture.branch else ""
    at, on = (
        git(path, *words).out.strip()
        for words in (("rev-parse", "--verify", "--quiet", "HEAD"), ("symbolic-ref", "--quiet", "HEAD"))
    )
    if (at, on) == (picture.head, wanted):
        return False
    if wanted and git(path, "check-ref-format", wanted).status:
        raise GitError("A branch there has a name that is none.", "Rename it.")
    if on != wanted:
        git(path, "update-ref", "--no-deref", "HEAD", picture.head or picture.commit).checked()
        if on.startswith(place):
            git(path, "update-ref", "-d", on).checked()
    if wanted:
        if picture.head:
            git(path, "update-ref", wanted, picture.head).checked()
        git(path, "symbolic-ref", "HEAD", wanted).checked()
    elif picture.head:
        git(path, "update-ref", "--no-deref", "HEAD", picture.head).checked()
    if picture.head:
        fits(path, picture.head, path)
        git(path, "read-tree", "--reset", picture.head, within=WITHIN).checked()
    return True


def read_picture(data: bytes) -> Picture | None:
    """Read what a look printed; None where there is no checkout. It comes from a host: nothing of it is believed."""
    lines = os.fsdecode(data).split("\n")
    if len(lines) < 5:
        return None
    top, branch, head, commit, *_ = lines
    if not top.startswith("/") or "\0" in top or not (branch.startswith("refs/heads/") or not branch):
        return None
    return Picture(top, branch, head, commit) if _is_name(commit) and (not head or _is_name(head)) else None


def cost(data: bytes) -> float:
    """Give the seconds of a processor that a look took there, as far as it says."""
    found = _TIMES.search(data)
    return min(LONGEST, sum(60 * int(found[n]) + float(found[n + 1]) for n in (1, 3))) if found else 0.0


_TIMES = re.compile(rb"(\d{1,4})m(\d{1,2}\.\d{1,9})s (\d{1,4})m(\d{1,2}\.\d{1,9})s\n\Z")
LONGEST = 10.0
"""Seconds of a look that are believed."""


def _is_name(said: str) -> bool:
    return len(said) in {40, 64} and set(said) <= set("0123456789abcdef")
