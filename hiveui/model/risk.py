"""How closely a change deserves to be looked at: a sum of reasons, each of which can be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from hiveui.model.diff import FileDiff, Status

LARGE = 200
"""Changed lines of a file from which its size is a reason."""
HIGH = 30
"""The score from which a change comes first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a change that its diff does not say."""

    others: tuple[str, ...] = ()
    """Roles that changed the same path too."""
    outside: str = ""
    """The role outside of whose globs it is, or ''."""
    secret: bool = False
    """What was added holds what looks like a secret."""


@dataclass(frozen=True, slots=True)
class Risk:
    """What a change comes to."""

    score: int = 0
    reasons: tuple[str, ...] = ()
    """In words, the weightiest first; they may hold roles, which are hostile until shown through the sanitiser."""


Look = Callable[[FileDiff, Facts], str]
"""Gives a reason in words, or ''."""

_CI = ("*.github/workflows/*", "*.gitlab-ci.yml", "*.circleci/*", "*Jenkinsfile*", "*azure-pipelines*", "*buildkite*")
_LOCKS = ("*.lock", "*-lock.json", "*-lock.yaml", "*go.sum", "*.lockb", "*requirements*.txt", "*npm-shrinkwrap.json")
_CONFIG = (
    "*pyproject.toml", "*setup.py", "*setup.cfg", "*package.json", "*Cargo.toml", "*go.mod", "*pom.xml",
    "*build.gradle*", "*Makefile", "*CMakeLists.txt", "*Dockerfile*", "*docker-compose*", "*.env", "*.env.*",
    "*.gitattributes", "*.gitmodules", "*.gitignore", "*.npmrc", "*.claude/*", "*AGENTS.md", "*CLAUDE.md", "*.hive/*",
)  # fmt: skip
_TESTS = ("test_*", "*/test_*", "*_test.*", "*.test.*", "*.spec.*", "tests/*", "*/tests/*", "*/test/*", "*__tests__*")
_CONFLICT = ("<<<<<<< ", ">>>>>>> ")


def risk(file: FileDiff, facts: Facts) -> Risk:
    """Add up the reasons for which a change of one file deserves a close look."""
    found = [(points, reason) for points, look in _LOOKS if (reason := look(file, facts))]
    found.sort(key=lambda one: -one[0])
    return Risk(sum(points for points, _ in found), tuple(reason for _, reason in found))


def _is(path: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(path, glob) for glob in globs)


def _secret(_: FileDiff, facts: Facts) -> str:
    return "adds what looks like a secret" if facts.secret else ""


def _conflict(file: FileDiff, _: Facts) -> str:
    added = (line.text for hunk in file.hunks for line in hunk.lines if line.mark == "+")
    marked = file.status is Status.UNMERGED or any(text.startswith(_CONFLICT) for text in added)
    return "a merge left it in conflict" if marked else ""


def _overlap(_: FileDiff, facts: Facts) -> str:
    return f"changed by {', '.join(facts.others)} too" if facts.others else ""


def _outside(_: FileDiff, facts: Facts) -> str:
    return f"outside of what {facts.outside} owns" if facts.outside else ""


def _tests(file: FileDiff, _: Facts) -> str:
    if not _is(file.path, _TESTS):
        return ""
    if file.status is Status.DELETED:
        return "deletes tests"
    return f"takes {file.removed - file.added} lines out of tests" if file.removed > file.added + 3 else ""


def _ci(file: FileDiff, _: Facts) -> str:
    return "runs in CI" if _is(file.path, _CI) else ""


def _config(file: FileDiff, _: Facts) -> str:
    return "changes how the project is built or run" if _is(file.path, _CONFIG) else ""


def _lock(file: FileDiff, _: Facts) -> str:
    return "changes which versions are used" if _is(file.path, _LOCKS) else ""


def _size(file: FileDiff, _: Facts) -> str:
    size = file.added + file.removed
    return f"{size:,} lines" if size >= LARGE else ""


def _gone(file: FileDiff, _: Facts) -> str:
    return "deletes a file" if file.status is Status.DELETED else ""


def _binary(file: FileDiff, _: Facts) -> str:
    return "a binary file" if file.binary else ""


def _mode(file: FileDiff, _: Facts) -> str:
    if file.new_mode == "120000":
        return "is a link"
    runs = file.new_mode == "100755" and file.old_mode != file.new_mode
    return "can be run from now on" if runs else ""


_LOOKS: Sequence[tuple[int, Look]] = (
    (50, _secret),
    (40, _conflict),
    (30, _overlap),
    (30, _outside),
    (30, _tests),
    (25, _ci),
    (15, _config),
    (10, _lock),
    (10, _size),
    (10, _gone),
    (10, _binary),
    (10, _mode),
)
"""What is looked for, and what it weighs."""
