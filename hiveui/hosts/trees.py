"""Worktrees on another host: what is known of the place of one, and what makes it. Git there does it, by sh(1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiveui.hosts.line import Done, Line
from hiveui.hosts.script import ALONE, account, words

LOOK = 20.0
"""Seconds that a look may take."""
MAKE = 300.0
"""Seconds that writing the files of a worktree may take."""
NO_GIT, NO_FOLDER, NO_CHECKOUT, NO_COMMIT = 3, 4, 5, 6
"""What LOOK_AT ends with where there can be no worktree."""
LOOK_AT = (
    ALONE
    + r"""
exec </dev/null
common() { (cd -- "$(git rev-parse --git-common-dir)" && pwd -P); }
command -v git >/dev/null || exit 3
cd -- "$1" 2>/dev/null || exit 4
top=$(git rev-parse --show-toplevel) || exit 5
head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || exit 6
goal=$2 rest=
while ! [ -d "$goal" ] && [ -n "$goal" ]; do
    rest=/${goal##*/}$rest goal=${goal%/*}
done
goal=$(cd -- "${goal:-/}" && pwd -P)
goal=${goal%/}$rest
printf '%s\n' "top $top" "prefix $(git rev-parse --show-prefix)" "start $head" "common $(common)" "goal $goal"
git for-each-ref --format='ref %(refname)' refs/heads/hive 'refs/heads/hive-*'
git worktree list --porcelain | sed 's/^/list /'
[ -e "$goal" ] || [ -h "$goal" ] || exit 0
[ -d "$goal" ] && [ -z "$(ls -A -- "$goal")" ] || echo full
[ -f "$goal/.git" ] && cd -- "$goal" && own=$(git rev-parse --absolute-git-dir 2>/dev/null) || exit 0
[ -f "$own/commondir" ] || exit 0
printf '%s\n' "of $(common)" "own $own"
[ -f "$own/hiveui-agent" ] && printf 'owner %s\n' "$(cat -- "$own/hiveui-agent")"
[ -f "$own/hiveui-ready" ] && echo ready
exit 0
"""
)
"""Prints what there is, one fact a line; $1 is a folder of the repository, $2 the place of a worktree."""
MAKE_IT = (
    ALONE
    + r"""
exec </dev/null
common=$(cd -- "$1" && cd -- "$(git rev-parse --git-common-dir)" && pwd -P) && cd -- "$1" || exit 1
goal=$2 owner=$3
shift 3
if [ $# -gt 0 ]; then
    (umask 077; mkdir -p -- "${goal%/*}") || exit 1
    exec 9<"$common"
    flock -w 60 9 2>/dev/null
    git worktree add --quiet "$@" >&2 || exit 1
fi
cd -- "$goal" && own=$(git rev-parse --absolute-git-dir) && printf '%s' "$owner" >"$own/hiveui-agent" || exit 1
printf '%s\n' "$own"
"""
)
"""Makes a worktree as `git worktree add` takes it from $4 on, and notes at $2 for whom: $3. Where there is flock(1),
one at a time of a repository: git fails on another's that it half wrote."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A checkout as git-worktree(1) lists it."""

    path: str
    head: str
    """Its branch as `refs/heads/…`, else a commit; of a branch without a commit too."""
    lost: bool = False
    """Its branch has no commit."""
    locked: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a place."""

    top: str
    """Of the checkout that the folder is in, links followed, as are all others."""
    prefix: str
    """The folder below that, with a `/` behind it; '' for the top."""
    head: str
    common: str
    goal: str
    """The place."""
    refs: frozenset[str] = frozenset()
    """Branches `refs/heads/hive…`."""
    checkouts: tuple[Listed, ...] = ()
    full: bool = False
    of: str = ""
    """What the repository shares whose worktree stands there; '' for none."""
    own: str = ""
    """What git keeps of that worktree alone."""
    owner: str = ""
    ready: bool = False


async def look(line: Line, env: Mapping[str, str], folder: str, goal: str) -> tuple[Done, Ground | None]:
    """Look at the place of a worktree; `env` is that of a login shell there."""
    done = await _run(line, env, LOOK_AT, (folder, goal), LOOK)
    return done, read(done.out) if done.code == 0 else None


async def make(
    line: Line, env: Mapping[str, str], folder: str, goal: str, *, owner: str, add: Sequence[str]
) -> tuple[Done, str]:
    """Make a worktree, or note whose one is that stands there; gives what git keeps of it alone."""
    done = await _run(line, env, MAKE_IT, (folder, goal, owner, *add), MAKE)
    return done, done.out.decode(errors="surrogateescape").removesuffix("\n")


async def _run(line: Line, env: Mapping[str, str], script: str, given: Sequence[str], within: float) -> Done:
    text = script.encode()
    return await line.run([*account(env), *words(text, *given)], stdin=text, within=within)


def read(data: bytes) -> Ground | None:
    """Read what a look printed; None where it is not that. It comes from a host: nothing of it is believed."""
    lines = [line.partition(" ") for line in data.decode(errors="surrogateescape").split("\n")]
    facts = {name: said for name, _, said in lines}
    places = [facts.get(name, "") for name in ("top", "common", "goal")]
    head = facts.get("start", "")
    if not all(place.startswith("/") for place in places) or not re.fullmatch(r"[0-9a-f]{40,64}", head):
        return None
    top, common, goal = places
    refs = frozenset(said for name, _, said in lines if name == "ref")
    listed = tuple(_listed([said for name, _, said in lines if name == "list"]))
    of, own, owner = (facts.get(name, "") for name in ("of", "own", "owner"))
    return Ground(
        top,
        facts.get("prefix", ""),
        head,
        common,
        goal,
        refs,
        listed,
        "full" in facts,
        of,
        own,
        owner,
        "ready" in facts,
    )


def _listed(lines: Sequence[str]) -> list[Listed]:
    """Read `git worktree list --porcelain`: attributes of a checkout by line, an empty line after each."""
    found = []
    facts: dict[str, str] = {}
    for line in (*lines, ""):
        name, _, said = line.partition(" ")
        if line:
            facts[name] = said
        elif "worktree" in facts:
            commit = facts.get("HEAD", "")
            lost = not commit.strip("0")
            found.append(
                Listed(facts["worktree"], facts.get("branch", commit), lost, facts.get("locked"), "prunable" in facts)
            )
            facts = {}
    return found
