"""`hive pr`: pushes an agent's branch and opens a pull request, from the person's own terminal."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import click

from hiveui.cli import output
from hiveui.cli.options import agree, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import GitError, UsageError
from hiveui.model.codec import from_json
from hiveui.model.proposals import Errand, Proposal, errands

SHA1 = 40
"""Digits of a commit's name in a repository that does not use SHA-256 (git-init(1), `--object-format`)."""
_ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
"""Variables that would have git work in another repository."""


@command("hive pr backend")
@of_role
@click.option("--into", default="", metavar="BRANCH", help="Propose it for BRANCH; else for the one of your checkout.")
@click.option("--tip", default="", metavar="COMMIT", help="Only if ROLE's branch still stands there.")
@click.option("--dry-run", is_flag=True, help="Show what would be run, and do nothing.")
@agree
@in_workspace
@as_json
def pr(role: str, *, into: str, tip: str, dry_run: bool, yes: bool, workspace: str | None, as_json: bool) -> None:
    """Push ROLE's branch, and open a pull request by `gh` or `glab` where that is installed.

    What is run is shown first, and asked for. It runs here, in your own environment. The push is made from an empty
    repository that borrows the objects: no hook, credential helper or setting of the agents' repository is used.
    """
    with reach() as client:
        chosen = pick(state_of(client), workspace).id
        found: Proposal = from_json(
            Proposal, client.call("merge/proposal", workspace=chosen, role=role, into=into, patience=60)
        )
    if tip and tip != found.tip:
        raise UsageError(f"{role} has committed since: its branch stands at {found.tip[:12]}.", "Look at it again.")
    try:
        planned = errands(found, shutil.which)
    except ValueError as error:
        raise UsageError(str(error), "git remote set-url origin ADDRESS gives it another.") from error
    for one in planned if not as_json else ():
        output.talk(f"$ {one.shown}" + (f"\n{one.given}" if one.given else ""))
    if len(planned) == 1 and not as_json:
        output.talk("Neither gh nor glab is there for that host: it is pushed only.")
    run = not dry_run and output.agreed("Run that?", yes=yes, hint="`--yes` runs it.")
    if run:
        _run(planned, Path(found.objects), found.tip, quiet=as_json)
    if as_json:
        facts = {"branch": found.branch, "into": found.into, "tip": found.tip}
        output.document(role=role, **facts, ran=run, commands=[list(one.argv) for one in planned])


def _run(planned: tuple[Errand, ...], objects: Path, tip: str, *, quiet: bool) -> None:
    """Run what was shown, in a repository that has nothing but borrowed objects. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="hive-push-") as place:
        env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        form = "sha1" if len(tip) == SHA1 else "sha256"
        _one(
            Errand(("git", "init", "--quiet", "--bare", "--template=", f"--object-format={form}")),
            place,
            env,
            quiet=True,
        )
        (Path(place) / "objects" / "info").mkdir(exist_ok=True)
        (Path(place) / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects) + b"\n")
        for one in planned:
            _one(one, place, env, quiet=quiet)


def _one(one: Errand, place: str, env: dict[str, str], *, quiet: bool) -> None:
    given = one.given.encode("utf-8", "surrogateescape") if one.given else None
    try:
        done = subprocess.run(
            one.argv, cwd=place, env=env, input=given, check=False, stdout=subprocess.DEVNULL if quiet else None
        )
    except OSError as error:
        raise GitError(f"{one.argv[0]} cannot be run: {error.strerror}.") from error
    if done.returncode:
        raise GitError(f"{' '.join(one.argv[:2])} failed; what it said stands above.", "What came before it is done.")
