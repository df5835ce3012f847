"""Repositories that would have a program run whenever git looks at them: each leaves a mark where it was run."""

import itertools
import os
import subprocess
from pathlib import Path

from tests.repositories import commit, git, repository

HOOKS = """
applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit
pre-rebase post-checkout post-merge pre-push pre-receive update post-receive post-update reference-transaction
push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change proc-receive
"""
ATTRIBUTES = (
    "* filter=x diff=y merge=z text=auto ident\n*.md filter=a=b diff=word merge=ours\nbig filter=lfs\n*.proc filter=p\n"
)
PROGRAMS = {
    "core.fsmonitor": "touch {}; false",
    "core.pager": "touch {}",
    "core.editor": "touch {}",
    "core.askPass": "touch {}",
    "core.sshCommand": "touch {}; false",
    "core.gitProxy": "touch {}",
    "core.alternateRefsCommand": "touch {}; false",
    "sequence.editor": "touch {}",
    "pager.status": "touch {}",
    "pager.diff": "touch {}",
    "diff.external": "touch {}",
    "diff.y.textconv": "touch {}; cat",
    "diff.word.command": "touch {}",
    "diff.word.textconv": "touch {}; cat",
    "interactive.diffFilter": "touch {}; cat",
    "filter.x.clean": "touch {}; cat",
    "filter.x.smudge": "touch {}; cat",
    "filter.a=b.clean": "touch {}; cat",
    "filter.p.process": "touch {}",
    "filter.lfs.clean": "touch {}; cat",
    "filter.need.required": "true",
    "merge.z.driver": "touch {}; false",
    "merge.default": "z",
    "hook.x.command": "touch {}",
    "hook.x.event": "reference-transaction",
    "gpg.program": "{}.sh",
    "gpg.ssh.program": "{}.sh",
    "gpg.ssh.defaultKeyCommand": "touch {}",
    "commit.gpgSign": "true",
    "tag.gpgSign": "true",
    "push.gpgSign": "if-asked",
    "log.showSignature": "true",
    "credential.helper": "!touch {}",
    "credential.https://a.example.helper": "!touch {}",
    "uploadpack.packObjectsHook": "touch {}; false",
    "remote.origin.url": "ext::sh -c touch% {}",
    "remote.origin.uploadpack": "touch {}; false",
    "remote.origin.receivepack": "touch {}; false",
    "remote.local.url": "../place/cloned",
    "remote.local.uploadpack": "touch {}; false",
    "remote.local.receivepack": "touch {}; false",
    "remote.origin.promisor": "true",
    "url.ext::sh -c touch% .insteadOf": "evil:",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "trailer.x.command": "touch {}",
    "trailer.y.cmd": "touch {}",
    "alias.status": "!touch {}",
    "submodule.recurse": "true",
    "submodule.part.update": "!touch {}",
    "submodule.part.ignore": "none",
    "submodule.part.active": "true",
    "diff.ignoreSubmodules": "none",
    "diff.submodule": "diff",
    "status.submoduleSummary": "true",
    "gc.auto": "1",
    "gc.recentObjectsHook": "touch {}",
    "branch.main.mergeOptions": "--no-verify -X ours",
    "color.ui": "always",
    "color.diff": "always",
}
"""What git takes for a program, or what has it run one, as git-config(1) says."""


def hostile(folder: Path, marks: Path) -> None:
    """Have a repository, or a worktree that has a configuration of its own, name a program wherever it can."""
    inner = Path(git(folder, "rev-parse", "--absolute-git-dir"))
    hooks = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-common-dir")) / "hooks"
    hooks.mkdir(exist_ok=True)
    number = itertools.count()
    git(folder, "config", "extensions.worktreeConfig", "true")
    for name in HOOKS.split():
        _script(hooks / name, marks / f"hook-{name}")
    scope = "--worktree" if (inner / "commondir").exists() else "--local"
    for key, program in PROGRAMS.items():
        value = program
        mark = marks / f"{next(number)}-{key.replace('/', '-').replace(' ', '-')}"
        if "{}.sh" in value:
            _script(hooks / f"{key}.sh", mark)
            value = str(hooks / f"{key}.sh")
        git(folder, "config", scope, "--add", key, value.replace("{}", str(mark)))
    more = inner / "more"
    more.write_text(f'[filter "included"]\n\tclean = touch {marks}/included; cat\n')
    git(folder, "config", scope, "include.path", str(more))
    (inner / "info").mkdir(exist_ok=True)
    (inner / "info" / "attributes").write_text("*.inc filter=included\n")


def _script(file: Path, mark: Path) -> None:
    file.write_text(f'#!/bin/sh\ntouch "{mark}"\n')
    file.chmod(0o755)


def evil_repository(folder: Path, marks: Path, names: list[str]) -> Path:
    """Make one with branches, a stash, a submodule and a nested repository as bad as itself, and files of `names`."""
    marks.mkdir(exist_ok=True)
    part = repository(folder.parent / f"{folder.name}-part", "inner.md")
    repository(folder, "f", "g.md", "x.inc", "big", "sub/deep", "sub/x.proc")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "--name", "part", str(part), "part")
    (folder / ".gitattributes").write_text(ATTRIBUTES)
    for path in ("f", "g.md"):
        (folder / path).write_text("".join(f"{n}\n" for n in range(30)))
    commit(folder)
    for name, line in (("topic", 3), ("other", 3), ("evil-#(touch)$(touch)", 20)):
        git(folder, "checkout", "-q", "-b", name, "main")
        for path in ("f", "g.md"):
            lines = [f"{n}\n" for n in range(30)]
            lines[line] = f"{name}\n"
            (folder / path).write_text("".join(lines))
        commit(folder)
    git(folder, "update-ref", "refs/heads/--upload-pack=touch", "HEAD")
    git(folder, "checkout", "-q", "main")
    (folder / "f").write_text("stashed\n")
    git(folder, "stash", "-q")
    nested = repository(folder / "nested", "inner.md")  # a gitlink that is no submodule
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{git(nested, 'rev-parse', 'HEAD')},nested")
    git(folder, "commit", "-q", "-m", "nested")
    for one in (nested, folder / "part"):
        (one / ".gitattributes").write_text(ATTRIBUTES)
        commit(one)
        (one / "inner.md").write_text("changed")
        hostile(one, marks)
    (folder / "f").write_text("changed\n")
    for name in names:
        try:
            (folder / name).write_text("named")
        except (OSError, ValueError):
            continue
    (folder / "link_out").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("../../..")
    hostile(folder, marks)
    return folder


def stir(folder: Path) -> None:
    """Have every file look changed to git, so that it reads them."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".git" not in path.parts:
            os.utime(path)


def unguarded(folder: Path, *words: str) -> None:
    """Run git as nobody should."""
    subprocess.run(["git", *words], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
