"""What is switched off whenever git runs, so that nothing that a repository names is run with it.

Agents can write into the repository that their worktrees share. Its hooks are switched off always. What its
configuration names under names of its own choice (filters, merge drivers, credential helpers, …) is looked up and
written over for each call. The person's own configuration, system-wide and global, is theirs: their filters, as
`git lfs install` sets them up, and their credential helpers are run.
Source: git-config(1), gitattributes(5), githooks(5), git(1); which calls run what was measured with git 2.39.
"""

import re
from collections.abc import Mapping, Sequence

Setting = tuple[str, str]
"""A key of git's configuration, and its value."""

ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "GIT_PAGER": "cat",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_MERGE_AUTOEDIT": "no",
}
"""Nobody is asked, no program opens; git notes nothing on the side, and fetches nothing unasked."""

FIXED: Sequence[Setting] = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.alternateRefsCommand", "true"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("log.showSignature", "false"),
    ("merge.verifySignatures", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("rerere.enabled", "false"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("push.recurseSubmodules", "no"),
    ("diff.ignoreSubmodules", "dirty"),
    ("diff.submodule", "short"),
    ("status.submoduleSummary", "false"),
    ("color.ui", "false"),
    *((f"color.{what}", "false") for what in ("branch", "diff", "grep", "status")),
    ("diff.noprefix", "false"),
    ("diff.mnemonicPrefix", "false"),
    ("diff.relative", "false"),
    ("diff.suppressBlankEmpty", "false"),
    ("diff.orderFile", "/dev/null"),
    ("status.showUntrackedFiles", "normal"),
)
"""What holds for each call: first what would run a program or look into submodules, then what changes what is printed.

A submodule has a configuration of its own, whose filters would be run by a look at whether it was changed.
"""

_DIFFS = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")
WORDS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("diff", "diff-files", "diff-index", "diff-tree", "format-patch", "log", "show"), _DIFFS),
    **dict.fromkeys(("clone", "fetch", "ls-remote", "pull"), ("--upload-pack=git-upload-pack",)),
    "push": ("--receive-pack=git-receive-pack",),
    "checkout": ("--quiet",),
    "status": ("--ignore-submodules=dirty",),
    "switch": ("--quiet",),
}
"""What a command is given first. A checkout that is not quiet looks into submodules; of the programs that a remote
names for the other end, which may be this machine, git takes the first, whatever is said after it. `fetch --all` does
not pass it on: name the remote.
"""

READERS = frozenset({"cat-file", "check-ref-format", "commit-tree", "config", "for-each-ref", "ls-tree", "merge-base"})
READERS |= {"rev-list", "rev-parse", "show-ref", "var", "version"}
"""Commands that read no file's content through its attributes and change no ref: nothing is looked up for them.

`write-tree` is none: it may write the index, and then reads files that may have changed in the moment of the last one.
"""

_MERGE = "git merge-file -L ours -L base -L theirs --marker-size=%L %A %O %B || exit 1"
"""What git does by itself with a text. An empty driver would pass for a merge that took everything of ours."""

_NEUTRAL: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(keys, re.DOTALL), value)
    for keys, value in (
        (r"filter\..+\.(?:clean|smudge|process)", ""),
        (r"filter\..+\.required", "false"),
        (r"diff\..+\.textconv", "cat"),
        (r"diff\..+\.command|diff\.external", ""),
        (r"merge\..+\.driver", _MERGE),
        (r"hook\..+\.command", "true"),
        (r"trailer\..+\.(?:command|cmd)", "true"),
        (r"gpg\.(?:.+\.)?(?:program|defaultkeycommand)", "false"),
        (r"branch\..+\.mergeoptions", ""),
        (r"core\.sshcommand", "ssh"),
        (r"core\.gitproxy", ""),
    )
)
"""Keys that name a program, and what does nothing, or the usual, in its place."""
_HELPER = re.compile(r"credential\.(?:.+\.)?helper", re.DOTALL)
_PERSONS = frozenset({"system", "global"})


def overrides(listed: str) -> list[Setting]:
    """Give the settings that write over the programs that a repository's own configuration names.

    `listed` is what `git config --list --show-scope -z` printed. Where the person chose a value, that is what counts.
    """
    chosen: dict[str, str] = {}
    named: dict[str, str] = {}
    helpers: list[Setting] = []
    reset: list[Setting] = []
    for scope, key, value in _entries(listed):
        persons = scope in _PERSONS
        if _HELPER.fullmatch(key):
            helpers += [(key, value)] if persons else []
            reset = reset if persons else [("credential.helper", "")]
        elif persons:
            chosen[key] = value
        elif (neutral := _neutral(key)) is not None:
            named[key] = neutral
    return [(key, chosen.get(key, neutral)) for key, neutral in named.items()] + (reset and reset + helpers)


def moves_files(listed: str) -> bool:
    """Tell whether a repository's own configuration says where its files stand; `listed` is as for `overrides`."""
    return any(key == "core.worktree" and scope not in _PERSONS for scope, key, _ in _entries(listed))


def _neutral(key: str) -> str | None:
    """Give what stands in the place of what a key names; None where it names no program."""
    return next((value for keys, value in _NEUTRAL if keys.fullmatch(key)), None)


def filters(settings: Sequence[Setting]) -> list[str]:
    """Name the filters that are switched off by `settings`, in order."""
    keys = [
        re.fullmatch(r"filter\.(.+)\.(?:clean|smudge|process)", key, re.DOTALL) for key, value in settings if not value
    ]
    return sorted({found[1] for found in keys if found})


def _entries(listed: str) -> list[tuple[str, str, str]]:
    """Split a listing into scope, key and value; a key without a value means true (git-config(1))."""
    words = listed.split("\0")
    return [(scope, *_halves(entry)) for scope, entry in zip(words[::2], words[1::2], strict=False)]


def _halves(entry: str) -> Setting:
    key, equals, value = entry.partition("\n")
    return key, value if equals else "true"
