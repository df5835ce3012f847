# sh hook.sh EVENT AGENT <PAYLOAD: appends one event of a coding agent to the spool that HIVE_SPOOL names.
#
# A record is RS, token, event, payload and LF (RFC 7464: no JSON text holds a raw RS). dd gathers it and writes it at
# once with O_APPEND, so that hooks which run at the same time do not interleave. The payload is cut after 1 MiB; the
# rest is read all the same, for an agent that is writing it.
# Whatever fails, nothing is printed and the exit status is 0: agents read both, and 2 would forbid what they are about
# to do.
exec 2>/dev/null
[ "$2" = "$HIVE_AGENT_ID" ] || exec cat >/dev/null # run by a server that several agents share
umask 077
trap '' PIPE XFSZ
ulimit -f 32768 # blocks of 512 or 1,024 bytes, as the shell has it: two files are 64 MiB at most
{
    printf '\036%s %s ' "$HIVE_TOKEN" "$1"
    head -c 1048576
    echo
    exec cat >/dev/null
} | dd ibs=65536 obs=1114112 >>"$HIVE_SPOOL" && exit 0

# Full: nobody reads. What was written before last goes, and is counted.
[ -f "$HIVE_SPOOL" ] || exit 0
if [ "$(wc -c <"$HIVE_SPOOL")" -gt 16000000 ]; then
    lost=$(wc -l <"$HIVE_SPOOL.old")
    mv -f "$HIVE_SPOOL" "$HIVE_SPOOL.old"
    printf '\036%s dropped %s\n' "$HIVE_TOKEN" "$((${lost:-0} + 1))" >>"$HIVE_SPOOL"
fi
exit 0
