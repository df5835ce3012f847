# Runs on another host as long as the channel to it is open: prints what hooks append to the spools in the folder $1,
# and does what it is told by lines on its standard input. Nothing is installed: this text comes over that input too.
#
# A spool is renamed, so that hooks begin another, and printed from then on as it grows: `part FILE OFFSET LENGTH`, LF,
# that many bytes. Where nothing was appended for a while, `over FILE SIZE`: whoever has all that says `rm FILE`. A
# line that was cut costs nothing: the next of these prints from the start what is still there.
umask 077
mkdir -p -- "$1" && cd -- "$1" || exit 1
exec 3<&0 </dev/null
{
    while read -r what file; do
        [ "$what" = rm ] && rm -f -- "$file"
    done
    kill $$
} <&3 &
exec 3<&-

mark=$(date +%s)-$$ number=1000000 known=' '
while :; do
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
                at=$((at + more)) looks=0
            elif [ $((looks % 12)) -eq 0 ]; then
                printf 'over %s %s\n' "$file" $at
            fi
            seen="$seen$file=$at:$looks "
        done
        known=$seen
    fi
    sleep 0.2 2>/dev/null || sleep 1
done
