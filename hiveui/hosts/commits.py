"""A commit on another host, of what stands in a checkout there: git there makes it, by sh(1), beside its index."""

from collections.abc import Mapping, Sequence

from hiveui.hosts.line import Done, Line
from hiveui.hosts.script import ALONE, account, words

WITHIN = 120.0
"""Seconds that reading all files of a checkout may take."""
LARGEST = 100 << 20
"""Bytes of a file that is committed, as here; COMMIT knows it too."""
DOING, LOCKED, DETACHED, STAGED, LARGE, MOVED = 3, 4, 5, 6, 7, 8
"""What COMMIT ends with where it commits nothing."""
COMMIT = (
    ALONE
    + r"""
umask 077
kept=$(mktemp -d) || exit 1
trap 'rm -rf -- "$kept"' EXIT
dd bs=1 count="$2" of="$kept/message" 2>/dev/null
cat >"$kept/paths"
exec </dev/null
cd -- "$1" || exit 1
name=$3 mail=$4
shift 4
own=$(git rev-parse --absolute-git-dir) || exit 1
for doing; do
    ! [ -e "$own/$doing" ] || { echo "$doing"; exit 3; }
done
! [ -e "$own/index.lock" ] || exit 4
git symbolic-ref --quiet HEAD >/dev/null || exit 5
old=$(git rev-parse --verify --quiet 'HEAD^{commit}')
before=$(git rev-parse --verify --quiet 'HEAD^{tree}') || before=$(git hash-object -t tree --stdin </dev/null)

GIT_INDEX_FILE=$kept/index
export GIT_INDEX_FILE
git read-tree ${old:-"--empty"} || exit 1
if [ -s "$kept/paths" ]; then
    git add --all --pathspec-from-file="$kept/paths" --pathspec-file-nul || exit 1
else
    git add --all :/ || exit 1
fi
tree=$(git write-tree) || exit 1
unset GIT_INDEX_FILE
[ "$tree" != "$before" ] || exit 0
git diff-tree -r --no-renames "$before" "$tree" | cut -d ' ' -f 4 | git cat-file --batch-check='%(objectsize)' |
    awk '$2 != "missing" && $1 > 104857600 { exit 1 }' || exit 7
for who in AUTHOR COMMITTER; do
    export "GIT_${who}_NAME=$name" "GIT_${who}_EMAIL=$mail"
done
made=$(git commit-tree "$tree" ${old:+-p "$old"} -F "$kept/message") || exit 1

# first the index: one that is behind its branch would have the next commit take this one back
[ ! -e "$own/index" ] || cp -p -- "$own/index" "$kept/index.old"
git read-tree -m -i ${old:-"$before"} "$made" 2>/dev/null || exit 6
if ! git update-ref -m 'hive commit' HEAD "$made" "${old:-$(printf %s "$made" | tr 0-9a-f 0)}"; then
    [ ! -e "$kept/index.old" ] || cp -p -- "$kept/index.old" "$own/index"
    exit 8
fi
printf '%s\n' "$made"
"""
)
"""Commits what stands in the checkout $1, but for what is staged and other than that. Its standard input has a message
of $2 bytes, then paths below the top, each `:(top,literal)…` and a NUL after it; none are all. $3 and $4 are a person's
name and address; the rest names what git has in its folder while something is in progress. Prints the commit."""


async def commit(
    line: Line, env: Mapping[str, str], top: str, message: bytes, *, paths: bytes, given: Sequence[str]
) -> Done:
    """Run COMMIT; `given` is what follows $2."""
    text = COMMIT.encode()
    asked = [*account(env), *words(text, top, str(len(message)), *given)]
    return await line.run(asked, stdin=text + message + paths, within=WITHIN)
