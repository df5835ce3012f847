#!/bin/sh
# setup.sh VENV GROUP: make the virtual environment VENV with HiveUI in it and the packages of GROUP (`run` for none,
# `dev` for tests and checks), and see that tmux and git are there. Quick where nothing has changed since.
# What the system's package manager must install is asked for first (YES=1: not asked); sudo is never used unasked.
set -eu
venv=$1
group=$2

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Ask before anything is installed for the whole system, then install it.
install_packages() {
    become=
    [ "$(id -u)" = 0 ] || become='sudo '
    if has apt-get; then manager="${become}apt-get install -y --no-install-recommends"
    elif has dnf; then manager="${become}dnf install -y"
    elif has pacman; then manager="${become}pacman -S --noconfirm --needed"
    elif has apk; then manager="${become}apk add"
    elif has brew; then manager='brew install'
    else fail "Missing: $*. Install it with your system's package manager, then try again."
    fi
    if [ "${YES:-}" != 1 ]; then
        [ -t 0 ] || fail "Missing: $*. Run \`$manager $*\`, or say YES=1."
        printf 'Missing: %s. Run `%s %s`? [y/N] ' "$*" "$manager" "$*" >&2
        answer=
        read -r answer || :
        case $answer in [yY]*) ;; *) fail "Nothing was installed. Install $* yourself, then try again." ;; esac
    fi
    # A list of packages may never have been fetched here, or be old: the installation itself is what must succeed.
    case $manager in *apt-get*) ${become}apt-get update -qq || : ;; esac
    # Unquoted: the manager is a command with its options.
    $manager "$@" >&2 || fail "That failed. Install $* yourself, then try again."
}

# Name in $python the newest Python that fits and can run the statements $1.
find_python() {
    for python in python3.14 python3.13 python3.12 python3.11 python3; do
        has "$python" && "$python" -c "
import sys
if not (3, 11) <= sys.version_info < (3, 15): sys.exit(1)
$1" 2>/dev/null && return 0
    done
    return 1
}

for program in tmux git; do
    has "$program" || set -- "$@" "$program"
done
shift 2
[ $# = 0 ] || install_packages "$@"

# An environment that was moved, or made for other requirements, is filled anew.
state="$(cat pyproject.toml scripts/setup.sh | cksum) $group $(pwd)"
stamp=$venv/.ready-$group
if [ -x "$venv/bin/hive" ] && "$venv/bin/python" -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then
    exit 0
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if ! find_python 'import ensurepip, venv'; then
        find_python pass || fail 'HiveUI needs Python 3.11 to 3.14: install one, such as the package python3.'
        install_packages "$python-venv"
    fi
    say "Making $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv" || fail "The virtual environment could not be made: is the disk full?"
fi

packages() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" ||
        fail 'The packages could not be had: check the network, then try again.'
}
say "Installing HiveUI into $venv."
if [ "$group" = run ]; then
    packages --editable .
else
    packages 'pip>=25.1' # the first that reads groups
    packages --editable . --group "$group"
fi
printf '%s\n' "$state" >"$stamp"
