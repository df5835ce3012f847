"""`python full_disk.py HOME`: merges on a disk of 3 MB that is full, in the middle of it too; prints what came of it."""

import os
import sys
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git import landing, merging
from hiveui.git.merging import Source
from hiveui.git.repository import find
from hiveui.model.merging import Way
from tests.repositories import git, repository

home = Path(sys.argv[1])
os.environ |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
(home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@invalid\n")
shop = repository(home / "shop", "a", "z")
git(shop, "checkout", "-q", "-b", "one")
(shop / "a").write_text("one\n")
(shop / "big").write_bytes(os.urandom(800_000))
git(shop, "add", "--all")
git(shop, "commit", "-q", "-m", "one")
tip = git(shop, "rev-parse", "HEAD")
git(shop, "checkout", "-q", "main")
before = git(shop, "rev-parse", "HEAD")
repository_ = find(shop)
assert repository_ is not None


def look(what: str) -> None:
    """Say how the branch and its checkout stand."""
    stands = "before" if git(shop, "rev-parse", "main") == before else "merged"
    print(
        f"{what}: {stands}, status {git(shop, '--no-optional-locks', 'status', '--porcelain')!r}, a {(shop / 'a').read_text()!r}"
    )


def attempt(what: str) -> None:
    """Merge, and say how that went."""
    try:
        made = merging.merge(shop, Way.MERGE, before, Source(tip), "merge")
        landing.move(repository_, "main", before, made.commit, "merge")
    except GitError as error:
        print(f"{what}: {error} {error.hint}")
    look(what)


filler = home / "filler"
room = os.statvfs(home)
filler.write_bytes(b"x" * (room.f_bavail * room.f_frsize - 400_000))
attempt("little room")
landing.MARGIN = -(1 << 30)  # as if somebody else had filled the disk after the look at it
attempt("full in the middle")
with filler.open("ab") as file:
    while os.statvfs(home).f_bavail:
        file.write(b"x" * 4096)
        file.flush()
landing.MARGIN = 0
attempt("full from the start")
filler.unlink()
attempt("room again")
