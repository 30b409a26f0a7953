# shellcheck shell=bash
# Packages of the distribution. On a Debian older than trixie single ones come from trixie, which is pinned so low
# that nothing else moves there.

PATH=$PATH:/usr/sbin:/sbin # Debian leaves them off a user's

is_root() { [[ $(id -u) == 0 ]]; }
as_root() { if is_root; then "$@"; else sudo "$@"; fi; }

# need_root WHY: asks for the password now, not in the middle of a step.
need_root() {
    if is_root; then return; fi
    if ! command -v sudo >/dev/null; then
        fail "$1 needs root, and there is no sudo here." "Run this script as root, or have an administrator do it, then run it again."
    fi
    sudo -v || fail "$1 needs root, and sudo refuses it to $(id -un)." "Run this script as root, or have an administrator do it, then run it again."
}

# install WHY PACKAGE …
install() {
    local why=$1
    shift
    refresh_packages "$why"
    run "Installing $*" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

refresh_packages() {
    if [[ -n ${packages_refreshed:-} ]]; then return; fi
    command -v apt-get >/dev/null ||
        fail "$1 is missing, and this script can install it only on Debian and Ubuntu." "Install $1 by hand, then run this script again."
    need_root "Installing $1"
    run "Reading the package lists" as_root apt-get update
    packages_refreshed=yes
}

# candidate PACKAGE: the version apt would install, nothing when there is none.
candidate() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" {sub(/^[0-9]+:/, "", $2); print $2}'; }

# ensure_command COMMAND [PACKAGE]
ensure_command() { command -v "$1" >/dev/null || install "$1" "${2:-$1}"; }

# Makes trixie's packages available as PACKAGE/trixie, from the mirror this machine already uses.
# False where that cannot be: not Debian.
offer_trixie() {
    local mirror
    if [[ $(apt_targets) == *'Debian|trixie|'* ]]; then return; fi
    mirror=$(apt_targets | awk -F '|' '$1 == "Debian" {mirror = $3} END {print mirror}')
    if [[ -z $mirror ]]; then return 1; fi
    need_root "Adding Debian trixie to the package sources"
    note "Adding Debian trixie to the package sources, pinned below this system's own:"
    note "/etc/apt/sources.list.d/workerpool-trixie.sources and /etc/apt/preferences.d/workerpool-trixie"
    as_root tee /etc/apt/sources.list.d/workerpool-trixie.sources >/dev/null <<EOF
Types: deb
URIs: $mirror
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
    as_root tee /etc/apt/preferences.d/workerpool-trixie >/dev/null <<EOF
Package: *
Pin: release n=trixie
Pin-Priority: 100
EOF
    packages_refreshed=''
    refresh_packages "trixie"
}

# Label|codename|mirror of every package list; the security archive has another label.
# shellcheck disable=SC2016 # apt expands these
apt_targets() { apt-get indextargets --format '$(LABEL)|$(CODENAME)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sort -u; }
