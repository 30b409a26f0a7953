# shellcheck shell=bash
# Progress and errors. The reader sees a line per step with its time; what a step prints goes to a log,
# and only when it fails are the log's last lines shown, with what they mean.

if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' plain=''
fi

title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
note() { printf '  %s\n' "$*"; }
passed() { printf '  %s✓%s %s\n' "$green" "$plain" "$*"; }
crossed() { printf '  %s✗%s %s\n' "$red" "$plain" "$*"; }
duration() { if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }

# fail WHAT [WHAT TO DO …]: the only way a script gives up. Its exit status says that the user has been told.
readonly told=97
fail() {
    printf '\n%serror:%s %s\n' "$red" "$plain" "$1" >&2
    shift
    (($# == 0)) || printf '       %s\n' "$@" >&2
    exit "$told"
}

# A command that failed where nobody expected it is a fault of the script: say where, rather than stop silently.
unexpected() {
    local status=$1 place=$2 command=$3
    ((status == told)) && exit "$told"
    fail "$place: \"$command\" failed with status $status." "This is a fault of the script; please report it."
}
watch_for_errors() { trap 'unexpected $? "${BASH_SOURCE[0]##*/}, line $LINENO" "$BASH_COMMAND"' ERR; }
set -o errtrace
watch_for_errors

# However the script ends, interrupted too: the progress stops, and clean_up runs, which a script may define anew.
clean_up() { :; }
finish() {
    local status=$?
    trap - ERR EXIT
    trap '' INT TERM
    set +e
    stop_ticker
    clean_up
    exit $((status == told ? 1 : status))
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run LABEL COMMAND …: one step; gives up when it fails.
# Neither run nor try may stand in a condition: bash would switch off `set -e` inside the command.
run() {
    try "$@"
    if ((tried == 0)); then return; fi
    show_end_of "$tried_log"
    fail "$1: failed." "$(meaning_of "$tried_log")" "The whole log: $tried_log"
}

# try LABEL COMMAND …: as run, but leaves the exit status in $tried and the log's path in $tried_log, and goes on.
# `progress` may name a function that turns the log's path into a few words on how far the step is.
try() {
    local label=$1 began=$SECONDS mark=passed
    shift
    mkdir -p "$logs"
    tried_log=$logs/$(printf %s "$label" | tr -cs '[:alnum:].' - | tr '[:upper:]' '[:lower:]').log
    tick "$label" "$tried_log" "${progress:-last_line}" &
    ticker=$!
    trap - ERR
    set +e
    (set -e; "$@") </dev/null >"$tried_log" 2>&1
    tried=$?
    set -e
    watch_for_errors
    stop_ticker
    ((tried == 0)) || mark=crossed
    $mark "$label $dim($(duration $((SECONDS - began))))$plain"
}

# On a terminal one line that is redrawn every second; elsewhere a line every fifteen.
tick() {
    local label=$1 log=$2 progress=$3 began=$SECONDS pause=15 line
    trap - ERR EXIT TERM
    [[ -z $bold ]] || pause=1
    while sleep "$pause" >/dev/null 2>&1; do # it outlives us, and must not hold a pipe that somebody reads
        line="$label … $(duration $((SECONDS - began)))  $("$progress" "$log")"
        if [[ -n $bold ]]; then printf '\r\e[K  %s' "${line:0:$((${COLUMNS:-100} - 4))}"; else note "${line:0:140}"; fi
    done
}

ticker=''
stop_ticker() {
    [[ -n $ticker ]] || return 0
    { kill "$ticker" && wait "$ticker"; } 2>/dev/null || true
    ticker=''
    [[ -z $bold ]] || printf '\r\e[K'
}

last_line() { tail -n 1 "$1" 2>/dev/null | tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g' || true; }

show_end_of() {
    printf '\n' >&2
    tail -n 25 "$1" | sed 's/^/    | /' >&2
}

# What the usual ends of a log mean, so that the reader need not guess.
meaning_of() {
    local end
    end=$(tail -n 60 "$1")
    if grep -qiE 'no space left on device' <<<"$end"; then
        echo "The disk is full. $(room_advice)"
    elif grep -qiE 'could not resolve|no such host|temporary failure (in name resolution|resolving)|network is unreachable|unknown host|connection timed out|i/o timeout|failed to fetch|could not transfer artifact' <<<"$end"; then
        echo "The network did not answer. Check the connection; behind a proxy set http_proxy, https_proxy and no_proxy (for Maven: ~/.m2/settings.xml)."
    elif grep -qiE 'certificate (verify|problem)|self-signed certificate|unknown authority|PKIX path' <<<"$end"; then
        echo "This machine does not trust the other side's certificate. Where a proxy replaces certificates, add its CA: update-ca-certificates."
    elif grep -qiE 'port is already allocated|address already in use' <<<"$end"; then
        echo "A port is taken by another program; the lines above name it."
    else
        echo "The lines above say why."
    fi
}

# confirm_room DIRECTORY GIB WHAT: gives up when the disk that holds DIRECTORY has less than GIB free.
confirm_room() {
    local directory=$1 needed=$2 what=$3 free
    while [[ ! -d $directory ]]; do directory=$(dirname "$directory"); done
    free=$(df -Pk "$directory" | awk 'NR == 2 {print int($4 / 1024 / 1024)}')
    if ((free >= needed)); then return; fi
    fail "No room for $what: it needs $needed GiB and the disk of $directory has $free GiB free." "$(room_advice)"
}

room_advice() {
    echo "Free some space: \`docker system prune\` removes unused images and containers; $cache is this project's cache and may be deleted."
}
