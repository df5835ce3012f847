"""Mirrors: checkouts on other hosts as they are here. Their git directories are HiveUI's own, and so is each file.

What came is written byte for byte, with no filter, hook or conversion; links are plain files that say where they lead,
so that nothing in a mirror leads out of it. Whoever changes a file in a mirror finds it changed back.
"""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.program import converted, git

WITHIN = 300.0
"""Seconds that bringing a checkout over may take; the first time its history comes too."""
PICTURE = "refs/hive/picture"
_SHOWN = "refs/hive/shown"
_INDEX = "hiveui-index"
_CONFIG = """[core]
\trepositoryFormatVersion = {version}
\tbare = false
\tsymlinks = false
\tautoCrlf = false
\tlogAllRefUpdates = false
"""


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


def transport(argv: Sequence[str], env: Mapping[str, str]) -> str:
    """Give the command of a shell by which git reaches the repository that `argv` serves, whatever it asks for."""
    words = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in env.items()), *argv])
    return shlex.join(["sh", "-c", f"exec {words}"])


def bring(path: Path, picture: Picture, by: str, host: str) -> None:
    """Bring the mirror at `path` to what a picture shows; `by` is a `transport`. Raises GitError.

    Its branch is called `HOST/BRANCH`: on a branch of the same name as here there is other work.
    """
    with converted():
        if not (path / ".git" / "HEAD").exists():
            _make(path, picture)
        if git(path, "cat-file", "-e", f"{picture.commit}^{{tree}}").status:
            over = {"core.sshCommand": by, "ssh.variant": "simple", "fetch.unpackLimit": "100"}
            wanted = ("ssh://host/mirror", f"+{PICTURE}:{PICTURE}")
            words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", *wanted)
            git(path, *words, settings=over, protocols=("ssh",), within=WITHIN).checked()
        _stand(path, picture, host)
        index = path / ".git" / _INDEX
        git(path, "read-tree", "--reset", "-u", picture.commit, index=index, within=WITHIN).checked()
        git(path, "update-ref", _SHOWN, picture.commit).checked()


def _make(path: Path, picture: Picture) -> None:
    """Begin an empty one; HEAD comes last."""
    own = path / ".git"
    for folder in ("info", "refs", "objects"):
        (own / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    wide = len(picture.commit) > 40
    config = _CONFIG.format(version=int(wide)) + ("[extensions]\n\tobjectFormat = sha256\n" if wide else "")
    (own / "config").write_text(config, "ascii")
    (own / "info" / "attributes").write_text("* -text -filter -ident !working-tree-encoding\n", "ascii")
    (own / "HEAD").write_text("ref: refs/heads/none\n", "ascii")


def _stand(path: Path, picture: Picture, host: str) -> None:
    """Have the mirror be on the branch, at the commit, as the checkout there is; nothing is staged."""
    name = f"refs/heads/{host}/{picture.branch.removeprefix('refs/heads/') or 'detached'}"
    at = git(path, "rev-parse", "--verify", "--quiet", "HEAD").out.strip()
    on = git(path, "symbolic-ref", "--quiet", "HEAD").out.strip()
    if (at, on) == (picture.head, name):
        return
    if git(path, "check-ref-format", name).status:
        raise GitError("A branch there has a name that is none.", "Rename it.")
    for ref in git(path, "for-each-ref", "--format=%(refname)", "refs/heads").checked().split():
        if ref != name:
            git(path, "update-ref", "-d", ref).checked()
    git(path, "symbolic-ref", "HEAD", name).checked()
    if picture.head:
        git(path, "update-ref", name, picture.head).checked()
        git(path, "read-tree", "--reset", picture.head, within=WITHIN).checked()


def read_picture(data: bytes) -> Picture | None:
    """Read what a look printed; None where there is no checkout. It comes from a host: nothing of it is believed."""
    lines = os.fsdecode(data).split("\n")
    if len(lines) != 5 or lines[-1]:
        return None
    top, branch, head, commit, _ = lines
    if not top.startswith("/") or not (branch.startswith("refs/heads/") or not branch):
        return None
    return Picture(top, branch, head, commit) if _is_name(commit) and (not head or _is_name(head)) else None


def _is_name(said: str) -> bool:
    return len(said) in {40, 64} and set(said) <= set("0123456789abcdef")
