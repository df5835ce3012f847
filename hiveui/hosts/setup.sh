# Runs in an agent's pane on another host: sets its fresh worktree up, and becomes the agent (agents/setup.py is its
# like here). $1 is the checkout that the worktree $2 is beside, $3 the file that says it was done; then come steps:
# `copied NAME`, `linked NAME`, `run COUNT WORD...`, and last `become WORD...`.
root=$1 path=$2 ready=$3
shift 3

say() {
    printf '%s' "$1" | tr '\000-\037\177' '?'
    echo
}

fail() {
    say "Set-up failed: $1"
    say "The agent was not started. Once that is mended, start it again: hive restart ${HIVE_ROLE:-ROLE}"
    exit "${2:-1}"
}

# Tells whether what $2 leads to lies in the folder $1.
within() {
    whole=$(cd -- "$1" && pwd -P) led=$(readlink -f -- "$2")
    case $led in "$whole" | "$whole"/*) ;; *) return 1 ;; esac
}

bring() {
    source=$root/$2 goal=$path/$2
    [ -f "$source" ] || [ -d "$source" ] || { say "$2 is no file or folder in $root: not $1"; return; }
    within "$root" "$source" || fail "$2 leads out of $root by a link. Take it out of the layout."
    ! [ -e "$goal" ] && ! [ -h "$goal" ] || return 0
    mkdir -p -- "${goal%/*}" || fail "${goal%/*} cannot be made."
    within "$path" "${goal%/*}" || fail "$2 leads out of $path by a link. Take it out of the layout."
    fresh=${goal%/*}/.${goal##*/}.hiveui-new
    rm -rf -- "$fresh"
    if [ "$1" = linked ]; then
        ln -s -- "$source" "$fresh"
    else
        cp -RpH -- "$source" "$fresh"
    fi && mv -- "$fresh" "$goal" || fail "$2 was not $1."
    say "$1 $2"
}

trap 'echo; say "Set-up was interrupted."; exit 130' INT
while [ "$1" != become ]; do
    case $1 in
    run)
        count=$2 shown='$' number=0
        shift 2
        for word; do
            [ $number -lt "$count" ] && shown="$shown $word"
            number=$((number + 1))
        done
        say "$shown"
        (
            keep=$count
            for word; do
                shift
                [ "$keep" -gt 0 ] && set -- "$@" "$word"
                keep=$((keep - 1))
            done
            cd -- "$path" && PWD=$path exec "$@"
        )
        status=$?
        [ $status -eq 0 ] || fail "${shown#? } ended with exit status $status." $status
        shift "$count"
        ;;
    *)
        bring "$1" "$2"
        shift 2
        ;;
    esac
done
shift
trap - INT
: >"$ready" || fail "$ready cannot be written."
exec "$@"
