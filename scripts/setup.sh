#!/bin/sh
# setup.sh VENV [dev]: make the virtual environment VENV with HiveUI in it, and see that tmux and git are there.
# What the system's package manager must install is asked for first (YES=1: not asked); sudo is never used unasked.
set -eu
venv=$1
group=${2:-}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$1"; exit 1; }

# Ask before anything is installed for the whole system, then install it.
install_packages() {
    if command -v apt-get >/dev/null 2>&1; then manager='apt-get install -y --no-install-recommends'
    elif command -v dnf >/dev/null 2>&1; then manager='dnf install -y'
    elif command -v pacman >/dev/null 2>&1; then manager='pacman -S --noconfirm'
    elif command -v apk >/dev/null 2>&1; then manager='apk add'
    elif command -v brew >/dev/null 2>&1; then manager='brew install'
    else fail "Install these with your system's package manager, then try again: $*"
    fi
    become=
    case $manager in brew*) ;; *) [ "$(id -u)" = 0 ] || become='sudo ' ;; esac
    if [ "${YES:-}" != 1 ]; then
        [ -t 0 ] || fail "Missing: $*. Run \`$become$manager $*\`, or say YES=1."
        printf 'Run `%s%s %s`? [y/N] ' "$become" "$manager" "$*" >&2
        read -r answer
        case $answer in y | Y | yes) ;; *) fail "Nothing was installed. Install $* yourself, then try again." ;; esac
    fi
    # shellcheck disable=SC2086  both are lists of words
    case $manager in apt-get*) $become apt-get update -qq || : ;; esac
    # shellcheck disable=SC2086
    $become $manager "$@" >&2 || fail "That failed. Install $* yourself, then try again."
}

need_program() { command -v "$1" >/dev/null 2>&1 || missing="$missing $1"; }

find_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            python=$name
            return 0
        fi
    done
    return 1
}

missing=
need_program tmux
need_program git
# shellcheck disable=SC2086  a list of words
[ -z "$missing" ] || install_packages $missing

find_python || fail 'HiveUI needs Python 3.11 to 3.14: install one (apt-get install python3, brew install python).'
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    install_packages "$python-venv"
fi

if [ ! -x "$venv/bin/python" ]; then
    say "Making $venv with $("$python" --version)."
    "$python" -m venv "$venv" || fail "The virtual environment could not be made: remove $venv and try again."
fi
quiet='--quiet --disable-pip-version-check'
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install $quiet --upgrade 'pip>=25.1' 2>/dev/null || :
if [ "$group" = dev ]; then
    say 'Installing what the tests and checks need.'
    # shellcheck disable=SC2086
    "$venv/bin/python" -m pip install $quiet --group dev || fail 'The packages could not be had: check the network.'
    touch "$venv/.ready-dev"
else
    say 'Installing HiveUI.'
    # shellcheck disable=SC2086
    "$venv/bin/python" -m pip install $quiet --editable . || fail 'The packages could not be had: check the network.'
    touch "$venv/.ready"
fi
