# Runs on another host as long as the channel to it is open: prints what hooks append to the spools in the folder $1,
# and does what it is told by lines on its standard input. Nothing is installed: this text comes over that input too.
#
# A spool is renamed, so that hooks begin another, and printed from then on as it grows: `part FILE OFFSET LENGTH`, LF,
# that many bytes. Where nothing was appended for a while, `over FILE SIZE`: whoever has all that says `rm FILE`. A
# line that was cut costs nothing: the next of these prints from the start what is still there.
#
# `look NAME FOLDER` has it look at the checkout that FOLDER is in, and print what it found: `look NAME LENGTH`, LF, that
# many bytes. Those are lines: `gone`, `none` (no checkout), or top, branch, commit, a commit of ours that holds all
# files as they stand, but for what git ignores and what is huge, and what `times` says of the look. It is made in a git directory of ours which borrows the
# repository's objects: index, branches and settings of the repository are not touched, and of what its settings and
# attributes name nothing is run.
#
# Beside that folder stand the files `still-*` in which tmux leaves what is brought over at once, and removed then. One
# that is over two minutes old was to go by a line that was cut, and is swept.
umask 077
mkdir -p -- "$1" && cd -- "$1" || exit 1
exec 3<&0 </dev/null
PLACE=${PWD%/*}/git LC_ALL=C
export LC_ALL GIT_OPTIONAL_LOCKS=0 GIT_NO_LAZY_FETCH=1 GIT_TERMINAL_PROMPT=0
export GIT_CONFIG_COUNT=3 GIT_CONFIG_KEY_0=core.fsmonitor GIT_CONFIG_VALUE_0=false
export GIT_CONFIG_KEY_1=core.hooksPath GIT_CONFIG_VALUE_1=/dev/null GIT_CONFIG_KEY_2=gc.auto GIT_CONFIG_VALUE_2=0
for name in AUTHOR COMMITTER; do
    export "GIT_${name}_NAME=HiveUI" "GIT_${name}_EMAIL=hiveui@localhost"
done
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES CDPATH

# Gives those of the NUL-ended paths on its input that are links, or files below 64 MiB.
plain() {
    xargs -0 sh -c '
        for path; do
            shift
            case $path in -*) path=./$path ;; esac
            set -- "$@" "$path"
        done
        [ $# -eq 0 ] || exec find "$@" -prune \( -type l -o -type f ! -size +131071 \) -print0' sh 2>/dev/null
}

# Runs in a subshell of its own: look NAME FOLDER.
look() (
    cd -- "$2" 2>/dev/null || { echo gone; exit; }
    while ! [ -e .git ]; do
        [ "$PWD" != / ] && cd .. || { echo none; exit; }
    done
    top=$(pwd -P) own=$PLACE/$1
    cd -- "$top" || exit
    theirs=$top/.git
    if [ -f .git ]; then
        read -r word theirs <.git
        [ "$word" = gitdir: ] && cd -- "$theirs" && theirs=$(pwd -P) && cd -- "$top" || { echo none; exit; }
    fi
    common=$theirs
    [ ! -f "$theirs/commondir" ] || common=$(cd -- "$theirs" && cd -- "$(cat commondir)" && pwd -P)
    head=$(GIT_DIR=$theirs git rev-parse --verify --quiet 'HEAD^{commit}')
    read -r branch <"$theirs/HEAD"
    case $branch in 'ref: '*) branch=${branch#ref: } ;; *) branch= ;; esac

    set -- "$own"/objects/17/*
    [ $# -lt 64 ] || rm -rf -- "$own" # what came of 16,000 looks goes
    of=
    [ ! -f "$own/of" ] || read -r of <"$own/of"
    if [ "$of" != "$common" ]; then
        rm -rf -- "$own"
        kind=$(GIT_DIR=$theirs git rev-parse --show-object-format) && mkdir -p -- "$own" || { echo none; exit; }
        git init --quiet --bare --template= --object-format="$kind" "$own" >/dev/null && mkdir -p "$own/info" || exit
        printf '* -text -filter -ident !working-tree-encoding\n' >"$own/info/attributes"
        printf '%s/objects\n' "$common" >"$own/objects/info/alternates"
        printf '%s\n' "$common" >"$own/of"
    fi
    for name in info/exclude shallow; do
        if [ "$common/$name" -nt "$own/$name" ]; then
            cp -- "$common/$name" "$own/$name"
        elif [ -e "$own/$name" ] && ! [ -e "$common/$name" ]; then
            rm -f -- "$own/$name"
        fi
    done
    export GIT_DIR="$own" GIT_WORK_TREE="$top"
    [ ! -e "$own/index.lock" ] || rm -f -- "$own/index.lock"
    last= at= made= tree=
    [ ! -f "$own/last" ] || read -r last at made <"$own/last"
    if [ -n "$(git ls-files --others --modified --deleted --exclude-standard | head -c 1)" ] || [ -z "$last" ]; then
        git ls-files -z --deleted | git update-index -z --force-remove --stdin
        git ls-files -z --others --modified --exclude-standard | plain | git update-index -z --add --remove --replace --stdin
        tree=$(git write-tree) || { echo none; exit; }
    fi 2>/dev/null
    if [ "${tree:-$last} ${head:-none}" != "$last $at" ]; then
        last=${tree:-$last}
        made=$(git commit-tree "$last" ${head:+-p "$head"} -m picture </dev/null) || { echo none; exit; }
        git update-ref refs/hive/picture "$made" && printf '%s\n' "$last ${head:-none} $made" >"$own/last"
    fi
    printf '%s\n' "$top" "$branch" "$head" "$made"
    times
)

{
    while read -r what name folder; do
        case $what in
        rm) rm -f -- "$name" ;;
        look) look "$name" "$folder" >"$name.seen" && mv -f -- "$name.seen" "$name.told" ;;
        esac
    done
    kill $$
} <&3 &
exec 3<&-

mark=$(date +%s)-$$ number=1000000 known=' ' still=0 round=0
while :; do
    still=$((still + 1)) round=$((round + 1))
    [ $((round % 200)) -ne 1 ] || find "${PLACE%/git}"/still-* -prune -type f -mmin +2 -exec rm -f -- {} + 2>/dev/null
    for file in *.seq.old *.seq; do
        [ -f "$file" ] && ! [ -h "$file" ] || continue
        number=$((number + 1))
        mv -f -- "$file" "${file%%.*}.$mark-$number.taken"
    done
    set -- *.taken
    if [ -f "$1" ]; then
        seen=' '
        set -- $(wc -c -- "$@" 2>/dev/null)
        while [ $# -ge 2 ]; do
            size=$1 file=$2
            shift 2
            case $file in *.taken) ;; *) continue ;; esac
            at=0 looks=0
            case $known in *" $file="*)
                at=${known#*" $file="} at=${at%% *}
                looks=${at#*:} at=${at%:*}
                ;;
            esac
            more=$((size - at)) looks=$((looks + 1))
            [ $more -le 262144 ] || more=262144
            if [ $more -gt 0 ]; then
                printf 'part %s %s %s\n' "$file" $at $more
                tail -c +$((at + 1)) -- "$file" | head -c $more
                at=$((at + more)) looks=0 still=0
            elif [ $((looks % 12)) -eq 0 ]; then
                printf 'over %s %s\n' "$file" $at
            fi
            seen="$seen$file=$at:$looks "
        done
        known=$seen
    fi
    for file in *.told; do
        [ -f "$file" ] || continue
        printf 'look %s %s\n' "${file%.told}" $(($(wc -c <"$file")))
        cat -- "$file"
        rm -f -- "$file"
    done
    [ $still -lt 200 ] && sleep 0.3 2>/dev/null || sleep 0.5 2>/dev/null || sleep 1
done
