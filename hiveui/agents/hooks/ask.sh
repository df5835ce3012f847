# sh ask.sh FILE AGENT <PAYLOAD: has a coding agent ask before a tool of its own writes outside of what its role owns.
#
# FILE is HiveUI's, made for this launch (asking.py): `base`, `free`, `take`, `take/`, `leave`, `leave/` and `why`, each
# with the rest of its line. It is decided here and now, without a daemon and without waiting for anything. Where the
# path is inside, or nothing is certain but that no file is written, nothing is printed: the program's own rules hold.
# Whatever fails, the exit status is 0.
exec 2>/dev/null
[ "$2" = "$HIVE_AGENT_ID" ] || exec cat >/dev/null # run by a server that several agents share
LC_ALL=C
export LC_ALL

# The path as JSON has it. In a JSON text `,"file_path":"` can stand for nothing but this field: a quote in a string has
# a backslash before it.
raw=$(
    awk '!found && match($0, /[{,] *"(file_path|notebook_path)" *: *"([^"\\]|\\.)*"/) {
        said = substr($0, RSTART, RLENGTH); sub(/^[^:]*: *"/, "", said); sub(/"$/, "", said); print said; found = 1
    }'
)
[ "$raw" ] || exit 0

# Links are followed, for folders that are there; what cannot be followed here counts as outside.
path=
case $raw in
*\\* | */../* | */..) ;;
*)
    case $raw in /*) full=$raw ;; *) full=$PWD/$raw ;; esac
    folder=${full%/*} rest=${full##*/}
    while [ "$folder" ] && ! [ -d "$folder" ]; do
        rest=${folder##*/}/$rest folder=${folder%/*}
    done
    [ -h "$full" ] || path=$(cd -P -- "${folder:-/}" && pwd -P)/$rest
    ;;
esac
HIVE_RAW=$raw HIVE_PATH=$path exec awk '
    { word = $1; said = substr($0, length(word) + 2) }
    word == "base" { base = said }
    word == "why" { why = said }
    word == "free" { free[++frees] = said }
    word ~ /^(take|leave)/ { takes[++n] = word ~ /^take/; folders[n] = word ~ /\/$/; glob[n] = said }
    function below(path, top) { return substr(path, 1, length(top) + 1) == top "/" }
    function matches(part, folder, i) {
        for (i = n; i; i--) if ((folder || !folders[i]) && part ~ glob[i]) return takes[i]
        return 0
    }
    function inside(path, names, count, part, i) {
        for (i = 1; i <= frees; i++) if (below(path, free[i])) return 1
        if (!below(path, base)) return 0
        count = split(substr(path, length(base) + 2), names, "/")
        for (i = 1; i <= count; i++) {
            part = i == 1 ? names[1] : part "/" names[i]
            if (matches(part, i < count)) return 1
        }
        return 0
    }
    END {
        if (!base || inside(ENVIRON["HIVE_PATH"])) exit 0
        printf "{\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\",\"permissionDecision\":\"ask\","
        printf "\"permissionDecisionReason\":\"%s: %s\"}}\n", ENVIRON["HIVE_RAW"], why
    }' "$1"
